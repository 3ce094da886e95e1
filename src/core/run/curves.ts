/** A run's points as curves for a view: everything at once, then only what came since. */
import { decimate, lowerBound } from "../decimate.ts";
import type { Axis, Curve, CurveKey, Curves, Mark, View } from "../panel.ts";
import { ema, type Ema } from "../smooth.ts";
import type { EventOf } from "./event.ts";
import type { Checkpoint, EvalPoint, StepPoint } from "./job.ts";
import { spikes } from "./spikes.ts";

/** What the curves are drawn from. */
export interface Track {
  readonly points: readonly StepPoint[];
  readonly evals: readonly EvalPoint[];
  readonly checkpoints: readonly Checkpoint[];
  readonly memory: readonly MemoryPoint[];
}

/** Of the device that holds most, bytes; NaN where it was not measured. */
export interface MemoryPoint {
  readonly t: number;
  readonly used: number;
  readonly reserved: number;
  readonly allocated: number;
}

export function memoryPoint(event: EventOf<"memory">): MemoryPoint {
  const held = (device: (typeof event.devices)[number]): number => device.used ?? device.reserved ?? 0;
  const fullest = event.devices.toSorted((a, b) => held(b) - held(a))[0];
  return {
    t: event.t,
    used: fullest?.used ?? fullest?.reserved ?? Number.NaN,
    reserved: fullest?.reserved ?? Number.NaN,
    allocated: fullest?.allocated ?? Number.NaN,
  };
}

export interface Addition {
  readonly curves: readonly Curve[];
  readonly marks: readonly Mark[];
  readonly total: number;
}

/** Two points a pixel and four a bucket: a curve of any length draws as it would with all its points. */
const PIXELS_PER_BUCKET = 2;

/** Remembers what was given, so that `next` gives only the rest. */
export class CurveFeed {
  #sent: readonly StepPoint[] = [];
  #count = 0;
  #memories = 0;
  #clock = 0;
  #average: Ema;

  constructor(private readonly view: View) {
    this.#average = ema(view.smoothing);
  }

  full(track: Track): Curves {
    this.#average = ema(this.view.smoothing);
    this.#clock = 0;
    const columns = this.#columns(track, 0, 0);
    this.#remember(track);
    const buckets = this.view.width / PIXELS_PER_BUCKET;
    return {
      view: this.view,
      curves: columns.map((curve) => thin(curve, buckets, this.view)),
      marks: marksOf(track, this.view.axis),
      total: track.points.length,
    };
  }

  /** null: the past has changed (a resume hides points), so only `full` will do. */
  next(track: Track): Addition | null {
    if (track.points !== this.#sent && this.#count > 0) return null;
    const curves = this.#columns(track, this.#count, this.#memories);
    this.#remember(track);
    return { curves, marks: marksOf(track, this.view.axis), total: track.points.length };
  }

  #remember(track: Track): void {
    this.#sent = track.points;
    this.#count = track.points.length;
    this.#memories = track.memory.length;
  }

  #columns(track: Track, from: number, fromMemory: number): Curve[] {
    const points = track.points.slice(from);
    const before = track.points[from - 1];
    const x = Float64Array.from(points, (point, i) => {
      const steps = stepsOf(point, i === 0 ? before : points[i - 1]);
      this.#clock += point.seconds * steps;
      return place(point, this.view.axis, this.#clock);
    });
    const column = (read: (point: StepPoint, i: number) => number | null): Float64Array =>
      Float64Array.from(points, (point, i) => read(point, i) ?? Number.NaN);
    const loss = column((point) => point.loss);
    const curve = (key: CurveKey, ...ys: Float64Array[]): Curve => ({ key, x, ys });
    const metrics = new Set(points.flatMap((point) => Object.keys(point.metrics).filter(isNews)));
    return [
      curve(
        "loss",
        loss,
        loss.map((value) => this.#average.push(value)),
      ),
      curve(
        "learning_rate",
        column((point) => point.learningRate),
      ),
      curve(
        "grad_norm",
        column((point) => point.gradNorm),
      ),
      curve(
        "tokens_per_second",
        column((point, i) => {
          const took = point.seconds * stepsOf(point, i === 0 ? before : points[i - 1]);
          return took > 0 ? point.tokens / took : null;
        }),
      ),
      this.#memoryCurve(track, fromMemory),
      ...[...metrics].toSorted().map((name) =>
        curve(
          `metric:${name}`,
          column((point) => point.metrics[name] ?? null),
        ),
      ),
    ];
  }

  #memoryCurve(track: Track, from: number): Curve {
    const places = clockPlaces(track.points, this.view.axis);
    const placed = track.memory.slice(from).flatMap((memory) => {
      const x = places(memory.t);
      return x === null ? [] : [{ memory, x }];
    });
    const line = (read: (memory: MemoryPoint) => number): Float64Array =>
      Float64Array.from(placed, ({ memory }) => read(memory));
    return {
      key: "memory",
      x: Float64Array.from(placed, ({ x }) => x),
      ys: [line((m) => m.used), line((m) => m.reserved), line((m) => m.allocated)],
    };
  }
}

/** TRL counts tokens a second time; the horizontal axis has them. */
export const isNews = (metric: string): boolean => metric !== "num_tokens";

/** Optimiser steps that an event stands for. */
const stepsOf = (point: StepPoint, before: StepPoint | undefined): number =>
  Math.max(1, point.step - (before?.step ?? 0));

function place(point: StepPoint, axis: Axis, clock: number): number {
  switch (axis) {
    case "step":
      return point.step;
    case "epoch":
      return point.epoch ?? Number.NaN;
    case "tokens":
      return point.tokensTotal;
    case "time":
      return clock;
  }
}

/** x of each point, for marks and memory; the clock counts training only, so nights between attempts vanish. */
function placesOf(points: readonly StepPoint[], axis: Axis): number[] {
  let clock = 0;
  return points.map((point, i) => {
    clock += point.seconds * stepsOf(point, points[i - 1]);
    return place(point, axis, clock);
  });
}

/** Unix time → x, between the points on both sides; null before the first step. */
function clockPlaces(points: readonly StepPoint[], axis: Axis): (t: number) => number | null {
  const xs = placesOf(points, axis);
  return (t) => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((points[middle]?.t ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    const left = points[low - 1];
    const x = xs[low - 1];
    const right = points[low];
    const x2 = xs[low];
    if (left === undefined || x === undefined) return null;
    if (right === undefined || x2 === undefined || right.t <= left.t) return x;
    return x + ((x2 - x) * (t - left.t)) / (right.t - left.t);
  };
}

function marksOf(track: Track, axis: Axis): Mark[] {
  const { points } = track;
  const xs = placesOf(points, axis);
  const steps = points.map((point) => point.step);
  const xAt = (step: number): number =>
    xs[lowerBound(steps, step)] ?? (axis === "step" ? step : (xs.at(-1) ?? Number.NaN));
  const marks: Mark[] = [
    ...track.checkpoints.map(({ step }) => mark("checkpoint", xAt(step), step)),
    ...track.evals.map(({ step, loss, best }) => ({ ...mark("eval", xAt(step), step), y: loss, best })),
  ];
  points.forEach((point, i) => {
    const x = xs[i] ?? Number.NaN;
    const before = points[i - 1];
    if (before !== undefined && before.attempt !== point.attempt) marks.push(mark("resume", x, point.step));
    if (point.loss === null) marks.push(mark("nonfinite", x, point.step));
  });
  for (const i of spikes(points.map(({ loss }) => loss))) {
    const { step = 0, loss = null } = points[i] ?? {};
    marks.push({ ...mark("spike", xs[i] ?? Number.NaN, step), y: loss });
  }
  return marks.filter(({ x }) => Number.isFinite(x)).slice(0, MARKS);
}

/** More could not be told apart; a run whose every loss is NaN must not send 100,000 marks. */
const MARKS = 2000;

const mark = (kind: Mark["kind"], x: number, step: number): Mark => ({ kind, x, step, y: null, best: false });

function thin(curve: Curve, buckets: number, view: View): Curve {
  const [lead] = curve.ys;
  if (lead === undefined) return curve;
  const kept = decimate(curve.x, lead, buckets, view.range);
  const pick = (values: Float64Array): Float64Array =>
    Float64Array.from(kept, (i) => values[i] ?? Number.NaN);
  return { key: curve.key, x: pick(curve.x), ys: curve.ys.map(pick) };
}
