/** Problems of a config as lines for people and as JSON for programs. */
import { relative } from "node:path";
import { textEdits } from "../core/config/edits.ts";
import type { ParsedConfig } from "../core/config/parse.ts";
import type { Problem } from "../core/config/problem.ts";
import type { LoadedConfig } from "../launch/load-config.ts";

interface Place {
  readonly line: number;
  readonly character: number;
}

/** 0-based, as editors count. */
function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split("\n").length - 1;
  return { line, character: offset - (before.lastIndexOf("\n") + 1) };
}

const parsedFor = (problem: Problem, loaded: LoadedConfig): ParsedConfig | undefined =>
  loaded.parsed.get(problem.file ?? loaded.path) ?? loaded.parsed.get(loaded.path);

function rangeOf(problem: Problem, loaded: LoadedConfig): { start: Place; end: Place } {
  const text = parsedFor(problem, loaded)?.text ?? "";
  const span = problem.span ?? { start: 0, end: 0 };
  return { start: placeAt(text, span.start), end: placeAt(text, span.end) };
}

/** `support.finetune.yaml:12:3: error: message [code]`, then what can be done. */
export function problemLines(loaded: LoadedConfig, cwd: string): string[] {
  return loaded.problems.flatMap((problem) => {
    const { start } = rangeOf(problem, loaded);
    const file = relative(cwd, problem.file ?? loaded.path) || loaded.path;
    const place = `${file}:${start.line + 1}:${start.character + 1}`;
    const fixes = (problem.fixes ?? []).map((fix) => `    fix: ${fix.title}`);
    return [`${place}: ${problem.severity}: ${problem.message} [${problem.code}]`, ...fixes];
  });
}

/** One object a problem; a range is 0-based, edits are ready to be applied to the config. */
export function problemJson(loaded: LoadedConfig): unknown[] {
  const own = loaded.parsed.get(loaded.path);
  return loaded.problems.map((problem) => ({
    file: problem.file ?? loaded.path,
    code: problem.code,
    severity: problem.severity,
    path: problem.path,
    range: rangeOf(problem, loaded),
    message: problem.message,
    fixes: (problem.fixes ?? []).map((fix) => ({
      title: fix.title,
      edits:
        own === undefined
          ? []
          : textEdits(own, fix.edits).map(({ span, text }) => ({
              range: { start: placeAt(own.text, span.start), end: placeAt(own.text, span.end) },
              newText: text,
            })),
    })),
  }));
}
