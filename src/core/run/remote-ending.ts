/**
 * What the end of a sandbox means. The server's status alone proves nothing: success is the mark that our own
 * process in the sandbox leaves (`end` on its output and on the volume). Without it the sandbox was taken away.
 */
import { count, duration } from "../units.ts";
import type { ModalOutcome, RemoteProblem } from "./remote.ts";

/** The last word of our process in the sandbox. */
export interface EndMark {
  readonly exitCode: number;
  /** What it ended the trainer for; null: the trainer ended by itself. */
  readonly reason: "signal" | "deadline" | "stall" | null;
  /** Unix seconds, by the sandbox's clock. */
  readonly t: number;
}

export interface Ending {
  readonly outcome: ModalOutcome;
  readonly mark: EndMark | null;
  /** The trainer's last word of this attempt. */
  readonly finished: { readonly status: string; readonly reason: string | null } | null;
  /** Newest step of the run, over all attempts. */
  readonly step: number;
  /** Newest whole checkpoint on the volume. */
  readonly checkpoint: number | null;
  /** A person asked this attempt to stop. */
  readonly stopAsked: boolean;
  /** Lines and events that came. */
  readonly lines: number;
  /** Since it got its machine. */
  readonly seconds: number;
  readonly limit: { readonly seconds: number; readonly by: "timeout" | "budget" };
  readonly command: readonly string[];
  readonly image: string;
}

/** Somebody wanted it: the run is stopped, not failed. */
export const ENDED_BY_HAND = "modal-ended-there";

export type Verdict =
  /** The trainer said how it ended, or it is clear from its log. `problem` adds what it cannot know. */
  | { readonly kind: "over"; readonly problem: RemoteProblem | null }
  | { readonly kind: "stopped" }
  /** Goes on in the next attempt if there may be one; `problem` is told if not. */
  | { readonly kind: "again"; readonly why: string; readonly problem: RemoteProblem };

export function verdictOf(ending: Ending): Verdict {
  const { mark, finished } = ending;
  if (ending.stopAsked) return finished === null ? { kind: "stopped" } : { kind: "over", problem: null };
  if (mark === null) return withoutMark(ending);
  if (mark.exitCode === 0 && finished === null) return { kind: "over", problem: silentEnd(ending) };
  if (mark.reason === "signal" || finished?.reason === "signal") return takenAway(ending);
  if (mark.reason === "deadline" || finished?.reason === "deadline") return outOfTime(ending);
  if (mark.reason === "stall" || finished?.reason === "stall")
    return { kind: "over", problem: stalled(ending) };
  return { kind: "over", problem: null };
}

function withoutMark(ending: Ending): Verdict {
  const { outcome, step } = ending;
  if (outcome.status === "timeout") return outOfTime(ending);
  if (outcome.status === "terminated" && !/preempt/i.test(outcome.message))
    return { kind: "over", problem: endedByHand(ending) };
  if (outcome.status === "init_failure" || step === 0) {
    return { kind: "over", problem: ending.lines === 0 ? diedStarting(ending) : lostBeforeStep(ending) };
  }
  return takenAway(ending);
}

/** "50 steps since the checkpoint of step 900 are lost" */
function lost({ step, checkpoint }: Ending): string {
  if (checkpoint === null) return step === 0 ? "Nothing was trained yet" : `All ${steps(step)} are lost`;
  if (checkpoint >= step) return `Nothing is lost: step ${count(step)} is saved`;
  const gone = step - checkpoint;
  return `${steps(gone)} since the checkpoint of step ${count(checkpoint)} ${gone === 1 ? "is" : "are"} lost`;
}

const steps = (n: number): string => (n === 1 ? "1 step" : `${count(n)} steps`);

const goesOnFrom = ({ checkpoint }: Ending): string =>
  checkpoint === null ? "It would begin again." : `It goes on from step ${count(checkpoint)}.`;

function takenAway(ending: Ending): Verdict {
  const { outcome, step } = ending;
  const why =
    outcome.status === "evicted"
      ? "Modal ended the sandbox because it used more memory than it has"
      : "Modal took the machine away";
  return {
    kind: "again",
    why,
    problem: {
      code: "modal-preempted",
      message: `${why} at step ${count(step)} (${serverSays(ending)}). ${lost(ending)}.`,
      hint: `Resume it with finetune resume. ${goesOnFrom(ending)}`,
    },
  };
}

/**
 * Modal's answer to its terminate call, at once and by SIGKILL. A machine that is taken away is warned first, and its
 * mark then says "signal". In doubt nothing is started again: an hour lost is better than a sandbox nobody wanted.
 */
const endedByHand = (ending: Ending): RemoteProblem => ({
  code: ENDED_BY_HAND,
  message: `The sandbox was ended on Modal, in its dashboard or by a command, at step ${count(ending.step)}. ${lost(ending)}.`,
  hint: `It is not started again by itself, so nothing more is paid. Resume it with finetune resume. ${goesOnFrom(ending)}`,
});

function outOfTime(ending: Ending): Verdict {
  const { limit, step } = ending;
  if (limit.by === "budget") {
    return {
      kind: "over",
      problem: {
        code: "modal-budget",
        message: `The run ended at step ${count(step)} because compute.modal.max_cost_usd pays for no more. ${lost(ending)}.`,
        hint: `Raise max_cost_usd and resume with finetune resume --with-config. ${goesOnFrom(ending)}`,
      },
    };
  }
  const problem = {
    code: "modal-timeout",
    message: `The sandbox reached its time limit of ${duration(limit.seconds)} at step ${count(step)}. ${lost(ending)}.`,
    hint: `Raise compute.modal.timeout and resume with finetune resume --with-config. ${goesOnFrom(ending)}`,
  };
  if (step === 0) return { kind: "over", problem };
  return { kind: "again", why: "The sandbox reached its time limit", problem };
}

const stalled = (ending: Ending): RemoteProblem => ({
  code: "modal-stall",
  message: `Nothing moved for longer than compute.modal.stall_timeout, so the run ended itself at step ${count(ending.step)}. ${lost(ending)}.`,
  hint: `The end of the log shows what every thread was doing. Resume with finetune resume. ${goesOnFrom(ending)}`,
});

const diedStarting = (ending: Ending): RemoteProblem => ({
  code: "modal-died-starting",
  message: `The sandbox died while starting, ${duration(ending.seconds)} after it had its machine, and printed nothing (${serverSays(ending)}).`,
  hint: `It ran ${ending.command.join(" ")} in the image ${ending.image}. If the image is your own, it must hold python and sh; run again with FINETUNE_MODAL_LOG=debug to see every call in pump.log.`,
});

const lostBeforeStep = (ending: Ending): RemoteProblem => ({
  code: "modal-lost-before-step",
  message: `The sandbox ended before the first training step (${serverSays(ending)}).`,
  hint: "It is not started again by itself, because it may end the same way. Look at the end of the log; start it again with finetune resume --from-start.",
});

/** It ended well by its own account, and the trainer never said that it finished. */
const silentEnd = (ending: Ending): RemoteProblem => ({
  code: "modal-no-result",
  message: `The sandbox ended without a result after ${duration(ending.seconds)} (${serverSays(ending)}).`,
  hint: `It ran ${ending.command.join(" ")} in the image ${ending.image}; run again with FINETUNE_MODAL_LOG=debug to see every call in pump.log.`,
});

/** "Modal says: init failure, exit code 1, no space" */
function serverSays({ outcome, mark }: Ending): string {
  const parts = [
    outcome.status.replaceAll("_", " "),
    outcome.exitCode === null ? null : `exit code ${outcome.exitCode}`,
    outcome.message === "" ? null : outcome.message,
    mark === null ? "without the mark that the trainer leaves" : null,
  ];
  return `Modal says: ${parts.filter((part) => part !== null).join(", ")}`;
}
