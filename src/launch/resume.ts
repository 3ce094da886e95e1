/** Going on with a run that ended early, from its newest whole checkpoint. */
import { basename } from "node:path";
import * as z from "zod";
import { hasEnded } from "../core/run/status.ts";
import { type Plan, planSchema } from "../core/run/plan.ts";
import { wholeCheckpoints, type WholeCheckpoint } from "./checkpoints.ts";
import { changedPlan, type ChangedPlan } from "./changed-plan.ts";
import { changedInputs } from "./inputs.ts";
import { readJson } from "./json-file.ts";
import { type InputPaths, LaunchError } from "./launcher.ts";
import type { Unsaved } from "./load-config.ts";
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
  /** The plan of the config as it is now, when that was wished for and differs. */
  readonly changed: ChangedPlan | null;
}

export interface ResumeWish {
  /** Begin again at step 0 although steps were made. */
  readonly fromStart?: boolean;
  /** Take over what the config says now: more steps, another cadence. */
  readonly withConfig?: boolean;
  /** Texts of open files, for `withConfig`. */
  readonly unsaved?: Unsaved;
}

/** Rejects with a `LaunchError` that names what stands in the way. */
export async function resumable(folder: string, wish: ResumeWish = {}): Promise<Resumable> {
  // The number first: whoever starts one while the rest is looked at has taken it.
  const newest = await newestAttempt(folder);
  const view = await openRun(folder);
  if (view === null) throw noRun(folder);
  refuseUnended(view, wish);
  const { plan, inputs } = await readPlan(folder);
  const changed = wish.withConfig === true ? await changedPlan(view, plan, wish.unsaved) : null;
  if (view.state === "succeeded" && changed?.differences.length === 0) throw alreadyDone(view);
  const from = wish.fromStart === true ? null : await newestCheckpoint(view);
  if (from === null && view.job.step > 0 && wish.fromStart !== true) {
    throw new LaunchError(
      "no-checkpoint",
      `${view.id} has no whole checkpoint: it ended at step ${view.job.step}, before the first one was written.`,
      "Begin again with finetune resume --from-start; training.save_minutes says how often checkpoints are written.",
      folder,
    );
  }
  const other = changed === null ? await changedInputs(plan, inputs) : [];
  if (other.length > 0) {
    throw new LaunchError(
      "inputs-changed",
      `${other.join(", ")} changed since ${view.id} began, so its steps would not go on where they were.`,
      "Put the old file back, or start a new run.",
      folder,
    );
  }
  const attempt = newest === null ? 0 : newest + 1;
  const current = changed ?? { plan, inputs };
  return { view, plan: current.plan, inputs: current.inputs, from, attempt, changed };
}

/** Those of a run on Modal lie on its volume; its events name a checkpoint only when it is whole there. */
async function newestCheckpoint({ folder, info, job }: RunView): Promise<WholeCheckpoint | null> {
  if (info.target === "local") return (await wholeCheckpoints(folder))[0] ?? null;
  return job.checkpoints.toSorted((a, b) => b.step - a.step)[0] ?? null;
}

const alreadyDone = (view: RunView): LaunchError =>
  new LaunchError(
    "already-done",
    `${view.id} is finished: there is nothing to resume.`,
    "To train on, raise max_steps or num_train_epochs in its config and resume with it: finetune resume --with-config.",
    view.folder,
  );

function refuseUnended(view: RunView, { withConfig }: ResumeWish): void {
  if (view.state === "succeeded" && withConfig !== true) throw alreadyDone(view);
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
