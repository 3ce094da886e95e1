/**
 * How long a sandbox may live. The limit is given to Modal itself when the sandbox is made, and to the
 * trainer in its plan, so it holds with every window closed and every process of ours gone.
 */
import { duration } from "../units.ts";
import type { ModalSettings } from "./modal-settings.ts";

export interface SandboxTimes {
  /** Whole seconds after which Modal ends the sandbox. */
  readonly timeoutS: number;
  /** Seconds after which our own process in the sandbox ends everything, whatever hangs. */
  readonly hardEndS: number;
  /** Seconds by which the trainer has saved a checkpoint and ended. */
  readonly deadlineS: number;
  /** Which of the two limits is the tighter one. */
  readonly limit: "timeout" | "budget";
}

/** Below this an attempt would only load a model and end again. Seconds. */
export const SHORTEST_ATTEMPT = 120;

/** At most this long between the trainer's end and the sandbox's: the last files reach the volume. */
const LONGEST_MARGIN = 180;

/**
 * `spent` dollars so far over all attempts, `rate` dollars a second.
 * null: what is left of the budget does not pay for a start.
 */
export function sandboxTimes(
  settings: Pick<ModalSettings, "timeoutS" | "maxCostUsd">,
  spent: number,
  rate: number,
  shortest = SHORTEST_ATTEMPT,
): SandboxTimes | null {
  const left = (settings.maxCostUsd - spent) / rate;
  const affordable = Math.floor(left);
  const timeoutS = Math.min(settings.timeoutS, affordable);
  if (affordable < settings.timeoutS && affordable < shortest) return null;
  const margin = Math.min(LONGEST_MARGIN, timeoutS / 5);
  return {
    timeoutS,
    hardEndS: timeoutS - margin / 2,
    deadlineS: timeoutS - margin,
    limit: affordable < settings.timeoutS ? "budget" : "timeout",
  };
}

export interface Chain {
  /** Sandboxes one after the other that the run is expected to need. */
  readonly attempts: number;
  /** For a person, before the start; null: one is enough. */
  readonly text: string | null;
}

/** Part of a sandbox's life that trains: the rest is starting, loading and saving. */
const TRAINING_SHARE = 0.95;

/** A run that is longer than a sandbox lives goes on in the next one, from its newest checkpoint. */
export function planChain(estimateS: number | null, timeoutS: number): Chain {
  if (estimateS === null || estimateS <= timeoutS) return { attempts: 1, text: null };
  const attempts = Math.ceil(estimateS / (timeoutS * TRAINING_SHARE));
  return {
    attempts,
    text:
      `The run is expected to take ${duration(estimateS)} and a sandbox lives ${duration(timeoutS)}: ` +
      `${attempts} of them are planned, each going on from the newest checkpoint of the one before.`,
  };
}

/** A run may be started again as often as was planned, and for what nobody planned as often as was allowed. */
export const attemptsAllowed = (settings: Pick<ModalSettings, "maxAttempts">, planned: number): number =>
  settings.maxAttempts + Math.max(1, planned) - 1;
