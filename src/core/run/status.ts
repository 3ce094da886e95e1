/** What a run is called: its events, what is known of its process, and how old the news is. */
import { secondsLeft } from "./reduce.ts";
import type { Job, JobState, Liveness } from "./job.ts";
import type { Remote } from "./remote.ts";
import { ENDED_BY_HAND } from "./remote-ending.ts";

export interface Sighting {
  readonly liveness: Liveness;
  /** The newest attempt there is a record of: its events may not have come yet. */
  readonly attempt: number;
  /** Someone asked this attempt to stop. */
  readonly stopRequested: boolean;
  /** Seconds since anything arrived, by the reader's clock of arrival; null before the first event. */
  readonly quiet: number | null;
  /** Seconds since something arrived that proves progress; null before the first. */
  readonly stalled: number | null;
  /** What the pump knows of a run on Modal; null for a run on this machine. */
  readonly remote?: Remote | null;
}

/** Heartbeats come every 10 s: three may be late before anybody is worried. */
const HEARTBEAT_LOST = 45;
/** Without contact to the process, silence proves nothing; after this nobody pretends to know. */
const NEWS_TOO_OLD = 180;
/** A step is overdue after ten times its usual length, and never before this. */
const STEP_OVERDUE_MIN = 120;
/** Before the second step nothing is usual: the first one compiles, a large batch takes its time. */
const FIRST_STEP_OVERDUE = 900;

/** The fold has seen the newest attempt, so what it says about an end is about this one. */
const isCurrent = (job: Job, sight: Sighting): boolean =>
  job.started !== null && job.attempt >= sight.attempt;

export function stateOf(job: Job, sight: Sighting): JobState {
  const current = isCurrent(job, sight);
  const remote = sight.remote ?? null;
  if (remote !== null && sight.liveness.kind !== "gone") return remoteState(job, sight, remote);
  if (current && job.finished !== null) return job.finished.status;
  if (sight.liveness.kind === "gone") {
    // Ended at once by a person: no last word, but no crash either.
    if (sight.stopRequested && (!current || job.error === null)) return "stopped";
    if (remote?.problem?.code === ENDED_BY_HAND) return "stopped";
    // Its pump knows why it ended.
    return remote !== null && remote.problem !== null ? "failed" : "crashed";
  }
  if (!current) return "starting";
  if (sight.liveness.kind === "elsewhere" && (sight.quiet ?? 0) > NEWS_TOO_OLD) return "unknown";
  if (job.phases.at(-1)?.name === "queued") return "queued";
  if (isSilent(job, sight)) return "silent";
  return sight.stopRequested ? "stopping" : "running";
}

/** The pump says when a run on Modal is over: the trainer's last word comes before the results are here. */
function remoteState(job: Job, sight: Sighting, { stage, contact }: Remote): JobState {
  switch (stage) {
    case "waiting":
      return sight.stopRequested ? "stopping" : "queued";
    case "uploading":
    case "building":
    case "starting":
    case "recovering":
      return sight.stopRequested ? "stopping" : "starting";
    case "stopping":
      return "stopping";
    case "running":
      if (sight.stopRequested) return "stopping";
      // Without contact, silence proves nothing.
      return contact.ok && isCurrent(job, sight) && isSilent(job, sight) ? "silent" : "running";
    case "exporting":
    case "downloading":
    case "ended":
      return "running";
  }
}

function isSilent(job: Job, { quiet, stalled }: Sighting): boolean {
  if (quiet !== null && quiet > HEARTBEAT_LOST) return true;
  // Only a step is ever due: loading, saving and exporting take what they take while the heart beats.
  if (job.phases.at(-1)?.name !== "train" || stalled === null) return false;
  const due =
    job.secondsPerStep === null ? FIRST_STEP_OVERDUE : Math.max(STEP_OVERDUE_MIN, 10 * job.secondsPerStep);
  return stalled > due;
}

const ENDED: ReadonlySet<JobState> = new Set([
  "succeeded",
  "stopped",
  "interrupted",
  "failed",
  "crashed",
] satisfies JobState[]);

/** No process works on it any more. `unknown` is no end: nobody knows. */
export const hasEnded = (state: JobState): boolean => ENDED.has(state);

/**
 * It ended, or was lost, while it waited for its turn: at a restart of the machine, mostly. Nothing is lost
 * with it, so queueing it again is all there is to do.
 */
export function wasWaiting(job: Job, state: JobState): boolean {
  if (state !== "crashed" && state !== "unknown" && state !== "interrupted") return false;
  const open = job.phases.at(-1);
  if (open !== undefined) return open.name === "queued";
  const last = job.spans.at(-1);
  // A signal ends the phase in order; whoever got a device has begun the next one.
  return job.finished !== null && last?.name === "queued" && last.attempt === job.attempt;
}

/** Share of the optimiser steps done, 0 to 1; null before the trainer knows how many there are. */
export const shareDone = (job: Job): number | null =>
  job.maxSteps === null || job.maxSteps === 0 ? null : Math.min(1, job.step / job.maxSteps);

/** Seconds to the last step, less what has passed since the newest one. */
export function eta(job: Job, stalled: number | null): number | null {
  const left = secondsLeft(job);
  if (left === null) return null;
  const passed = Math.min(stalled ?? 0, job.secondsPerStep ?? 0);
  return Math.max(0, left - passed);
}
