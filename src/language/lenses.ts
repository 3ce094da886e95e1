import type { CodeLens, Range } from "vscode-languageserver-types";
import type { Analysis } from "./analysis.ts";
import type { ShownFigure } from "./figure.ts";
import { figureLine } from "./figure-text.ts";
import { toRange } from "./range.ts";

/** Starts the run of the config whose URI is its argument; declared by the extension. */
export const RUN_COMMAND = "finetune.run";
const SHOW_PROBLEMS = "workbench.actions.view.problems";

/**
 * The line above `model:`: Run with what it would need, or how many errors stop it. `figure` is the last
 * one that could be had, so that the line stays while somebody types.
 */
export function lenses(analysis: Analysis, figure: ShownFigure | null): CodeLens[] {
  const { document, resolution, problems, world } = analysis;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const line = figure === null ? "" : `   ${figureLine(figure)}`;
  const range = lensRange(analysis);
  if (errors > 0) {
    const what = errors === 1 ? "1 error stops the run" : `${errors} errors stop the run`;
    return [lens(range, `$(error) ${what}${line}`, SHOW_PROBLEMS)];
  }
  if (resolution.pending) return [lens(range, `Reading the files that this one extends …${line}`, "")];
  if (world.facts.can?.run === false) return line === "" ? [] : [lens(range, line.trim(), "")];
  return [lens(range, `$(play) Run${line}`, RUN_COMMAND, [document.uri])];
}

const lens = (range: Range, title: string, command: string, args?: string[]): CodeLens => ({
  range,
  command: { title, command, ...(args ? { arguments: args } : {}) },
});

function lensRange({ parsed, document }: Analysis): Range {
  return toRange(document, parsed.spanOf(["model"], "key") ?? { start: 0, end: 0 });
}
