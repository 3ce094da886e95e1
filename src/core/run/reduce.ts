/** `job = reduce(job, event)`: how events become a job. Deterministic; an event seen twice changes nothing. */
import type { EventOf, KnownEvent } from "./event.ts";
import type { Job, PhaseState } from "./job.ts";

export const emptyJob: Job = {
  attempt: 0,
  seq: -1,
  started: null,
  environment: null,
  model: null,
  datasets: {},
  phases: [],
  spans: [],
  step: 0,
  maxSteps: null,
  epoch: null,
  loss: null,
  learningRate: null,
  tokensPerSecond: null,
  secondsPerStep: null,
  points: [],
  evals: [],
  checkpoints: [],
  artifacts: [],
  samples: [],
  warnings: [],
  error: null,
  memory: null,
  finished: null,
  lastT: null,
  lastProgressT: null,
  invalid: 0,
};

/** Types that prove progress; a heartbeat proves only life. */
const isProgress = (event: KnownEvent): boolean => event.type !== "heartbeat" && event.type !== "memory";

export function reduce(job: Job, event: KnownEvent): Job {
  if (event.attempt < job.attempt || (event.attempt === job.attempt && event.seq <= job.seq)) return job;
  const begun = event.attempt > job.attempt ? { ...job, phases: [], error: null, finished: null } : job;
  return {
    ...apply(begun, event),
    attempt: event.attempt,
    seq: event.seq,
    lastT: event.t,
    lastProgressT: isProgress(event) ? event.t : begun.lastProgressT,
  };
}

function apply(job: Job, event: KnownEvent): Job {
  switch (event.type) {
    case "started":
      return applyStarted(job, event);
    case "environment":
      return { ...job, environment: event };
    case "phase":
      return applyPhase(job, event);
    case "model":
      return { ...job, model: event };
    case "dataset":
      return { ...job, datasets: { ...job.datasets, [event.split]: event } };
    case "step":
      return applyStep(job, event);
    case "memory":
      return { ...job, memory: event };
    case "eval":
      return {
        ...job,
        evals: append(job.evals, {
          step: event.step,
          loss: event.metrics["eval_loss"] ?? null,
          metrics: event.metrics,
          best: event.best,
          attempt: event.attempt,
        }),
      };
    case "checkpoint":
      return {
        ...job,
        checkpoints: append(job.checkpoints, {
          step: event.step,
          path: event.path,
          bytes: event.bytes,
          attempt: event.attempt,
        }),
      };
    case "artifact":
      return {
        ...job,
        artifacts: append(
          job.artifacts.filter((a) => a.path !== event.path),
          event,
        ),
      };
    case "sample":
      return { ...job, samples: append(job.samples, event) };
    case "warning":
      return { ...job, warnings: append(job.warnings, event) };
    case "error":
      return { ...job, error: event };
    case "heartbeat":
      return job;
    case "finished":
      return { ...job, finished: event, phases: [], step: Math.max(job.step, event.step) };
  }
}

/** A resume repeats steps after its checkpoint: what the earlier attempt had beyond it is hidden. */
function applyStarted(job: Job, event: EventOf<"started">): Job {
  const from = event.resumed_from;
  if (from === null) return { ...job, started: event };
  const upTo = <T extends { readonly step: number }>(items: readonly T[]) =>
    items.filter((item) => item.step <= from.step);
  return {
    ...job,
    started: event,
    step: from.step,
    points: upTo(job.points),
    evals: upTo(job.evals),
    checkpoints: upTo(job.checkpoints),
    samples: upTo(job.samples),
  };
}

function applyPhase(job: Job, event: EventOf<"phase">): Job {
  const open = job.phases.find((phase) => phase.id === event.id);
  if (event.state === "end") {
    const seconds = open === undefined ? 0 : Math.max(0, event.t - open.since);
    return {
      ...job,
      phases: job.phases.filter((phase) => phase.id !== event.id),
      spans: append(job.spans, { name: event.name, attempt: event.attempt, seconds }),
    };
  }
  const state: PhaseState = {
    id: event.id,
    name: event.name,
    detail: event.detail ?? open?.detail ?? null,
    progress:
      event.progress === undefined
        ? (open?.progress ?? null)
        : { done: event.progress.done, total: event.progress.total ?? null, unit: event.progress.unit },
    canStop: event.can_stop,
    since: open?.since ?? event.t,
  };
  return {
    ...job,
    phases:
      open === undefined
        ? append(job.phases, state)
        : job.phases.map((phase) => (phase.id === event.id ? state : phase)),
  };
}

function applyStep(job: Job, event: EventOf<"step">): Job {
  const steps = Math.max(1, event.step - job.step);
  const points = append(job.points, {
    step: event.step,
    epoch: event.epoch,
    loss: event.loss,
    gradNorm: event.grad_norm,
    learningRate: event.learning_rate,
    tokens: event.tokens,
    tokensTotal: event.tokens_total,
    seconds: event.seconds / steps,
    t: event.t,
    attempt: event.attempt,
    metrics: event.metrics,
  });
  return {
    ...job,
    step: event.step,
    maxSteps: event.max_steps,
    epoch: event.epoch,
    loss: event.loss,
    learningRate: event.learning_rate,
    tokensPerSecond: event.seconds > 0 ? event.tokens / event.seconds : job.tokensPerSecond,
    secondsPerStep: recentMedian(points),
    points,
  };
}

const RECENT = 20;

/** The first step of an attempt compiles and is left out as soon as there is another. */
function recentMedian(points: Job["points"]): number | null {
  if (points.length < 2) return null;
  const attempt = points.at(-1)?.attempt;
  const own = points.slice(-RECENT).filter((point) => point.attempt === attempt);
  const seconds = (own.length > 1 ? own.slice(own.length < RECENT ? 1 : 0) : own)
    .map((point) => point.seconds)
    .sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? null;
}

/** Seconds until the last step; null before two steps. */
export const secondsLeft = (job: Job): number | null =>
  job.secondsPerStep === null || job.maxSteps === null
    ? null
    : Math.max(0, job.maxSteps - job.step) * job.secondsPerStep;

/**
 * Copying a growing list for each of 100,000 events would be quadratic, so `reduce` takes over the lists
 * of the job it is given: it appends in place, and the older job must not be used any more.
 */
function append<T>(items: readonly T[], item: T): readonly T[] {
  if (items.length === 0) return [item]; // the lists of `emptyJob` are shared
  (items as T[]).push(item); // the only writer; everybody else sees the readonly type
  return items;
}
