/** From a config file to a running attempt: the one way in for the command line, the editor and tasks. */
import { availableParallelism, totalmem } from "node:os";
import { launchRecord } from "../core/estimate/launch-record.ts";
import type { Facts } from "../core/facts.ts";
import type { Plan, ResolvedConfig } from "../core/run/plan.ts";
import { withRoom } from "../core/run/roomy-timeout.ts";
import { configFacts } from "./config-facts.ts";
import { gitState } from "./git-state.ts";
import { adoptPlan } from "./changed-plan.ts";
import { ConfigRefused } from "./config-refused.ts";
import { type Handle, type Launcher, LaunchError } from "./launcher.ts";
import { loadConfig, type Unsaved } from "./load-config.ts";
import { makePlan } from "./make-plan.ts";
import { modalLauncher } from "./modal/launcher.ts";
import type { ModalSite } from "./modal/site.ts";
import { signedIn } from "./modal/start-pump.ts";
import { stopModal } from "./modal/stop-modal.ts";
import { FIRST_ATTEMPT, localLauncher, type LocalSetting, type NextAttempt } from "./local.ts";
import { secondsOf } from "./expected-seconds.ts";
import { resumable, type ResumeWish } from "./resume.ts";
import { rememberRoot, rootOf } from "./roots.ts";
import { createRunFolder } from "./run-folder.ts";
import { newestAttempt, readAttempt } from "./run-files.ts";
import { stopLocal } from "./stop-local.ts";

/** What every launch needs to know of where it happens. */
export interface Site extends LocalSetting {
  /** For runs on Modal; absent: this place cannot start any. */
  readonly modal?: ModalSite;
  /** `FINETUNE_RUNS_DIR` or the setting: the root of all runs. */
  readonly runsRoot?: string;
}

export interface StartWish {
  readonly config: string;
  readonly unsaved?: Unsaved;
  readonly facts?: Facts;
  /** Where it happens, whatever the config says. */
  readonly target?: "local" | "modal";
  /** Folder of a run that must have ended first, however it ends. */
  readonly after?: string;
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
    ...(wish.target === undefined ? {} : { target: wish.target }),
  });
  if (loaded.config === null) throw new ConfigRefused(loaded);
  const { target } = loaded.config.compute;
  if (target === "modal") refuseUnready(site, wish, loaded.path);
  const estimate = await estimateOf(loaded.config, { ...wish.facts, ...(site.hasGpu ? {} : { gpus: [] }) });
  const config = withRoom(loaded.config, secondsOf(estimate), loaded.timeoutIsWritten);
  const { plan, inputs } = await makePlan(config);
  const root = await rootOf(loaded.path, site.runsRoot);
  const folder = await createRunFolder({
    root,
    plan,
    inputs,
    config: loaded.texts,
    target,
    estimate,
    git: await gitState(loaded.path),
    now: new Date(),
    random: Math.random,
  });
  await rememberRoot(site.data, root);
  wish.onPlan?.(plan, folder);
  const next = wish.after === undefined ? FIRST_ATTEMPT : { ...FIRST_ATTEMPT, after: wish.after };
  const handle = await launcherOf(site, target, next, estimate).start(plan, inputs, folder);
  return { ...handle, plan };
}

/** Kept with the run, to be held against what is measured. */
async function estimateOf(config: ResolvedConfig, facts: Facts): Promise<Record<string, unknown> | null> {
  const cpu = { cores: availableParallelism(), memory: totalmem(), bf16: false };
  const record = launchRecord(config, { cpu, ...facts, ...(await configFacts(config)) });
  return record && { ...record };
}

/** `next` and `estimate`: of the attempt that is to be started. */
export function launcherOf(
  site: Site,
  target: "local" | "modal",
  next: NextAttempt,
  estimate: Record<string, unknown> | null,
): Launcher {
  if (target === "local") return localLauncher(site, next);
  return modalLauncher({ modal: modalOf(site), trainer: site.trainer, estimateS: secondsOf(estimate) }, next);
}

/** Before a folder is made: who pays, and what only a machine of one's own can do. */
function refuseUnready(site: Site, { after }: StartWish, config: string): void {
  signedIn(modalOf(site), config);
  if (after === undefined) return;
  throw new LaunchError(
    "no-queue-there",
    "A run on Modal waits for no other run: the queue is for this machine's devices.",
    "Start it without --after, or when the other one has ended.",
    config,
  );
}

function modalOf({ modal }: Site): ModalSite {
  if (modal !== undefined) return modal;
  throw new LaunchError(
    "no-such-target",
    "Runs on Modal cannot be started from here.",
    "Start it from the editor or with finetune run, or set compute.target to local.",
  );
}

/** Starts the next attempt of a run that ended early. Of two at once, one is refused (`attempt-taken`). */
export async function resumeRun(site: Site, folder: string, wish: ResumeWish = {}): Promise<Started> {
  const { view, plan, inputs, from, attempt, changed } = await resumable(folder, wish);
  const { target, estimate } = view.info;
  const next = {
    attempt,
    resumeFrom: from?.path ?? null,
    ...(changed === null ? {} : { prepare: () => adoptPlan(folder, attempt, changed) }),
  };
  const launcher = launcherOf(site, target, next, estimate);
  return { ...(await launcher.start(plan, inputs, folder)), plan };
}

/** Asks the newest attempt to stop; returns at once unless `now`. Idempotent. `modal`: for a run there. */
export async function stopRun(
  folder: string,
  how: "graceful" | "now" = "graceful",
  modal?: ModalSite,
): Promise<void> {
  const attempt = await newestAttempt(folder);
  if (attempt === null) return;
  const { target } = (await readAttempt(folder, attempt)) ?? { target: "local" };
  if (target === "modal") await stopModal({ folder, attempt }, how, modal);
  else await stopLocal({ folder, attempt }, how);
}
