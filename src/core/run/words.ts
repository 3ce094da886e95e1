/** A job in words, the same in the tree, the panel and the status bar. Times are Unix seconds. */
import { inEnglish, type Say } from "../say.ts";
import { ago, count, duration, metric, size } from "../units.ts";
import type { PhaseName } from "./phase-names.ts";
import type { Job, JobState, PhaseState } from "./job.ts";
import type { Remote } from "./remote.ts";
import { firstSentence, remoteText } from "./remote-words.ts";
import { eta, shareDone, wasWaiting } from "./status.ts";

/** What the words need of a run; a `RunView` of the launcher fits. */
export interface Told {
  readonly job: Job;
  readonly state: JobState;
  /** Seconds since progress, by the reader's clock. */
  readonly stalled: number | null;
  /** Unix milliseconds of the last arrival. */
  readonly lastNews: number | null;
  /** Of a run on Modal. */
  readonly remote?: Remote | null;
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

export const phaseWord = (name: PhaseName, say: Say = inEnglish): string => say(PHASE_WORDS[name]);

/** "preparing data 512/1,204 rows", "downloading model.safetensors". */
export function phaseText(phase: PhaseState, say: Say = inEnglish): string {
  const word = phaseWord(phase.name, say);
  if (phase.progress === null || phase.name === "train") return word;
  const { done, total, unit } = phase.progress;
  const of = unit === "bytes" ? size : count;
  const amount = total === null ? of(done) : `${of(done)}/${of(total)}`;
  return unit === "bytes" ? `${word} ${amount}` : `${word} ${amount} ${unit}`;
}

const innermost = (job: Job): PhaseState | undefined => job.phases.at(-1);

/** "step 96/151"; null before the first step. */
function stepText(job: Job, say: Say): string | null {
  if (job.step === 0) return null;
  return job.maxSteps === null
    ? say("step {0}", count(job.step))
    : say("step {0}/{1}", count(job.step), count(job.maxSteps));
}

const lossText = (job: Job, say: Say): string | null =>
  job.loss === null ? null : say("loss {0}", metric(job.loss));

function leftText({ job, stalled }: Told, say: Say): string | null {
  const left = eta(job, stalled);
  return left === null || left < 1 ? null : say("{0} left", duration(left));
}

const joined = (parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => part !== null && part !== undefined && part !== "").join(" · ");

/** Everything that is moving, in one line. */
function progressText(told: Told, say: Say): string {
  const { job } = told;
  const phase = innermost(job);
  const training = phase?.name === "train";
  return joined([
    training || phase === undefined ? null : phaseText(phase, say),
    stepText(job, say),
    lossText(job, say),
    training ? leftText(told, say) : null,
    phase === undefined && job.step === 0 ? say("starting") : null,
    training && job.step === 0 ? say("first step") : null,
  ]);
}

/** Seconds that the attempts of this run worked, as far as the events tell; null before any. */
function seconds(job: Job): number | null {
  if (job.finished !== null) return job.finished.seconds;
  return job.started === null || job.lastT === null ? null : job.lastT - job.started.t;
}

/** What stands behind the name in the tree. */
export function describe(told: Told, now: number, say: Say = inEnglish): string {
  const { job, state } = told;
  const remote = told.remote ?? null;
  const elsewhere = remote === null ? null : remoteText(remote, state, now, say);
  if (elsewhere !== null) return joined([elsewhere, stepText(job, say)]);
  if (wasWaiting(job, state)) {
    return joined([
      say("was waiting for its turn"),
      job.lastT === null ? null : agoText(job.lastT, now, say),
    ]);
  }
  switch (state) {
    case "queued":
      return joined([say("queued"), innermost(job)?.detail]);
    case "starting":
      return say("starting");
    case "running":
      return progressText(told, say);
    case "stopping":
      return joined([
        say("stopping"),
        stepText(job, say),
        innermost(job)?.canStop === false ? say("after this phase") : null,
      ]);
    case "silent":
      return joined([silence(told, now, say), stepText(job, say)]);
    case "unknown":
      return joined([silence(told, now, say), say("result unknown")]);
    case "failed":
      return joined([
        firstSentence(job.error?.message ?? remote?.problem?.message ?? say("failed")),
        job.lastT === null ? null : agoText(job.lastT, now, say),
      ]);
    case "crashed":
      return joined([
        say("the trainer is gone"),
        stepText(job, say),
        job.lastT === null ? null : agoText(job.lastT, now, say),
      ]);
    case "interrupted":
      return joined([
        remote?.problem == null ? say("interrupted") : firstSentence(remote.problem.message),
        stepText(job, say),
        job.lastT === null ? null : agoText(job.lastT, now, say),
      ]);
    case "stopped":
    case "succeeded":
      return joined([
        state === "stopped" ? stoppedText(remote, say) : null,
        state === "stopped" ? stepText(job, say) : null,
        lossText(job, say),
        seconds(job) === null ? null : duration(seconds(job) ?? 0),
        job.lastT === null ? null : agoText(job.lastT, now, say),
        job.finished !== null && job.finished.incomplete.length > 0 ? say("an export failed") : null,
      ]);
  }
}

const stoppedText = (remote: Remote | null, say: Say): string =>
  remote?.problem == null ? say("stopped") : firstSentence(remote.problem.message);

function silence({ stalled, lastNews }: Told, now: number, say: Say): string {
  if (stalled !== null && lastNews !== null && now - lastNews / 1000 < 60) {
    return say("no step for {0}", duration(stalled));
  }
  return lastNews === null ? say("no news") : say("last news {0} ago", duration(now - lastNews / 1000));
}

/** "12 min ago". */
function agoText(then: number, now: number, say: Say): string {
  const words = ago(then, now);
  const [, amount] = /^(.*) ago$/.exec(words) ?? [];
  return amount === undefined ? say(words) : say("{0} ago", amount);
}

export const stateWord = (state: JobState, say: Say = inEnglish): string => say(state);

/** Ends that their description does not name itself. */
const NAMED: ReadonlySet<JobState> = new Set(["succeeded", "failed", "crashed"] satisfies JobState[]);

/** "running on RTX 4090 · step 96/151 · 4 min left". */
export function headline(told: Told, now: number, say: Say = inEnglish): string {
  const { job, state } = told;
  const device = deviceName(job);
  if (state !== "running")
    return joined([NAMED.has(state) ? stateWord(state, say) : null, describe(told, now, say)]);
  return joined([device === null ? say("running") : say("running on {0}", device), progressText(told, say)]);
}

/** "Train 64 % · 6,740 tokens/s · 7.6 of 23.5 GB"; null when nothing is open. */
export function phaseLine(
  job: Job,
  say: Say = inEnglish,
): { readonly label: string; readonly description: string } | null {
  const phase = innermost(job);
  if (phase === undefined) return null;
  const share = phase.name === "train" ? shareDone(job) : null;
  const amount = phase.progress;
  const description = joined([
    share === null ? null : `${Math.round(share * 100)} %`,
    share === null && amount !== null
      ? phaseText(phase, say).slice(phaseWord(phase.name, say).length + 1)
      : null,
    phase.name === "train" && job.tokensPerSecond !== null
      ? say("{0} tokens/s", count(job.tokensPerSecond))
      : null,
    memoryText(job, say),
    phase.name === "train" ? null : phase.detail,
  ]);
  return { label: capital(phaseWord(phase.name, say)), description };
}

/** "7.6 of 23.5 GB" of the device that holds most; null before the first measurement. */
export function memoryText(job: Job, say: Say = inEnglish): string | null {
  const used = usedMemory(job);
  if (used === null) return null;
  const total = job.environment?.devices[0]?.total_bytes ?? null;
  if (job.environment?.backend === "cpu" || total === null) return size(used);
  return say("{0} of {1}", size(used).replace(/ [A-Z]+$/, ""), size(total));
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
export function spoken(told: Told, now: number, say: Say = inEnglish): string {
  const { job, state } = told;
  if (state !== "running" || innermost(job)?.name !== "train" || job.step === 0) {
    return `${capital(headline(told, now, say).replaceAll(" · ", ", "))}.`;
  }
  const step =
    job.maxSteps === null
      ? say("Step {0}", count(job.step))
      : say("Step {0} of {1}", count(job.step), count(job.maxSteps));
  const rest = [lossText(job, say), leftText(told, say)].filter((part) => part !== null);
  return `${[step, ...rest].join(", ")}.`;
}

/** What comes until the first step, so that a waiting person knows what for; null from then on. */
export function whatNext(job: Job, say: Say = inEnglish): string | null {
  if (job.step > 0 || job.finished !== null) return null;
  switch (innermost(job)?.name) {
    case "queued":
      return say("It starts when its device is free.");
    case "import":
      return say("Next: the model is loaded.");
    case "download":
      return say("Downloaded once, then kept in the cache.");
    case "load":
      return say("Next: the data is rendered and tokenised.");
    case "prepare":
      return say("Next: the first step.");
    case "train":
      return say("The first step compiles and usually takes longest.");
    default:
      return null;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
