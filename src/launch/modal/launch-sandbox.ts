/** From a run folder to a sandbox that has its machine. What cannot be reached is tried again; the rest is told. */
import { sandboxTimes, type SandboxTimes } from "../../core/run/budget.ts";
import { dollarsSoFar } from "../../core/run/remote-state.ts";
import { LaunchError } from "../launcher.ts";
import { writeJson } from "../json-file.ts";
import { attemptFile, type AttemptRecord, readAttempt } from "../run-files.ts";
import { ModalError } from "./errors.ts";
import { imageOf } from "./image-of.ts";
import type { Journal } from "./journal.ts";
import { runTags, sandboxName } from "./names.ts";
import { type PumpContext, sleep, volumeOf } from "./pump-context.ts";
import { rateOf } from "./rate.ts";
import { now } from "./remote-keeper.ts";
import { trainWish, type Wished } from "./sandbox-wish.ts";
import type { StopTask } from "./stop-task.ts";
import { volumeCheckpoints } from "./volume-checkpoints.ts";
import { planInSandbox, uploadRun } from "./upload-run.ts";

/** null: it was cancelled before it had a machine, so nothing was paid. */
export async function launchSandbox(
  context: PumpContext,
  journal: Journal,
  stop: StopTask,
): Promise<string | null> {
  const { keeper, session, folder, id, plan, settings } = context;
  const { attempt } = keeper.value;
  const rate = await rateOf(context);
  keeper.change({ rate: { dollars: rate.dollars, date: rate.date } });
  const times = timesOf(context, rate.dollars);
  const { signal } = stop.preparing;
  const record = await patiently(context, stop, () => resumePoint(context, attempt));
  if (record === null) return null;

  await keeper.stage("uploading", { limit: { seconds: times.timeoutS, by: times.limit } });
  const upload = {
    folder,
    id,
    volume: volumeOf(context),
    plan: planInSandbox(plan, times, settings.stallS),
    inputs: context.inputs,
    record,
  };
  await patiently(context, stop, () =>
    uploadRun(
      session,
      upload,
      (done, total) => keeper.change({ progress: { done, total, unit: "bytes" } }),
      signal,
    ),
  );
  if ((await stop.look()) !== null) return null;

  const wanted = await imageOf(folder, "train");
  await keeper.stage("building", { image: wanted.tag });
  const image = await patiently(context, stop, () =>
    session.buildImage(
      wanted,
      (line) => {
        journal.note(line);
        keeper.change({ detail: line.slice(0, 120) });
      },
      signal,
    ),
  );
  if (image === null || (await stop.look()) !== null) return null;
  return ask(context, stop, {
    id,
    attempt,
    plan,
    settings,
    times,
    image,
    secrets: context.secrets,
  });
}

/** The record of the attempt; what it goes on from must be whole on the volume, else an older one that is. */
async function resumePoint(context: PumpContext, attempt: number): Promise<AttemptRecord> {
  const { folder, session, id } = context;
  const record = await readAttempt(folder, attempt);
  if (record === null) throw new Error(`The record of attempt ${attempt} is gone.`);
  const wanted = record.resume_from;
  if (wanted === null) return record;
  const whole = await volumeCheckpoints(session, volumeOf(context), id);
  if (whole.some(({ path }) => path === wanted)) return record;
  const [newest] = whole;
  if (newest === undefined) {
    throw new LaunchError(
      "no-checkpoint",
      `${wanted} is not whole on the volume ${volumeOf(context)}, and there is no other checkpoint.`,
      "Begin again with finetune resume --from-start.",
      folder,
    );
  }
  const changed = { ...record, resume_from: newest.path };
  await writeJson(attemptFile(folder, attempt), changed);
  return changed;
}

function timesOf({ keeper, settings, shortestAttempt }: PumpContext, rate: number): SandboxTimes {
  const spent = dollarsSoFar(keeper.value, now()) ?? 0;
  const times = sandboxTimes(settings, spent, rate, shortestAttempt);
  if (times !== null) return times;
  throw new LaunchError(
    "modal-budget",
    `What is left of compute.modal.max_cost_usd ($${Math.max(0, settings.maxCostUsd - spent).toFixed(2)} of $${settings.maxCostUsd}) does not pay for a start on ${settings.gpu}.`,
    "Raise max_cost_usd, or choose a cheaper GPU, and resume with finetune resume --with-config.",
    "compute.modal.max_cost_usd",
  );
}

/** Asks until Modal has answered; a sandbox of that name that is there already is the one that was asked for. */
async function ask(context: PumpContext, stop: StopTask, wished: Wished): Promise<string | null> {
  const { keeper, session } = context;
  const wish = trainWish(wished);
  // What is asked for is on the disk before the call: a pump that dies in it leaves a name to look for.
  await keeper.stage("waiting", { name: wish.name });
  for (let round = 0; ; round += 1) {
    try {
      const id = await session.createSandbox(
        wish,
        (known) => {
          keeper.now({ sandbox: known }).catch((error: unknown) => context.log(String(error)));
        },
        stop.preparing.signal,
      );
      await keeper.now({ sandbox: id });
      keeper.contact(true);
      return id;
    } catch (error) {
      if ((await stop.look()) !== null) {
        await withdraw(context, wished.attempt);
        return null;
      }
      const isTaken = error instanceof ModalError && error.code === "modal-name-taken";
      const passing = error instanceof ModalError && error.passing;
      if (!isTaken && !passing) throw error;
      const found = await findAsked(context, wished.attempt).catch(() => null);
      if (found !== null) return found;
      if (isTaken && round > 3) throw error;
      keeper.contact(false, error.message);
      await sleep(pause(context.timing.retry, round), stop.preparing.signal);
    }
  }
}

/** Cancelled while it was asked for: whatever the server made of the call must not wait on, and start, alone. */
async function withdraw(context: PumpContext, attempt: number): Promise<void> {
  const { keeper, session, log } = context;
  try {
    const id = keeper.value.sandbox ?? (await findAsked(context, attempt));
    if (id !== null) await session.terminate(id);
  } catch (error) {
    // Not reached now: the stray finder shows it, and Modal ends it after its timeout.
    log(`cancel: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The sandbox of this attempt that an earlier pump asked for; null: none is running or waiting. */
export async function findAsked(
  { session, id, keeper }: PumpContext,
  attempt: number,
): Promise<string | null> {
  const name = sandboxName(id, attempt);
  const found = (await session.find(runTags(id, attempt))).find((sandbox) => sandbox.name === name);
  if (found === undefined) return null;
  await keeper.now({ sandbox: found.id });
  return found.id;
}

/** Tries again while Modal cannot be reached; null: a person gave it up. */
export async function patiently<T>(
  { keeper, timing, log }: PumpContext,
  stop: Pick<StopTask, "asked" | "preparing">,
  act: () => Promise<T>,
): Promise<T | null> {
  for (let round = 0; ; round += 1) {
    try {
      const result = await act();
      keeper.contact(true);
      return result;
    } catch (error) {
      if (stop.asked !== null) return null;
      if (!(error instanceof ModalError) || !error.passing) throw error;
      log(error.message);
      keeper.contact(false, error.message);
      await sleep(pause(timing.retry, round), stop.preparing.signal);
    }
  }
}

export const pause = (times: readonly number[], round: number): number =>
  times[Math.min(round, times.length - 1)] ?? 1000;
