import { expect, test } from "vitest";
import { CurveFeed, type Track } from "../../../../src/core/run/curves.ts";
import type { StepPoint } from "../../../../src/core/run/job.ts";
import type { View } from "../../../../src/core/panel.ts";

const view: View = { axis: "step", range: null, width: 800, smoothing: 0.5 };

const point = (step: number, change: Partial<StepPoint> = {}): StepPoint => ({
  step,
  epoch: step / 10,
  loss: 1 / step,
  gradNorm: 0.5,
  learningRate: 1e-4,
  tokens: 100,
  tokensTotal: 100 * step,
  seconds: 2,
  t: 1000 + 2 * step,
  attempt: 0,
  metrics: {},
  ...change,
});
const track = (points: StepPoint[], rest: Partial<Track> = {}): Track => ({
  points,
  evals: [],
  checkpoints: [],
  memory: [],
  ...rest,
});
const curve = (
  curves: readonly { key: string; x: Float64Array; ys: readonly Float64Array[] }[],
  key: string,
) => {
  const found = curves.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no curve ${key}`);
  return { x: [...found.x], y: [...(found.ys[0] ?? [])], smooth: [...(found.ys[1] ?? [])] };
};

test("full and additions together are what full alone would be, the average included", () => {
  const points = [1, 2, 3, 4, 5, 6].map((step) => point(step));
  const growing = points.slice(0, 3);
  const feed = new CurveFeed(view);
  const first = feed.full(track(growing));
  growing.push(...points.slice(3));
  const rest = feed.next(track(growing));
  const whole = new CurveFeed(view).full(track(points));
  for (const key of ["loss", "tokens_per_second"] as const) {
    const a = curve(first.curves, key);
    const b = curve(rest?.curves ?? [], key);
    const all = curve(whole.curves, key);
    expect([...a.x, ...b.x]).toEqual(all.x);
    expect([...a.y, ...b.y]).toEqual(all.y);
    expect([...a.smooth, ...b.smooth]).toEqual(all.smooth);
  }
});

test("a resume that hides points cannot be added to: it needs the whole again", () => {
  const feed = new CurveFeed(view);
  const points = [point(1), point(2), point(3)];
  feed.full(track(points));
  expect(feed.next(track(points.filter(({ step }) => step <= 2)))).toBeNull();
});

test("the average begins at the first value, not at zero, and passes over what is not finite", () => {
  const { smooth, y } = curve(
    new CurveFeed(view).full(track([point(1, { loss: 4 }), point(2, { loss: null }), point(3, { loss: 4 })]))
      .curves,
    "loss",
  );
  expect(smooth).toEqual([4, 4, 4]);
  expect(y[1]).toBeNaN();
});

test("marks: checkpoints, evaluations, the seam of a resume, and losses that were not finite", () => {
  const { marks } = new CurveFeed(view).full(
    track([point(1), point(2, { loss: null }), point(3, { attempt: 1 })], {
      evals: [{ step: 3, loss: 0.5, metrics: {}, best: true, attempt: 0 }],
      checkpoints: [{ step: 2, path: "c", bytes: 1, attempt: 0 }],
    }),
  );
  expect(marks.map(({ kind, x, y }) => [kind, x, y])).toEqual([
    ["checkpoint", 2, null],
    ["eval", 3, 0.5],
    ["nonfinite", 2, null],
    ["resume", 3, null],
  ]);
});

test("by time only training counts: the night between two attempts is left out", () => {
  const { curves } = new CurveFeed({ ...view, axis: "time" }).full(
    track([point(1), point(2), point(3, { t: 90_000, attempt: 1 })]),
  );
  expect(curve(curves, "loss").x).toEqual([2, 4, 6]);
});

test("memory lies between the steps it was measured between", () => {
  const memory = [1003, 1004].map((t) => ({ t, used: 5, reserved: 4, allocated: 3 }));
  const { curves } = new CurveFeed(view).full(track([point(1), point(2)], { memory }));
  expect(curve(curves, "memory").x).toEqual([1.5, 2]);
});

test("100,000 steps become what a screen can show", () => {
  const points = Array.from({ length: 100_000 }, (_, i) => point(i + 1));
  const { curves, total } = new CurveFeed(view).full(track(points));
  expect(total).toBe(100_000);
  expect(curve(curves, "loss").x.length).toBeLessThanOrEqual(2 * view.width);
});
