/** One attempt on Modal, from wherever it is found: nothing asked for yet, waiting, running, or ended unseen. */
import { verdictOf, type Ending, type Verdict } from "../../core/run/remote-ending.ts";
import type { ModalOutcome, RemoteProblem } from "../../core/run/remote.ts";
import type { WholeCheckpoint } from "../checkpoints.ts";
import { LaunchError } from "../launcher.ts";
import { exportsOf, fetchArtifacts } from "./collect.ts";
import { Journal } from "./journal.ts";
import { findAsked, launchSandbox, patiently } from "./launch-sandbox.ts";
import { type PumpContext, volumeOf } from "./pump-context.ts";
import type { NextAttempt } from "./recover.ts";
import { now } from "./remote-keeper.ts";
import { trainCommand } from "./sandbox-wish.ts";
import { StopTask } from "./stop-task.ts";
import { follow, Marks, readVolume, type Streamed } from "./stream.ts";
import { volumeCheckpoints } from "./volume-checkpoints.ts";

export interface AttemptEnd {
  readonly problem: RemoteProblem | null;
  /** null: the run is over. */
  readonly next: NextAttempt | null;
}

export async function runAttempt(context: PumpContext): Promise<AttemptEnd> {
  const { keeper, folder, holds } = context;
  const { attempt } = keeper.value;
  const marks = new Marks();
  const reopen = (): Journal => new Journal(folder, attempt, holds, (box) => marks.take(box));
  const journal = { value: reopen(), reopen };
  const stop = new StopTask(context, attempt);
  try {
    const streamed = await toItsEnd(context, journal, marks, stop);
    // Cancelled before it had a machine.
    if (streamed === null) return { problem: limitProblem(context, stop), next: null };
    keeper.paidTo(endOf(context, streamed));
    return await conclude(context, journal.value, stop, streamed);
  } finally {
    await stop.close();
  }
}

type Opened = { value: Journal; reopen(): Journal };

async function toItsEnd(
  context: PumpContext,
  journal: Opened,
  marks: Marks,
  stop: StopTask,
): Promise<Streamed | null> {
  const { keeper } = context;
  let sandbox = keeper.value.sandbox;
  if (sandbox === null && keeper.value.name !== null) {
    // Asked for by a pump that died before it heard the answer.
    sandbox = await patiently(context, stop, () => findAsked(context, keeper.value.attempt));
    const seen =
      sandbox === null && (await patiently(context, stop, () => readVolume(context, journal.value)));
    if (seen === true) {
      keeper.paidFrom(marks.begun ?? now(), "train", keeper.value.rate?.dollars ?? null);
      return { outcome: UNSEEN, mark: marks.end };
    }
  }
  if (sandbox === null) {
    sandbox = await launchSandbox(context, journal.value, stop);
    if (sandbox === null) return null;
    keeper.paidFrom(now(), "train", keeper.value.rate?.dollars ?? null);
    await keeper.stage("starting");
  }
  stop.attach(sandbox);
  return follow(context, sandbox, journal, marks, stop);
}

/** It ran and ended while nobody looked, and Modal lists only what runs. */
const UNSEEN: ModalOutcome = { status: "unknown", exitCode: null, message: "it ended while nobody looked" };

/** By the sandbox's own clock where it said so, never later than its limit. */
function endOf({ keeper }: PumpContext, { mark }: Streamed): number {
  const { paid, limit, attempt } = keeper.value;
  const from = paid.findLast((span) => span.attempt === attempt)?.from ?? now();
  return Math.min(mark?.t ?? now(), from + (limit?.seconds ?? Infinity));
}

async function conclude(
  context: PumpContext,
  journal: Journal,
  stop: StopTask,
  streamed: Streamed,
): Promise<AttemptEnd> {
  const { keeper, session, id } = context;
  const asked = stop.limit === null && (await stop.look()) !== null;
  const checkpoints = await patiently(context, { asked: null, preparing: stop.preparing }, () =>
    volumeCheckpoints(session, volumeOf(context), id),
  );
  const newest = checkpoints?.[0] ?? null;
  const verdict = verdictOf(endingOf(context, journal, streamed, newest, asked));
  context.log(`attempt ${keeper.value.attempt}: ${streamed.outcome.status}, ${verdict.kind}`);
  // What was ended from here does not go on.
  const next = stop.limit === null ? nextOf(context, verdict, newest) : null;
  if (next !== null) {
    journal.release();
    journal.note(`Modal: ${next.why}`);
    return { problem: null, next };
  }
  const incomplete = await exportsOf(context, journal, stop);
  const lost = await fetched(context, journal, stop);
  journal.release(incomplete);
  const told = verdict.kind === "over" ? verdict.problem : verdict.kind === "again" ? verdict.problem : null;
  return { problem: limitProblem(context, stop) ?? told ?? lost, next: null };
}

function endingOf(
  context: PumpContext,
  journal: Journal,
  { outcome, mark }: Streamed,
  newest: WholeCheckpoint | null,
  stopAsked: boolean,
): Ending {
  const { keeper, plan, settings, id } = context;
  const { attempt, limit, paid, image } = keeper.value;
  const times = { timeoutS: limit?.seconds ?? 0, hardEndS: limit?.seconds ?? 0, deadlineS: 0 };
  const said = journal.finished ?? (journal.isOver() ? journal.job.finished : null);
  return {
    outcome,
    mark,
    finished: said === null ? null : { status: said.status, reason: said.reason ?? null },
    step: journal.job.step,
    checkpoint: newest?.step ?? null,
    stopAsked,
    lines: journal.arrived,
    seconds: now() - (paid.findLast((span) => span.attempt === attempt)?.from ?? now()),
    limit: limit ?? { seconds: settings.timeoutS, by: "timeout" },
    command: trainCommand({
      id,
      attempt,
      plan,
      settings,
      times: { ...times, limit: limit?.by ?? "timeout" },
      image: image ?? "",
      secrets: {},
    }),
    image: image ?? "of the run",
  };
}

/** Another attempt, when the end calls for one and the person allows one more. */
function nextOf(
  { keeper }: PumpContext,
  verdict: Verdict,
  newest: WholeCheckpoint | null,
): NextAttempt | null {
  const { attempt, allowed_attempts: allowed } = keeper.value;
  if (verdict.kind !== "again" || attempt + 1 >= allowed) return null;
  return { why: verdict.why, from: newest };
}

/** What ended it from here, when it was no person. */
function limitProblem({ settings, keeper }: PumpContext, stop: StopTask): RemoteProblem | null {
  switch (stop.limit) {
    case null:
      return null;
    case "wait":
      return {
        code: "modal-no-capacity",
        message: `Modal had no ${settings.gpu} for ${keeper.value.name ?? "the run"} in the time that is waited for one.`,
        hint: "Nothing was paid. Resume it later, or choose another GPU and resume with finetune resume --with-config.",
      };
    case "budget":
      return {
        code: "modal-budget",
        message: "The run was ended because compute.modal.max_cost_usd is used up.",
        hint: "Raise max_cost_usd and resume with finetune resume --with-config.",
      };
  }
}

/** null: everything is here. What could not be written stays on the volume. */
async function fetched(
  context: PumpContext,
  journal: Journal,
  stop: StopTask,
): Promise<RemoteProblem | null> {
  try {
    await fetchArtifacts(context, journal, stop);
    return null;
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    return {
      code: error.code,
      message: `The result could not be brought here: ${error.message}`,
      hint: `${error.hint} It is safe on the volume; fetch it with finetune fetch.`,
    };
  }
}
