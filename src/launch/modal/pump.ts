/**
 * The pump of a run on Modal: the one process that starts its sandboxes, copies their output into the run folder,
 * counts what is paid, and goes on after a preemption. Everything it knows is in the folder and on Modal, so it may
 * be killed at any moment: the next one finds out where it was.
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { modalSettings } from "../../core/run/modal-settings.ts";
import type { Remote, RemoteProblem } from "../../core/run/remote.ts";
import { LaunchError } from "../launcher.ts";
import { readRemote } from "../remote-file.ts";
import { readPlan } from "../resume.ts";
import { runFile } from "../run-files.ts";
import { runAttempt, type AttemptEnd } from "./attempt.ts";
import { Replaced } from "./journal.ts";
import { type PumpContext, type PumpTiming, TIMING } from "./pump-context.ts";
import { takePumpLock } from "./pump-lock.ts";
import { isAboutUs } from "./stream.ts";
import { keepCost } from "./keep-cost.ts";
import { goOn } from "./recover.ts";
import { now, RemoteKeeper } from "./remote-keeper.ts";
import type { ModalSession } from "./session.ts";

export interface PumpSetting {
  readonly folder: string;
  readonly session: ModalSession;
  readonly secrets: Readonly<Record<string, string>>;
  readonly timing?: Partial<PumpTiming>;
  /** Seconds. */
  readonly shortestAttempt?: number;
  readonly log: (text: string) => void;
}

/** `busy`: another process is the pump. `over`: there is nothing (more) to do. */
export async function pump(setting: PumpSetting): Promise<"busy" | "over" | "replaced"> {
  const { folder, session, log } = setting;
  const lock = await takePumpLock(folder);
  if (lock === null) return "busy";
  const remote = await readRemote(folder);
  if (remote === null || remote.stage === "ended") {
    await lock.release();
    return "over";
  }
  const keeper = new RemoteKeeper(folder, remote, lock.holds);
  try {
    const { plan, inputs } = await readPlan(folder);
    const context: PumpContext = {
      folder,
      id: basename(folder),
      plan,
      inputs,
      settings: modalSettings(plan),
      session,
      keeper,
      secrets: setting.secrets,
      timing: { ...TIMING, ...setting.timing },
      shortestAttempt: setting.shortestAttempt ?? 120,
      holds: lock.holds,
      log,
    };
    await attempts(context);
    return "over";
  } catch (error) {
    if (error instanceof Replaced) {
      if (!existsSync(runFile(folder))) await endWithout(session, keeper.value.sandbox, log);
      return "replaced";
    }
    // A full disk, or a fault of ours: the run continues, and whoever comes next tries again.
    const reason = error instanceof Error ? error.message : String(error);
    await keeper.now({ contact: { ok: false, since: now(), reason } }).catch(() => undefined);
    throw error;
  } finally {
    await keeper.close();
    await lock.release();
  }
}

/** Somebody deleted the run folder: what it was for is paid for no longer. */
async function endWithout(
  session: ModalSession,
  sandbox: string | null,
  log: (text: string) => void,
): Promise<void> {
  if (sandbox === null) return;
  log(`the run folder is gone: ${sandbox} is ended`);
  await session.terminate(sandbox);
}

async function attempts(context: PumpContext): Promise<void> {
  for (;;) {
    const end = await guarded(context);
    if (end.next !== null && (await goOn(context, end.next))) continue;
    await ended(context, end.problem);
    return;
  }
}

/** An expected failure ends the run with its sentence; anything else leaves it to the next pump. */
async function guarded(context: PumpContext): Promise<AttemptEnd> {
  try {
    return await runAttempt(context);
  } catch (error) {
    // Something may be running there: only who can look may say that it is over.
    if (!(error instanceof LaunchError) || (isAboutUs(error) && context.keeper.value.name !== null))
      throw error;
    const { code, message, hint } = error;
    context.log(`${code}: ${message}`);
    return { problem: { code, message, hint }, next: null };
  }
}

async function ended({ folder, keeper }: PumpContext, problem: RemoteProblem | null): Promise<void> {
  const last: Partial<Remote> = { problem, contact: { ...keeper.value.contact, ok: true } };
  await keepCost(folder, { ...keeper.value, ...last });
  await keeper.stage("ended", last);
}
