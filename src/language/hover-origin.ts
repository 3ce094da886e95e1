import { isAlias, stringify, visit } from "yaml";
import { isSecretKey, secretShape } from "../core/config/secrets.ts";
import { at, isMapping } from "../core/config/value.ts";
import type { ConfigPath } from "../core/config/problem.ts";
import type { Analysis } from "./analysis.ts";
import { contains } from "./range.ts";

/** Lines of an anchor's value that a hover shows. */
const SHOWN_LINES = 12;

/** What comes from elsewhere: from a file that this one extends, or from an anchor. Null where all is said here. */
export function originMarkdown(path: ConfigPath, offset: number, analysis: Analysis): string | null {
  return anchorText(path, offset, analysis) ?? extendedText(path, analysis);
}

/** The value behind an alias, and which of its keys are set again beside a merge. */
function anchorText(path: ConfigPath, offset: number, { parsed }: Analysis): string | null {
  let found: string | null = null;
  visit(parsed.document, {
    Alias(_, alias) {
      if (!alias.range) return undefined;
      const span = { start: parsed.toOriginal(alias.range[0]), end: parsed.toOriginal(alias.range[1]) };
      const onMerge = path.at(-1) === "<<" && within(parsed.spanOf(path, "item"), span.start);
      if (!contains(span, offset) && !onMerge) return undefined;
      const target = alias.resolve(parsed.document);
      if (target === undefined || isAlias(target) || !target.range) return undefined;
      const line = parsed.lineAt(parsed.toOriginal(target.range[0]));
      const value: unknown = target.toJS(parsed.document);
      const lines = stringify(value).trimEnd().split("\n").map(withoutSecret);
      const cut = lines.length > SHOWN_LINES ? [...lines.slice(0, SHOWN_LINES), "…"] : lines;
      found = [
        `\`*${alias.source}\`, line ${line}:`,
        `\`\`\`yaml\n${cut.join("\n")}\n\`\`\``,
        againText(path, value, parsed.document),
      ]
        .filter((part) => part !== "")
        .join("\n\n");
      return visit.BREAK;
    },
  });
  return found;
}

const withoutSecret = (line: string): string =>
  secretShape(line) !== undefined || isSecretKey(/^\s*([\w-]+):/.exec(line)?.[1] ?? "") ? "…" : line;

const within = (span: { start: number; end: number } | undefined, offset: number): boolean =>
  span !== undefined && contains(span, offset);

function againText(path: ConfigPath, merged: unknown, document: Analysis["parsed"]["document"]): string {
  if (path.at(-1) !== "<<" || !isMapping(merged)) return "";
  const own = document.getIn(path.slice(0, -1));
  const keys = Object.keys(merged).filter(
    (key) =>
      typeof own === "object" &&
      own !== null &&
      "has" in own &&
      typeof own.has === "function" &&
      own.has(key) === true,
  );
  return keys.length === 0 ? "" : `Set again here: ${keys.map((key) => `\`${key}\``).join(", ")}.`;
}

/** The nearest extended file that sets the path too; for a section the keys that it adds. */
function extendedText(path: ConfigPath, { resolution, parsed, world }: Analysis): string | null {
  const base = resolution.chain.slice(1).find((link) => at(link.parsed.value, path) !== undefined);
  if (base === undefined || resolution.originOf(path) !== 0) return null;
  const name = relative(base.path, world.place);
  const theirs = at(base.parsed.value, path);
  const ours = at(parsed.value, path);
  if (!isMapping(theirs))
    return `Also set in ${name}: \`${inline(theirs, String(path.at(-1)))}\`; this file wins.`;
  const added = Object.entries(theirs).filter(([key]) => !isMapping(ours) || !Object.hasOwn(ours, key));
  if (added.length === 0) return null;
  return `From ${name}: ${added.map(([key, value]) => `\`${key}: ${inline(value, key)}\``).join(", ")}.`;
}

/** What looks like a secret is not repeated. */
function inline(value: unknown, key = ""): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return isSecretKey(key) || secretShape(text) !== undefined ? "…" : text;
}

function relative(place: string, from: string): string {
  const folder = from.slice(0, from.lastIndexOf("/") + 1);
  return folder !== "" && place.startsWith(folder) ? place.slice(folder.length) : place;
}
