/** Going on after a preemption or a time limit: the next attempt of the same run, from its newest checkpoint. */
import { count } from "../../core/units.ts";
import type { WholeCheckpoint } from "../checkpoints.ts";
import { createAttempt } from "../attempts.ts";
import { LaunchError } from "../launcher.ts";
import { pause } from "./launch-sandbox.ts";
import { type PumpContext, sleep } from "./pump-context.ts";
import { stopWish } from "./stop-wish.ts";

export interface NextAttempt {
  readonly why: string;
  /** null: nothing was saved yet, so it begins again. */
  readonly from: WholeCheckpoint | null;
}

/** False: a person stopped it in between. */
export async function goOn(context: PumpContext, { why, from }: NextAttempt): Promise<boolean> {
  const { keeper, folder, timing } = context;
  const { attempt, allowed_attempts: allowed } = keeper.value;
  const next = attempt + 1;
  const where = from === null ? "beginning again" : `going on from step ${count(from.step)}`;
  await keeper.stage("recovering", {
    detail: `${why}; ${where} (attempt ${next + 1} of ${allowed})`,
    problem: null,
  });
  const until = Date.now() + pause(timing.backoff, attempt);
  while (Date.now() < until) {
    if ((await stopWish(folder, attempt)) !== null) return false;
    await sleep(Math.min(timing.look, until - Date.now()));
  }
  try {
    await createAttempt(folder, { attempt: next, resumeFrom: from?.path ?? null, target: "modal" });
  } catch (error) {
    // By a pump that died right afterwards: nobody else starts an attempt of a run that is not over.
    if (!(error instanceof LaunchError) || error.code !== "attempt-taken") throw error;
  }
  await keeper.stage("uploading", { attempt: next, sandbox: null, name: null, limit: null });
  return true;
}
