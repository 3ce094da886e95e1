/** What a log was found to say, as a page of Markdown. */
import type { Explanation } from "../../core/failures/explain.ts";

export interface ConfigOfLog {
  readonly name: string;
  /** Dotted path → line from 1; of the nearest section where the key is not written. */
  readonly lineOf: (path: string) => number;
}

export interface Explained {
  readonly name: string;
  /** The first cause first. */
  readonly found: readonly Explanation[];
  /** What the log ends with; null for an empty one. */
  readonly last: string | null;
  readonly config: ConfigOfLog | null;
}

export function explanationPage({ name, found, last, config }: Explained): string {
  const body = found.length === 0 ? [nothing(last)] : found.map((each) => section(each, config));
  return `${[`# ${name}`, ...body].join("\n\n")}\n`;
}

const nothing = (last: string | null): string =>
  last === null ? "The log is empty." : `No failure that is known here. The log ends with:\n\n    ${last}`;

function section(each: Explanation, config: ConfigOfLog | null): string {
  const changes = each.edits.flatMap((edit) =>
    edit.kind === "set" ? [`    ${edit.path.join(".")}: ${JSON.stringify(edit.value)}`] : [],
  );
  return [
    `## ${each.message}`,
    [
      `- **Do:** ${each.hint}`,
      ...(each.path === null ? [] : [`- **Config:** ${place(each.path, config)}`]),
      `- **Found:** ${each.line === null ? "" : `line ${each.line}`}`,
    ].join("\n"),
    `    ${each.text}`,
    ...(changes.length === 0 ? [] : [`Set:\n\n${changes.join("\n")}`]),
    `Code: ${each.code}`,
  ].join("\n\n");
}

const place = (path: string, config: ConfigOfLog | null): string =>
  config === null ? path : `${path} (${config.name}:${config.lineOf(path)})`;
