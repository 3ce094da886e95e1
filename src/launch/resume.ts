/** Going on with a run that ended early, from its newest whole checkpoint. */
import { basename } from "node:path";
import { z } from "zod";
import { hasEnded } from "../core/run/status.ts";
import { type Plan, planSchema } from "../core/run/plan.ts";
import { wholeCheckpoints, type WholeCheckpoint } from "./checkpoints.ts";
import { changedInputs } from "./inputs.ts";
import { readJson } from "./json-file.ts";
import { type InputPaths, LaunchError } from "./launcher.ts";
import { inputsFile, newestAttempt, planFile } from "./run-files.ts";
import { openRun, type RunView } from "./runs.ts";

export interface Resumable {
  readonly view: RunView;
  readonly plan: Plan;
  readonly inputs: InputPaths;
  /** null: nothing was trained yet, so it begins at the beginning. */
  readonly from: WholeCheckpoint | null;
  /** The number of the attempt that would go on. */
  readonly attempt: number;
}

export interface ResumeWish {
  /** Begin again at step 0 although steps were made. */
  readonly fromStart?: boolean;
}

/** Rejects with a `LaunchError` that names what stands in the way. */
export async function resumable(folder: string, wish: ResumeWish = {}): Promise<Resumable> {
  // The number first: whoever starts one while the rest is looked at has taken it.
  const newest = await newestAttempt(folder);
  const view = await openRun(folder);
  if (view === null) throw noRun(folder);
  refuseUnended(view);
  const { plan, inputs } = await readPlan(folder);
  const from = wish.fromStart === true ? null : ((await wholeCheckpoints(folder))[0] ?? null);
  if (from === null && view.job.step > 0 && wish.fromStart !== true) {
    throw new LaunchError(
      "no-checkpoint",
      `${view.id} has no whole checkpoint: it ended at step ${view.job.step}, before the first one was written.`,
      "Begin again with finetune resume --from-start; training.save_minutes says how often checkpoints are written.",
      folder,
    );
  }
  const changed = await changedInputs(plan, inputs);
  if (changed.length > 0) {
    throw new LaunchError(
      "inputs-changed",
      `${changed.join(", ")} changed since ${view.id} began, so its steps would not go on where they were.`,
      "Put the old file back, or start a new run.",
      folder,
    );
  }
  return { view, plan, inputs, from, attempt: newest === null ? 0 : newest + 1 };
}

function refuseUnended(view: RunView): void {
  if (view.state === "succeeded") {
    throw new LaunchError(
      "already-done",
      `${view.id} is finished: there is nothing to resume.`,
      "Start a new run of its config, with more steps if you want it to go on.",
      view.folder,
    );
  }
  if (hasEnded(view.state) || view.state === "unknown") return;
  const where = view.liveness.kind === "elsewhere" ? ` on ${view.liveness.host}` : "";
  throw new LaunchError(
    "still-running",
    `${view.id} is still going${where} (${view.state}).`,
    "Watch it, or stop it first: finetune stop.",
    view.folder,
  );
}

export const noRun = (folder: string): LaunchError =>
  new LaunchError("no-run", `${folder} holds no run.`, "List the runs there are with finetune runs.", folder);

/** The plan and inputs of a run; a `LaunchError` names the file that cannot be used. */
export async function readPlan(folder: string): Promise<{ plan: Plan; inputs: InputPaths }> {
  const plan = await readJson(planFile(folder), planSchema);
  const inputs = await readJson(inputsFile(folder), z.record(z.string(), z.string()));
  if (plan !== null && inputs !== null) return { plan, inputs };
  const name = plan === null ? "plan.json" : "inputs.json";
  throw new LaunchError(
    "plan-unreadable",
    `${name} of ${basename(folder)} is missing, damaged, or of another version.`,
    "Start a new run of its config; what was trained so far stays in the folder.",
    folder,
  );
}
