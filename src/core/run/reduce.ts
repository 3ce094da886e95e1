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

export const reduce = (job: Job, event: KnownEvent): Job => reduceAll(job, [event]);

/** Many events at once: one copy of the job instead of one for each of 100,000. */
export function reduceAll(job: Job, events: readonly KnownEvent[]): Job {
  const draft: Draft = { ...job };
  let stepped = false;
  // Of many steps at once only the last ones decide; a new attempt may hide them.
  const settle = (): void => {
    if (stepped) draft.secondsPerStep = recentMedian(draft.points);
    stepped = false;
  };
  for (const event of events) {
    const seen = event.attempt < draft.attempt || (event.attempt === draft.attempt && event.seq <= draft.seq);
    if (seen) continue;
    if (event.type === "started") settle();
    take(draft, event);
    if (event.type === "step") stepped = true;
  }
  settle();
  return draft;
}

/** A fold's own copy of a job, written to until it is returned. */
type Draft = { -readonly [K in keyof Job]: Job[K] };

function take(draft: Draft, event: KnownEvent): void {
  if (event.attempt > draft.attempt) {
    draft.phases = [];
    draft.error = null;
    draft.finished = null;
  }
  apply(draft, event);
  draft.attempt = event.attempt;
  draft.seq = event.seq;
  draft.lastT = event.t;
  if (isProgress(event)) draft.lastProgressT = event.t;
}

function apply(draft: Draft, event: KnownEvent): void {
  switch (event.type) {
    case "started":
      return applyStarted(draft, event);
    case "environment":
      draft.environment = event;
      return;
    case "phase":
      return applyPhase(draft, event);
    case "model":
      draft.model = event;
      return;
    case "dataset":
      draft.datasets = { ...draft.datasets, [event.split]: event };
      return;
    case "step":
      return applyStep(draft, event);
    case "memory":
      draft.memory = event;
      return;
    case "eval": {
      const { step, metrics, best, attempt } = event;
      draft.evals = append(draft.evals, { step, loss: metrics["eval_loss"] ?? null, metrics, best, attempt });
      return;
    }
    case "checkpoint": {
      const { step, path, bytes, attempt } = event;
      draft.checkpoints = append(draft.checkpoints, { step, path, bytes, attempt });
      return;
    }
    case "artifact": {
      const others = draft.artifacts.filter((artifact) => artifact.path !== event.path);
      draft.artifacts = append(others, event);
      // Made after all, by an export that came later.
      if (draft.finished !== null && draft.finished.incomplete.includes(event.kind)) {
        const incomplete = draft.finished.incomplete.filter((kind) => kind !== event.kind);
        draft.finished = { ...draft.finished, incomplete };
      }
      return;
    }
    case "sample":
      draft.samples = append(draft.samples, event);
      return;
    case "warning":
      draft.warnings = append(draft.warnings, event);
      return;
    case "error":
      draft.error = event;
      return;
    case "heartbeat":
      return;
    case "finished":
      draft.finished = event;
      draft.phases = [];
      draft.step = Math.max(draft.step, event.step);
      return;
  }
}

/** A resume repeats steps after its checkpoint: what the earlier attempt had beyond it is hidden. */
function applyStarted(draft: Draft, event: EventOf<"started">): void {
  draft.started = event;
  const from = event.resumed_from;
  if (from === null) return;
  const upTo = <T extends { readonly step: number }>(items: readonly T[]) =>
    items.filter((item) => item.step <= from.step);
  draft.step = from.step;
  draft.points = upTo(draft.points);
  draft.evals = upTo(draft.evals);
  draft.checkpoints = upTo(draft.checkpoints);
  draft.samples = upTo(draft.samples);
}

function applyPhase(draft: Draft, event: EventOf<"phase">): void {
  const open = draft.phases.find((phase) => phase.id === event.id);
  if (event.state === "end") {
    const seconds = open === undefined ? 0 : Math.max(0, event.t - open.since);
    draft.phases = draft.phases.filter((phase) => phase.id !== event.id);
    draft.spans = append(draft.spans, { name: event.name, attempt: event.attempt, seconds });
    return;
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
  draft.phases =
    open === undefined
      ? append(draft.phases, state)
      : draft.phases.map((phase) => (phase.id === event.id ? state : phase));
}

function applyStep(draft: Draft, event: EventOf<"step">): void {
  const steps = Math.max(1, event.step - draft.step);
  draft.points = append(draft.points, {
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
  draft.step = event.step;
  draft.maxSteps = event.max_steps;
  draft.epoch = event.epoch;
  draft.loss = event.loss;
  draft.learningRate = event.learning_rate;
  if (event.seconds > 0) draft.tokensPerSecond = event.tokens / event.seconds;
}

const RECENT = 20;

/** The first step of an attempt compiles and is left out as soon as there is another. */
function recentMedian(points: Job["points"]): number | null {
  const attempt = points.at(-1)?.attempt;
  const seconds: number[] = [];
  for (let i = points.length - 1; i >= 0 && seconds.length < RECENT; i--) {
    const point = points[i];
    if (point === undefined || point.attempt !== attempt) break;
    seconds.push(point.seconds);
  }
  if (points.length < 2) return null;
  if (seconds.length > 1 && seconds.length < RECENT) seconds.pop();
  return Float64Array.from(seconds).sort()[Math.floor(seconds.length / 2)] ?? null;
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
