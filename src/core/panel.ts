/**
 * What the editor and the panel say to each other. A message from the host is complete state or a pure
 * addition to it; the panel may be hidden or reloaded at any moment and then asks anew with `ready`.
 */
import type { Range } from "./decimate.ts";
import type { EventOf } from "./run/event.ts";
import type { PhaseName } from "./run/phase-names.ts";
import type { Checkpoint, EvalPoint, JobState } from "./run/job.ts";
import type { Severity } from "./run/log-line.ts";

/** What the horizontal axis counts. */
export type Axis = "step" | "epoch" | "tokens" | "time";

/** What the panel wants to see of the curves. */
export interface View {
  readonly axis: Axis;
  /** null: everything, and what comes. */
  readonly range: Range | null;
  /** Pixels of the widest chart: more points than that cannot be drawn. */
  readonly width: number;
  /** Share of the past in the moving average, [0, 1). */
  readonly smoothing: number;
}

/** Curves over one x, thinned to what can be drawn. NaN is a value that was not finite. */
export interface Curve {
  readonly key: CurveKey;
  readonly x: Float64Array;
  /** The first line decides which points are kept: loss and its average; memory used, reserved, allocated. */
  readonly ys: readonly Float64Array[];
}
/** `metric:rewards/margins` is a metric of the training method. */
export type CurveKey =
  "loss" | "learning_rate" | "grad_norm" | "tokens_per_second" | "memory" | `metric:${string}`;

/** A place on the horizontal axis that means something. */
export interface Mark {
  /** `spike`: a loss far above its neighbourhood. */
  readonly kind: "checkpoint" | "eval" | "resume" | "nonfinite" | "spike";
  readonly x: number;
  readonly step: number;
  /** Loss of an evaluation or a spike; null for the others. */
  readonly y: number | null;
  readonly best: boolean;
}

export interface Curves {
  readonly view: View;
  readonly curves: readonly Curve[];
  readonly marks: readonly Mark[];
  /** Points there are in the run, drawn or not. */
  readonly total: number;
}

/** Everything but curves and log. Small: sent whole whenever something in it changed. */
export interface RunFacts {
  readonly name: string;
  readonly id: string;
  readonly folder: string;
  readonly target: string;
  readonly created: string;
  readonly state: JobState;
  /** One line: "running on RTX 4090 · step 96/151 · 4 min left". */
  readonly headline: string;
  /** Whole sentences for a screen reader, changed at most every few seconds. */
  readonly live: string;
  readonly attempt: number;
  readonly can: { readonly stop: boolean; readonly stopNow: boolean; readonly resume: boolean };
  readonly step: number;
  readonly maxSteps: number | null;
  /** Open phases, outermost first, and those of this attempt that ended, in their order. */
  readonly phases: readonly OpenPhase[];
  readonly spans: readonly PhaseBand[];
  /** Unix seconds up to which open phases lasted, when nobody works in them any more; null: they go on. */
  readonly phasesUntil: number | null;
  /** What comes after the phases of now, until the first step. */
  readonly next: string | null;
  readonly evals: readonly EvalPoint[];
  readonly checkpoints: readonly Checkpoint[];
  readonly artifacts: readonly Artifact[];
  readonly facts: readonly FactGroup[];
  readonly data: readonly DataFact[];
  readonly samples: readonly Pick<EventOf<"sample">, "step" | "prompt" | "completion">[];
  readonly warnings: readonly Notice[];
  readonly failure: Failure | null;
  /** Total memory of the device that trains, bytes; the estimate's band where there was one. */
  readonly memory: { readonly total: number | null; readonly band: readonly [number, number] | null };
}

export interface OpenPhase {
  readonly name: PhaseName;
  /** "preparing data", and with its progress "preparing data 512/1,204 rows", in the person's language. */
  readonly word: string;
  readonly text: string;
  readonly detail: string | null;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
  /** Unix seconds. */
  readonly since: number;
}

export interface PhaseBand {
  readonly name: PhaseName;
  readonly text: string;
  readonly seconds: number;
}

export interface Artifact {
  readonly kind: string;
  readonly path: string;
  readonly bytes: number;
}

export interface FactGroup {
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
}

export interface DataFact {
  readonly split: "train" | "eval";
  readonly rows: readonly { readonly label: string; readonly value: string }[];
  /** How many rows have at most so many tokens, and more than the bar before; null when it was not counted. */
  readonly lengths: readonly { readonly upTo: number; readonly rows: number }[] | null;
  readonly skipped: readonly { readonly place: string; readonly message: string }[];
  readonly skippedTotal: number;
  readonly sample: {
    readonly text: string;
    readonly spans: readonly (readonly [number, number, boolean])[];
  } | null;
}

export interface Notice {
  readonly code: string;
  readonly message: string;
  readonly path: string | null;
  readonly hint: string | null;
}

/** Why it failed, in one sentence, with the line to change. */
export interface Failure extends Notice {
  readonly phase: PhaseName | string | null;
  readonly traceback: string;
  /** What a fix would set, in words; null when no edit is known to help. */
  readonly fix: string | null;
}

/** A line of the log with its number in the file, from 1. */
export interface LogLine {
  readonly number: number;
  readonly text: string;
}

/** Which lines of the log are wanted; the host looks through the whole file. */
export interface LogQuery {
  /** Plain text, without regard to case; empty: any. */
  readonly text: string;
  readonly phase: PhaseName | null;
  /** At least so bad. */
  readonly severity: Severity;
}

export const EVERY_LINE: LogQuery = { text: "", phase: null, severity: "info" };

export const asksForAll = ({ text, phase, severity }: LogQuery): boolean =>
  text === "" && phase === null && severity === "info";

export interface SearchResult {
  readonly query: LogQuery;
  /** The last of `total` lines that match. */
  readonly lines: readonly LogLine[];
  readonly total: number;
}

/** At most so many lines are held by the panel; the file is the store. */
export const LOG_LINES = 5000;
/** A search shows the last so many lines. */
export const SEARCH_LINES = 2000;
/** Longer lines are cut for show; the file has them whole. */
export const LOG_LINE_CHARS = 4000;

export type ToPanel =
  | { readonly type: "facts"; readonly facts: RunFacts }
  | { readonly type: "curves"; readonly curves: Curves }
  /** Points after those already sent, for curves of the same view. */
  | {
      readonly type: "points";
      readonly curves: readonly Curve[];
      readonly marks: readonly Mark[];
      readonly total: number;
    }
  /** `reset`: the lines replace what the panel has. */
  | {
      readonly type: "log";
      readonly reset: boolean;
      readonly lines: readonly LogLine[];
      /** The line that is still being written. */
      readonly rest: LogLine | null;
    }
  | { readonly type: "search"; readonly result: SearchResult }
  /** The run cannot be shown (deleted, unreadable): one sentence. */
  | { readonly type: "trouble"; readonly message: string };

/** Buttons of the panel. The host decides what they do; `path` is relative to the run folder. */
export type PanelAction =
  | { readonly name: "stop" | "stopNow" | "resume" | "config" | "folder" | "log" | "applyFix" | "compare" }
  | { readonly name: "exportRun" | "ask" }
  | { readonly name: "reveal"; readonly path: string }
  | { readonly name: "openLogAt"; readonly line: number }
  /** A place that a line of the log names. */
  | { readonly name: "openFileAt"; readonly path: string; readonly line: number }
  | { readonly name: "copy"; readonly text: string }
  | { readonly name: "resumeFrom"; readonly step: number }
  | { readonly name: "openConfigAt"; readonly path: string }
  | { readonly name: "exportMetrics"; readonly format: "csv" | "json" }
  | { readonly name: "exportReport" }
  | { readonly name: "saveChart"; readonly title: string; readonly picture: ChartPicture };

/** `png`: base64. */
export type ChartPicture =
  { readonly format: "svg"; readonly svg: string } | { readonly format: "png"; readonly png: string };

export type FromPanel =
  /** The panel's scripts run; it has nothing yet. */
  | { readonly type: "ready"; readonly view: View }
  | { readonly type: "view"; readonly view: View }
  /** The lines that are wanted from now on; the answer is renewed while the log grows. */
  | { readonly type: "search"; readonly query: LogQuery }
  | { readonly type: "action"; readonly action: PanelAction }
  /** Something threw in the panel: for the extension's log. */
  | { readonly type: "failed"; readonly message: string };
