/** How a followed run ended: the exit code and the last lines. */
import { join, relative } from "node:path";
import { hasEnded } from "../core/run/status.ts";
import { explainCrash } from "../launch/explain-log.ts";
import { outputFile } from "../launch/run-files.ts";
import type { RunView } from "../launch/runs.ts";

/** 0 trained or stopped as asked, 1 failed, 3 trained but an export failed. */
export function exitCode({ state, job }: RunView): number {
  if (state === "succeeded") return (job.finished?.incomplete.length ?? 0) > 0 ? 3 : 0;
  return state === "stopped" ? 0 : 1;
}

/** What a person does next. */
export async function lastLines(view: RunView, cwd: string): Promise<string[]> {
  const folder = relative(cwd, view.folder) || ".";
  const log = join(folder, `output.${view.attemptNumber}.log`);
  // What the pump of a run on Modal knows and the trainer could not say.
  const problem = view.remote?.problem ?? null;
  if (problem !== null && hasEnded(view.state))
    return [problem.message, `do   ${problem.hint}`, `log  ${log}`];
  switch (view.state) {
    case "succeeded":
      return [`run folder  ${folder}`];
    case "stopped":
    case "interrupted":
      return [`${view.state} at step ${view.job.step}; go on with: finetune resume ${view.id}`];
    case "failed":
      return [`log  ${log}`, `explained  finetune explain ${log}`];
    case "crashed": {
      const [cause] = await explainCrash(outputFile(view.folder, view.attemptNumber));
      return [
        `crashed at step ${view.job.step}${cause === undefined ? "" : `: ${cause.message}`}`,
        ...(cause === undefined ? [] : [`do   ${cause.hint}`]),
        `log  ${log}`,
        `go on with: finetune resume ${view.id}`,
      ];
    }
    default:
      return [`${view.state}; watch it with: finetune logs -f ${view.id}`];
  }
}

export const outcomeJson = (view: RunView): string =>
  JSON.stringify({ run: view.id, folder: view.folder, status: view.state, attempt: view.attemptNumber });
