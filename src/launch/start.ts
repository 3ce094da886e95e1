/** From a config file to a running attempt: the one way in for the command line, the editor and tasks. */
import { availableParallelism, totalmem } from "node:os";
import { launchRecord } from "../core/estimate/launch-record.ts";
import type { Facts } from "../core/facts.ts";
import type { Plan, ResolvedConfig } from "../core/run/plan.ts";
import { configFacts } from "./config-facts.ts";
import { gitState } from "./git-state.ts";
import { adoptPlan } from "./changed-plan.ts";
import { ConfigRefused } from "./config-refused.ts";
import { type Handle, LaunchError } from "./launcher.ts";
import { loadConfig, type Unsaved } from "./load-config.ts";
import { makePlan } from "./make-plan.ts";
import { localLauncher, type LocalSetting } from "./local.ts";
import { resumable, type ResumeWish } from "./resume.ts";
import { rememberRoot, rootOf } from "./roots.ts";
import { createRunFolder } from "./run-folder.ts";
import { newestAttempt } from "./run-files.ts";
import { stopLocal } from "./stop-local.ts";

/** What every launch needs to know of where it happens. */
export interface Site extends LocalSetting {
  /** `FINETUNE_RUNS_DIR` or the setting: the root of all runs. */
  readonly runsRoot?: string;
}

export interface StartWish {
  readonly config: string;
  readonly unsaved?: Unsaved;
  readonly facts?: Facts;
  /** Told once the plan is made and before anything is started. */
  readonly onPlan?: (plan: Plan, folder: string) => void;
}

export interface Started extends Handle {
  readonly plan: Plan;
}

/** Rejects with a `LaunchError` (a `ConfigRefused` when the file is at fault) that names place and way out. */
export async function startRun(site: Site, wish: StartWish): Promise<Started> {
  const loaded = await loadConfig(wish.config, {
    ...(wish.unsaved === undefined ? {} : { unsaved: wish.unsaved }),
    facts: wish.facts ?? {},
  });
  if (loaded.config === null) throw new ConfigRefused(loaded);
  refuseOtherTargets(loaded.config);
  const { plan, inputs } = await makePlan(loaded.config);
  const root = await rootOf(loaded.path, site.runsRoot);
  const folder = await createRunFolder({
    root,
    plan,
    inputs,
    config: loaded.texts,
    target: "local",
    estimate: await estimateOf(loaded.config, { ...wish.facts, ...(site.hasGpu ? {} : { gpus: [] }) }),
    git: await gitState(loaded.path),
    now: new Date(),
    random: Math.random,
  });
  await rememberRoot(site.data, root);
  wish.onPlan?.(plan, folder);
  const handle = await localLauncher(site).start(plan, inputs, folder);
  return { ...handle, plan };
}

/** Kept with the run, to be held against what is measured. */
async function estimateOf(config: ResolvedConfig, facts: Facts): Promise<Record<string, unknown> | null> {
  const cpu = { cores: availableParallelism(), memory: totalmem(), bf16: false };
  const record = launchRecord(config, { cpu, ...facts, ...(await configFacts(config)) });
  return record && { ...record };
}

function refuseOtherTargets(config: ResolvedConfig): void {
  if (config.compute.target === "local") return;
  throw new LaunchError(
    "no-such-target",
    `compute.target ${config.compute.target} cannot be started by this version.`,
    "Set compute.target to local.",
  );
}

/** Starts the next attempt of a run that ended early. Of two at once, one is refused (`attempt-taken`). */
export async function resumeRun(site: Site, folder: string, wish: ResumeWish = {}): Promise<Started> {
  const { plan, inputs, from, attempt, changed } = await resumable(folder, wish);
  const launcher = localLauncher(site, {
    attempt,
    resumeFrom: from?.path ?? null,
    ...(changed === null ? {} : { prepare: () => adoptPlan(folder, attempt, changed) }),
  });
  return { ...(await launcher.start(plan, inputs, folder)), plan };
}

/** Asks the newest attempt to stop; returns at once unless `now`. Idempotent. */
export async function stopRun(folder: string, how: "graceful" | "now" = "graceful"): Promise<void> {
  const attempt = await newestAttempt(folder);
  if (attempt !== null) await stopLocal({ folder, attempt }, how);
}
