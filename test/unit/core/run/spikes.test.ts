import { expect, test } from "vitest";
import { spikes } from "../../../../src/core/run/spikes.ts";

/** Falls fast, then noise of ± 5 %. */
const usual = Array.from({ length: 200 }, (_, i) => 0.5 + 2 * Math.exp(-i / 15) + 0.025 * Math.sin(i * 1.7));

test("an ordinary curve has none, whatever it falls from", () => {
  expect(spikes(usual)).toEqual([]);
  expect(spikes([])).toEqual([]);
  expect(spikes([12, 3, 2])).toEqual([]);
});

test("one bad batch is one spike, and what follows is usual again", () => {
  const losses = usual.with(90, 2.4).with(150, 1.9);
  expect(spikes(losses)).toEqual([90, 150]);
});

test("a divergence is marked where it begins, not for ever", () => {
  const losses = [...usual, ...Array.from({ length: 300 }, () => 6)];
  const found = spikes(losses);
  expect(found[0]).toBe(200);
  expect(found.length).toBeLessThan(60);
});

test("what is no number is no spike and breaks nothing", () => {
  expect(spikes(usual.map((loss, i) => (i % 7 === 0 ? null : i % 11 === 0 ? Number.NaN : loss)))).toEqual([]);
});
