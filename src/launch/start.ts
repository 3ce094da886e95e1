/** From a config file to a running attempt: the one way in for the command line, the editor and tasks. */
import { createHash } from "node:crypto";
import { availableParallelism, totalmem } from "node:os";
import { basename } from "node:path";
import { toPlan } from "../core/config/plan.ts";
import { isError } from "../core/config/problem.ts";
import { launchRecord } from "../core/estimate/launch-record.ts";
import type { Facts } from "../core/facts.ts";
import type { Plan, ResolvedConfig } from "../core/run/plan.ts";
import { configFacts } from "./config-facts.ts";
import { gitState } from "./git-state.ts";
import { measure, type Measured } from "./inputs.ts";
import { type Handle, type InputPaths, LaunchError } from "./launcher.ts";
import { loadConfig, type LoadedConfig, type Unsaved } from "./load-config.ts";
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

/** The config has errors: the same ones that `validate` shows. */
export class ConfigRefused extends LaunchError {
  constructor(readonly loaded: LoadedConfig) {
    const errors = loaded.problems.filter(isError);
    const count = errors.length === 1 ? "an error" : `${errors.length} errors`;
    const first = errors[0]?.message ?? "";
    super(
      "config-errors",
      `${basename(loaded.path)} has ${count}: ${first}`,
      "Correct it and run again.",
      loaded.path,
    );
  }
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Rejects with a `LaunchError` (a `ConfigRefused` when the file is at fault) that names place and way out. */
export async function startRun(site: Site, wish: StartWish): Promise<Started> {
  const loaded = await loadConfig(wish.config, {
    ...(wish.unsaved === undefined ? {} : { unsaved: wish.unsaved }),
    facts: wish.facts ?? {},
  });
  if (loaded.config === null) throw new ConfigRefused(loaded);
  refuseOtherTargets(loaded.config);
  const { plan, inputs } = await planOf(loaded.config);
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

/** Hashes the inputs, one after the other: two large files at once are slower on most disks. */
async function planOf(config: ResolvedConfig): Promise<{ plan: Plan; inputs: InputPaths }> {
  const measured: Record<string, Measured> = {};
  const inputs: Record<string, string> = {};
  for (const [id, local] of Object.entries(config.locals)) {
    measured[id] = await measure(local);
    inputs[id] = local.path;
  }
  return { plan: toPlan(config, measured, sha256), inputs };
}

/** Starts the next attempt of a run that ended early. Of two at once, one is refused (`attempt-taken`). */
export async function resumeRun(site: Site, folder: string, wish: ResumeWish = {}): Promise<Started> {
  const { plan, inputs, from, attempt } = await resumable(folder, wish);
  const launcher = localLauncher(site, { attempt, resumeFrom: from?.path ?? null });
  return { ...(await launcher.start(plan, inputs, folder)), plan };
}

/** Asks the newest attempt to stop; returns at once unless `now`. Idempotent. */
export async function stopRun(folder: string, how: "graceful" | "now" = "graceful"): Promise<void> {
  const attempt = await newestAttempt(folder);
  if (attempt !== null) await stopLocal({ folder, attempt }, how);
}
