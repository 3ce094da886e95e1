/** Follows a sandbox to its end, whatever happens to the connection: 'not connected' is never an end. */
import type { ModalOutcome } from "../../core/run/remote.ts";
import { dollarsSoFar } from "../../core/run/remote-state.ts";
import type { EndMark } from "../../core/run/remote-ending.ts";
import { ModalError } from "./errors.ts";
import { fillFromVolume, Gaps, passOver, readStream, tellMissingLines } from "./gaps.ts";
import { Disturbed, type Journal, Replaced } from "./journal.ts";
import { pause } from "./launch-sandbox.ts";
import { type PumpContext, sleep } from "./pump-context.ts";
import { now } from "./remote-keeper.ts";
import type { BoxLine } from "./sandbox-line.ts";
import type { StopTask } from "./stop-task.ts";

export interface Streamed {
  readonly outcome: ModalOutcome;
  readonly mark: EndMark | null;
}

const GONE = "modal-sandbox-gone";

/** The token is at fault, not the run: this pump can do nothing more, and one with another token can. */
export const isAboutUs = ({ code }: { readonly code: string }): boolean =>
  ["modal-token", "modal-no-token", "modal-mixed-tokens", "modal-denied"].includes(code);

/** How much it has printed; null: a trainer that did not count. */
interface Printed {
  readonly events: number | null;
  readonly lines: number | null;
}

/** What a sandbox says of itself. */
export class Marks {
  begun: number | null = null;
  end: (EndMark & Printed) | null = null;

  take(box: BoxLine): void {
    if (box.kind === "begin") this.begun = box.t;
    else {
      const { exit_code: exitCode, reason, t, events = null, lines = null } = box;
      this.end = { exitCode, reason, t, events, lines };
    }
  }
}

/** `journal.value` is replaced by one that has read the files again when somebody else wrote to them. */
export async function follow(
  context: PumpContext,
  sandbox: string,
  journal: { value: Journal; reopen(): Journal },
  marks: Marks,
  stop: StopTask,
): Promise<Streamed> {
  const { session, keeper, timing, log } = context;
  const guard = setInterval(() => watchLimits(context, marks, stop), 1000);
  const never = new AbortController();
  const gaps = new Gaps(context);
  try {
    for (let round = 0; ; round += 1) {
      journal.value.rewind();
      try {
        for await (const { fd, text } of session.logs(sandbox, never.signal)) {
          round = 0;
          keeper.contact(true);
          journal.value.take(fd, text);
          await heard(context, journal.value, marks);
          await gaps.tend(journal.value);
        }
        const outcome = await session.outcome(sandbox);
        keeper.contact(true);
        if (outcome !== null) return await settle(context, journal.value, marks, outcome);
      } catch (error) {
        if (error instanceof Replaced) throw error;
        const message = error instanceof Error ? error.message : String(error);
        log(message);
        if (error instanceof Disturbed) journal.value = journal.reopen();
        else if (!(error instanceof ModalError) || isAboutUs(error)) throw error;
        else if (error.code === GONE) {
          // Modal does not know it any more: it died where nobody could see it.
          const outcome = { status: "unknown", exitCode: null, message } as const;
          return await settle(context, journal.value, marks, outcome);
        } else keeper.contact(false, message);
      }
      await sleep(pause(timing.retry, round));
    }
  } finally {
    clearInterval(guard);
  }
}

/** Only a line of the trainer makes a run "running". */
async function heard({ keeper }: PumpContext, journal: Journal, marks: Marks): Promise<void> {
  const { stage } = keeper.value;
  if (marks.begun !== null) {
    keeper.paidFrom(marks.begun, "train", keeper.value.rate?.dollars ?? null);
    if (stage === "waiting") await keeper.stage("starting");
  }
  if (journal.lastSeq >= 0 && (stage === "waiting" || stage === "starting")) await keeper.stage("running");
}

/** What the stream lost lies on the volume: the sandbox's last word says how much there was. */
async function settle(
  context: PumpContext,
  journal: Journal,
  marks: Marks,
  outcome: ModalOutcome,
): Promise<Streamed> {
  if (marks.end === null)
    await readVolume(context, journal).catch((error: unknown) => {
      if (error instanceof Replaced || error instanceof Disturbed) throw error;
      context.log(`stream on the volume: ${error instanceof Error ? error.message : String(error)}`);
    });
  journal.end();
  const { end } = marks;
  if (journal.missing > 0 || (end?.events ?? 0) > journal.received.events)
    await fillFromVolume(context, journal);
  passOver(context, journal);
  if (end?.lines != null) tellMissingLines(context, journal, end.lines);
  return { outcome, mark: end };
}

/** All that the sandbox printed, from its file; false: it never began. */
export async function readVolume(context: PumpContext, journal: Journal): Promise<boolean> {
  journal.rewind();
  return readStream(context, journal.attempt, (text) => journal.take(1, text));
}

/** Seconds past its limit after which a sandbox that should have ended itself is ended from here. */
const PAST_BUDGET = 30;

/** The limits hold without us; while we are there, we look too. */
function watchLimits({ keeper, settings, timing, log }: PumpContext, marks: Marks, stop: StopTask): void {
  const remote = keeper.value;
  const spent = dollarsSoFar(remote, now());
  const slack = (remote.rate?.dollars ?? 0) * PAST_BUDGET;
  if (spent !== null && spent > settings.maxCostUsd + slack) {
    log(`$${spent.toFixed(2)} of $${settings.maxCostUsd}: ended from here`);
    stop.endNow("budget");
  }
  if (
    remote.stage === "waiting" &&
    marks.begun === null &&
    (now() - remote.since) * 1000 > timing.longestWait
  ) {
    log("no machine for too long: cancelled");
    stop.endNow("wait");
  }
}
