/** A job: a run as it is shown. A fold over its events (`reduce`) plus what a reader knows of its life. */
import type { EventOf } from "./event.ts";
import type { PhaseName } from "./phase-names.ts";

export interface PhaseState {
  readonly id: string;
  readonly name: PhaseName;
  readonly detail: string | null;
  readonly progress: { readonly done: number; readonly total: number | null; readonly unit: string } | null;
  readonly canStop: boolean;
  /** `t` of the begin event. */
  readonly since: number;
}

/** Phases that ended, for "import 41 s · load 4 s". */
export interface PhaseSpan {
  readonly name: PhaseName;
  readonly attempt: number;
  readonly seconds: number;
}

export interface StepPoint {
  readonly step: number;
  readonly epoch: number | null;
  readonly loss: number | null;
  readonly gradNorm: number | null;
  readonly learningRate: number | null;
  readonly tokens: number;
  readonly tokensTotal: number;
  readonly seconds: number;
  /** Unix time, seconds. */
  readonly t: number;
  readonly attempt: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

export interface EvalPoint {
  readonly step: number;
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly best: boolean;
  readonly attempt: number;
}

export interface Checkpoint {
  readonly step: number;
  readonly path: string;
  readonly bytes: number;
  readonly attempt: number;
}

export type Outcome = "succeeded" | "stopped" | "interrupted" | "failed";

export interface Job {
  readonly attempt: number;
  /** Largest seq seen of the attempt; -1 before the first. */
  readonly seq: number;
  readonly started: EventOf<"started"> | null;
  readonly environment: EventOf<"environment"> | null;
  readonly model: EventOf<"model"> | null;
  readonly datasets: Readonly<Partial<Record<"train" | "eval", EventOf<"dataset">>>>;
  /** Open phases, outermost first. */
  readonly phases: readonly PhaseState[];
  readonly spans: readonly PhaseSpan[];
  readonly step: number;
  readonly maxSteps: number | null;
  readonly epoch: number | null;
  readonly loss: number | null;
  readonly learningRate: number | null;
  readonly tokensPerSecond: number | null;
  /** Median of recent seconds per step; null before two steps. */
  readonly secondsPerStep: number | null;
  readonly points: readonly StepPoint[];
  readonly evals: readonly EvalPoint[];
  readonly checkpoints: readonly Checkpoint[];
  readonly artifacts: readonly EventOf<"artifact">[];
  readonly samples: readonly EventOf<"sample">[];
  readonly warnings: readonly EventOf<"warning">[];
  readonly error: EventOf<"error"> | null;
  readonly memory: EventOf<"memory"> | null;
  readonly finished: EventOf<"finished"> | null;
  /** `t` and `t_mono` of the newest event. */
  readonly lastT: number | null;
  readonly lastProgressT: number | null;
  /** Lines that were no events. */
  readonly invalid: number;
}

/** How a reader sees a run's life; judged in launch, never from events alone. */
export type Liveness =
  | { readonly kind: "waiting" }
  | { readonly kind: "alive" }
  | { readonly kind: "gone" }
  /** Another host, boot or namespace: only the age of the news can be told. */
  | {
      readonly kind: "elsewhere";
      readonly host: string;
      /** A machine of this name, before it was started anew: most likely this one. */
      readonly restarted?: boolean;
    };

export type JobState =
  | "queued"
  | "starting"
  | "running"
  | "stopping"
  | "succeeded"
  | "stopped"
  | "interrupted"
  | "failed"
  | "crashed"
  /** Alive or elsewhere, but no step long after one was due. */
  | "silent"
  /** Elsewhere and long without news. */
  | "unknown";
