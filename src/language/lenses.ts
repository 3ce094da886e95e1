import type { CodeLens, Range } from "vscode-languageserver-types";
import { isError } from "../core/config/problem.ts";
import type { Analysis } from "./analysis.ts";
import type { ShownFigure } from "./figure.ts";
import { figureLine } from "./figure-text.ts";
import { toRange } from "./range.ts";

/** Starts the run of the config whose URI is its argument; declared by the extension. */
export const RUN_COMMAND = "finetune.run";
/** The same on a GPU of Modal that is asked for. */
const MODAL_COMMAND = "finetune.runOnModal";
/** Every card with memory, time and cost for the config whose URI is its argument. */
export const ESTIMATE_COMMAND = "finetune.showEstimate";
const SHOW_PROBLEMS = "workbench.actions.view.problems";

/**
 * The line above `model:`: Run, or how many errors stop it, and beside it what it would need, which opens
 * the table of all cards. `figure` is the last one that could be had, so that the line stays while somebody
 * types.
 */
export function lenses(analysis: Analysis, figure: ShownFigure | null): CodeLens[] {
  const { document, world } = analysis;
  const range = lensRange(analysis);
  const canRun = world.facts.can?.run !== false;
  const action =
    canRun || hasErrors(analysis) ? [actionLens(range, analysis), ...modalLens(range, analysis)] : [];
  if (figure === null) return action;
  const title = figureLine(figure);
  return [...action, canRun ? lens(range, title, ESTIMATE_COMMAND, [document.uri]) : lens(range, title, "")];
}

function actionLens(range: Range, { document, resolution, problems }: Analysis): CodeLens {
  const errors = problems.filter(isError).length;
  if (errors > 0) {
    const what = errors === 1 ? "1 error stops the run" : `${errors} errors stop the run`;
    return lens(range, `$(error) ${what}`, SHOW_PROBLEMS);
  }
  if (resolution.pending) return lens(range, "Reading the files that this one extends …", "");
  const modal = resolution.tentative?.compute.modal ?? null;
  const title = modal === null ? "$(play) Run" : `$(play) Run on Modal ${String(modal["gpu"])}`;
  return lens(range, title, RUN_COMMAND, [document.uri]);
}

/** Where somebody is signed in and the config does not go there anyway. */
function modalLens(range: Range, { document, world, resolution, problems }: Analysis): CodeLens[] {
  const config = resolution.tentative;
  if (world.facts.modal?.signedIn !== true || config === null || config.compute.target === "modal") return [];
  // What does not fit here may fit there.
  const other = problems.some((problem) => isError(problem) && problem.code !== "vram-does-not-fit");
  return other ? [] : [lens(range, "$(cloud) Run on Modal", MODAL_COMMAND, [document.uri])];
}

const hasErrors = ({ problems }: Analysis): boolean => problems.some(isError);

const lens = (range: Range, title: string, command: string, args?: string[]): CodeLens => ({
  range,
  command: { title, command, ...(args ? { arguments: args } : {}) },
});

function lensRange({ parsed, document }: Analysis): Range {
  return toRange(document, parsed.spanOf(["model"], "key") ?? { start: 0, end: 0 });
}
