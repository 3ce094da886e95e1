/** A job in words, the same in the tree, the panel and the status bar. Times are Unix seconds. */
import { ago, count, duration, metric, size } from "../units.ts";
import type { PhaseName } from "./event.ts";
import type { Job, JobState, PhaseState } from "./job.ts";
import { eta, shareDone } from "./status.ts";

/** What the words need of a run; a `RunView` of the launcher fits. */
export interface Told {
  readonly job: Job;
  readonly state: JobState;
  /** Seconds since progress, by the reader's clock. */
  readonly stalled: number | null;
  /** Unix milliseconds of the last arrival. */
  readonly lastNews: number | null;
}

const PHASE_WORDS: Readonly<Record<PhaseName, string>> = {
  queued: "waiting for a free device",
  import: "importing",
  download: "downloading",
  load: "loading the model",
  prepare: "preparing data",
  train: "training",
  evaluate: "evaluating",
  save: "saving",
  export: "exporting",
};

export const phaseWord = (name: PhaseName): string => PHASE_WORDS[name];

/** "preparing data 512/1,204 rows", "downloading model.safetensors". */
export function phaseText(phase: PhaseState): string {
  const word = PHASE_WORDS[phase.name];
  if (phase.progress === null || phase.name === "train") return word;
  const { done, total, unit } = phase.progress;
  const of = unit === "bytes" ? size : count;
  const amount = total === null ? of(done) : `${of(done)}/${of(total)}`;
  return unit === "bytes" ? `${word} ${amount}` : `${word} ${amount} ${unit}`;
}

const innermost = (job: Job): PhaseState | undefined => job.phases.at(-1);

/** "step 96/151"; null before the first step. */
function stepText(job: Job): string | null {
  if (job.step === 0) return null;
  return job.maxSteps === null ? `step ${count(job.step)}` : `step ${count(job.step)}/${count(job.maxSteps)}`;
}

const lossText = (job: Job): string | null => (job.loss === null ? null : `loss ${metric(job.loss)}`);

function leftText({ job, stalled }: Told): string | null {
  const left = eta(job, stalled);
  return left === null || left < 1 ? null : `${duration(left)} left`;
}

const joined = (parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");

/** Everything that is moving, in one line. */
function progressText(told: Told): string {
  const { job } = told;
  const phase = innermost(job);
  const training = phase?.name === "train";
  return joined([
    training || phase === undefined ? null : phaseText(phase),
    stepText(job),
    lossText(job),
    training ? leftText(told) : null,
    phase === undefined && job.step === 0 ? "starting" : null,
    training && job.step === 0 ? "first step" : null,
  ]);
}

/** Seconds that the attempts of this run worked, as far as the events tell; null before any. */
function seconds(job: Job): number | null {
  if (job.finished !== null) return job.finished.seconds;
  return job.started === null || job.lastT === null ? null : job.lastT - job.started.t;
}

/** What stands behind the name in the tree. */
export function describe(told: Told, now: number): string {
  const { job, state } = told;
  switch (state) {
    case "queued":
      return joined(["queued", innermost(job)?.detail]);
    case "starting":
      return "starting";
    case "running":
      return progressText(told);
    case "stopping":
      return joined([
        "stopping",
        stepText(job),
        innermost(job)?.canStop === false ? "after this phase" : null,
      ]);
    case "silent":
      return joined([silence(told, now), stepText(job)]);
    case "unknown":
      return joined([silence(told, now), "result unknown"]);
    case "failed":
      return firstSentence(job.error?.message ?? "failed");
    case "crashed":
      return joined(["the trainer is gone", stepText(job)]);
    case "interrupted":
      return joined(["interrupted", stepText(job), job.lastT === null ? null : ago(job.lastT, now)]);
    case "stopped":
    case "succeeded":
      return joined([
        state === "stopped" ? "stopped" : null,
        state === "stopped" ? stepText(job) : null,
        lossText(job),
        seconds(job) === null ? null : duration(seconds(job) ?? 0),
        job.lastT === null ? null : ago(job.lastT, now),
        job.finished !== null && job.finished.incomplete.length > 0 ? "an export failed" : null,
      ]);
  }
}

function silence({ stalled, lastNews }: Told, now: number): string {
  if (stalled !== null && lastNews !== null && now - lastNews / 1000 < 60) {
    return `no step for ${duration(stalled)}`;
  }
  return lastNews === null ? "no news" : `last news ${duration(now - lastNews / 1000)} ago`;
}

/** Ends that their description does not name itself. */
const NAMED: ReadonlySet<JobState> = new Set(["succeeded", "failed", "crashed"] satisfies JobState[]);

/** "running on RTX 4090 · step 96/151 · 4 min left". */
export function headline(told: Told, now: number): string {
  const { job, state } = told;
  const device = deviceName(job);
  if (state !== "running") return joined([NAMED.has(state) ? state : null, describe(told, now)]);
  return joined([device === null ? "running" : `running on ${device}`, progressText(told)]);
}

/** "Train 64 % · 6,740 tokens/s · 7.6 of 23.5 GB"; null when nothing is open. */
export function phaseLine(job: Job): { readonly label: string; readonly description: string } | null {
  const phase = innermost(job);
  if (phase === undefined) return null;
  const share = phase.name === "train" ? shareDone(job) : null;
  const amount = phase.progress;
  const description = joined([
    share === null ? null : `${Math.round(share * 100)} %`,
    share === null && amount !== null ? phaseText(phase).slice(PHASE_WORDS[phase.name].length + 1) : null,
    phase.name === "train" && job.tokensPerSecond !== null ? `${count(job.tokensPerSecond)} tokens/s` : null,
    memoryText(job),
    phase.name === "train" ? null : phase.detail,
  ]);
  return { label: capital(PHASE_WORDS[phase.name]), description };
}

/** "7.6 of 23.5 GB" of the device that holds most; null before the first measurement. */
export function memoryText(job: Job): string | null {
  const used = usedMemory(job);
  if (used === null) return null;
  const total = job.environment?.devices[0]?.total_bytes ?? null;
  if (job.environment?.backend === "cpu" || total === null) return size(used);
  return `${size(used).replace(/ [A-Z]+$/, "")} of ${size(total)}`;
}

/** Bytes in use on the device that holds most. */
export function usedMemory(job: Job): number | null {
  const used = (job.memory?.devices ?? []).map((device) => device.used ?? device.reserved);
  const known = used.filter((bytes): bytes is number => bytes !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** "RTX 4090", "2 × H100", "CPU"; null before the environment is known. */
export function deviceName(job: Job): string | null {
  const environment = job.environment;
  if (environment === null) return null;
  const first = environment.devices[0];
  if (environment.backend === "cpu" || first === undefined) return "CPU";
  const name = first.name.replace(/^(NVIDIA|Tesla|GeForce|AMD)\s+/i, "").replace(/^GeForce\s+/i, "");
  return environment.devices.length > 1 ? `${environment.devices.length} × ${name}` : name;
}

/** Whole sentences for a screen reader: "Step 40 of 60, loss 0.61, 3 min left." */
export function spoken(told: Told, now: number): string {
  const { job, state } = told;
  if (state !== "running" || innermost(job)?.name !== "train" || job.step === 0) {
    return `${capital(headline(told, now).replaceAll(" · ", ", "))}.`;
  }
  const of = job.maxSteps === null ? "" : ` of ${count(job.maxSteps)}`;
  const rest = [lossText(job), leftText(told)].filter((part) => part !== null);
  return `${[`Step ${count(job.step)}${of}`, ...rest].join(", ")}.`;
}

/** What comes until the first step, so that a waiting person knows what for; null from then on. */
export function whatNext(job: Job): string | null {
  if (job.step > 0 || job.finished !== null) return null;
  switch (innermost(job)?.name) {
    case "queued":
      return "It starts when its device is free.";
    case "import":
      return "Next: the model is loaded.";
    case "download":
      return "Downloaded once, then kept in the cache.";
    case "load":
      return "Next: the data is rendered and tokenised.";
    case "prepare":
      return "Next: the first step.";
    case "train":
      return "The first step compiles and usually takes longest.";
    default:
      return null;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const firstSentence = (text: string): string =>
  /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].replace(/\.$/, "") ?? text;
