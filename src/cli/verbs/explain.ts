/** `finetune explain`: why a log ends as it does, which line of the config to change, and how. */
import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";
import type { Explanation } from "../../core/failures/explain.ts";
import { explainBytes, explainLogFile } from "../../launch/explain-log.ts";
import { lastWordsOf } from "../../launch/last-words.ts";
import { loadConfig } from "../../launch/load-config.ts";
import { newestAttempt, outputFile } from "../../launch/run-files.ts";
import { findRun } from "../find-run.ts";
import { one, readArgs } from "../usage.ts";
import type { Io, Verb } from "../verb.ts";

export const explain: Verb = {
  name: "explain",
  summary: "Explain the failure in a log: cause, config line, fix",
  usage: "finetune explain LOG|RUN|- [--config FILE] [--json]",
  async run(args, io) {
    const { values, positionals } = readArgs(args, { json: { type: "boolean" }, config: { type: "string" } });
    const named = one(positionals, "a log file or a run");
    const path = named === "-" ? null : await logOf(named, io);
    const log = path === null ? named : relative(io.cwd, path);
    const found = await (path === null ? explainBytes(process.stdin, 0, {}) : explainLogFile(path));
    const lineOf =
      values.config === undefined ? () => null : await configLines(resolve(io.cwd, values.config));
    const placed = found.map((each) => ({
      ...each,
      configLine: each.path === null ? null : lineOf(each.path),
    }));
    if (values.json === true) {
      io.out(`${JSON.stringify(placed.map(explanationJson), null, 1)}\n`);
      return 0;
    }
    if (placed.length === 0) {
      const words = path === null ? null : await lastWordsOf(path);
      const last = words === null ? "" : ` It ends with: ${words}`;
      io.out(`${log}: no failure that is known here.${last}\n`);
    }
    const config = values.config === undefined ? null : relative(io.cwd, resolve(io.cwd, values.config));
    for (const each of placed) io.out(`${explanationLines(each, log, config).join("\n")}\n`);
    return 0;
  },
};

type Placed = Explanation & { readonly configLine: number | null };

/** A log, `-` for standard input, or a run, whose newest log it then is. */
async function logOf(named: string, io: Io): Promise<string> {
  const path = resolve(io.cwd, named);
  const kind = await stat(path).then(
    (found) => (found.isDirectory() ? "folder" : "file"),
    () => "missing",
  );
  const looksLikeFile = /[\\/]|\.(log|txt|out|err)$/i.test(named);
  if (kind === "file" || (kind === "missing" && looksLikeFile)) return path;
  const folder = await findRun(io, named);
  return outputFile(folder, (await newestAttempt(folder)) ?? 0);
}

/** Dotted path → line of the config, from 1; the nearest section where the key is not written. */
async function configLines(file: string): Promise<(path: string) => number | null> {
  const loaded = await loadConfig(file);
  const parsed = loaded.parsed.get(loaded.path);
  if (parsed === undefined) return () => null;
  return (path) => {
    const span = parsed.nearestSpan(path.split("."), "key");
    return parsed.text.slice(0, span.start).split("\n").length;
  };
}

function explanationLines(each: Placed, log: string, config: string | null): string[] {
  const place =
    each.path === null
      ? null
      : config === null
        ? each.path
        : `${config}:${each.configLine ?? 1} ${each.path}`;
  const changes = each.edits.flatMap((edit) =>
    edit.kind === "set" ? [`    set ${edit.path.join(".")}: ${JSON.stringify(edit.value)}`] : [],
  );
  return [
    each.message,
    `  found   ${each.line === null ? log : `${log}:${each.line}`}: ${each.text}`,
    ...(place === null ? [] : [`  config  ${place}`]),
    `  do      ${each.hint}`,
    ...changes,
    `  [${each.code}]`,
  ];
}

const explanationJson = ({ code, phase, fragment, line, text, message, path, hint, configLine }: Placed) => ({
  code,
  phase,
  fragment,
  line,
  text,
  message,
  path,
  hint,
  ...(configLine !== null && { config_line: configLine }),
});
