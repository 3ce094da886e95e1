import { expect, test } from "vitest";
import fc from "fast-check";
import { decimate } from "../../../src/core/decimate.ts";

const line = (n: number, y: (i: number) => number) => ({
  xs: Float64Array.from({ length: n }, (_, i) => i),
  ys: Float64Array.from({ length: n }, (_, i) => y(i)),
});

test("a short curve is kept whole", () => {
  const { xs, ys } = line(100, Math.sin);
  expect(decimate(xs, ys, 50)).toHaveLength(100);
});

test("one spike in 100,000 points survives, and the result fits the screen", () => {
  const { xs, ys } = line(100_000, (i) => (i === 54_321 ? 99 : 1));
  const kept = decimate(xs, ys, 400);
  expect(kept).toContain(54_321);
  expect(kept.length).toBeLessThanOrEqual(4 * 400);
});

test("a value that is not finite survives", () => {
  const { xs, ys } = line(10_000, (i) => (i === 777 ? Number.NaN : i));
  expect(decimate(xs, ys, 20)).toContain(777);
});

test("a range keeps one point beyond each edge, so that the line reaches it", () => {
  const { xs, ys } = line(1000, () => 1);
  const kept = decimate(xs, ys, 1000, { from: 100, to: 110 });
  expect([kept[0], kept.at(-1)]).toEqual([99, 111]);
});

test("x that stands still is cut by position", () => {
  const xs = new Float64Array(5000);
  const ys = Float64Array.from({ length: 5000 }, (_, i) => i);
  const kept = decimate(xs, ys, 10);
  expect(kept.length).toBeLessThanOrEqual(50);
  expect([kept[0], kept.at(-1)]).toEqual([0, 4999]);
});

test("whatever the curve: ascending, ends and extremes kept, bounded", () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 2000 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 100 }), (ys, buckets) => {
      const xs = ys.map((_, i) => i);
      const kept = decimate(xs, ys, buckets);
      const keptYs = kept.map((i) => ys[i] ?? Number.NaN);
      expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(ys.length - 1);
      expect(Math.max(...keptYs)).toBe(Math.max(...ys));
      expect(Math.min(...keptYs)).toBe(Math.min(...ys));
      expect(kept.length).toBeLessThanOrEqual(Math.min(ys.length, 5 * buckets));
    }),
  );
});
