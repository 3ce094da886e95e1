/** The one line of a terminal that says how far a run is. Pure: width and time come in. */
import { count, duration, metric, size } from "../units.ts";
import type { Job, JobState } from "./job.ts";
import type { Remote } from "./remote.ts";
import { costText, remoteText } from "./remote-words.ts";
import { eta, shareDone } from "./status.ts";
import { phaseText, phaseWord, usedMemory } from "./words.ts";

export interface Progress {
  readonly job: Job;
  readonly state: JobState;
  /** Seconds since something proved progress. */
  readonly stalled: number | null;
  /** Of a run on Modal. */
  readonly remote?: Remote | null;
}

const BAR = 24;

/** Half-cell resolution: "━━━━━╺━━━" */
export function bar(share: number, cells = BAR): string {
  const halves = Math.round(Math.min(1, Math.max(0, share)) * cells * 2);
  const full = Math.floor(halves / 2);
  const half = halves % 2 === 1 ? "╸" : "";
  return `${"━".repeat(full)}${half}${"─".repeat(cells - full - half.length)}`;
}

/** At most `columns` wide; the least important figures go first. `now` Unix seconds. */
export function progressLine(progress: Progress, columns: number, now = 0): string {
  const remote = progress.remote ?? null;
  const elsewhere = remote === null ? null : remoteText(remote, progress.state, now);
  const cost = remote === null ? null : costText(remote, now);
  const parts = [...(elsewhere === null ? partsOf(progress) : [elsewhere]), ...(cost === null ? [] : [cost])];
  for (let length = parts.length; length > 1; length -= 1) {
    const text = parts.slice(0, length).join("  ");
    if (text.length < columns) return text;
  }
  return (parts[0] ?? "").slice(0, Math.max(0, columns - 1));
}

/** Most important first. */
function partsOf({ job, state, stalled }: Progress): string[] {
  const phase = job.phases.at(-1);
  if (state === "starting" || phase === undefined) return [state === "stopping" ? "stopping" : "starting"];
  const word = state === "stopping" ? "stopping, saving a checkpoint" : phaseWord(phase.name);
  const share = shareDone(job);
  if (phase.name !== "train" || share === null) {
    const since = job.lastT === null ? null : job.lastT - phase.since + (stalled ?? 0);
    const text = state === "stopping" ? word : phaseText(phase);
    return since === null || since < 1 ? [text] : [text, duration(since)];
  }
  const left = eta(job, stalled);
  const used = usedMemory(job);
  return [
    `${word} ${count(job.step)}/${count(job.maxSteps ?? 0)}`,
    bar(share),
    job.loss === null ? null : `loss ${metric(job.loss)}`,
    state === "silent" && stalled !== null ? `no step for ${duration(stalled)}` : null,
    left === null ? null : `${duration(left)} left`,
    job.tokensPerSecond === null ? null : `${count(job.tokensPerSecond)} tok/s`,
    used === null ? null : size(used),
  ].filter((part) => part !== null);
}
