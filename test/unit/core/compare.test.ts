import { expect, test } from "vitest";
import { aligned, differences } from "../../../src/core/compare.ts";
import { results } from "../../../src/core/compare-results.ts";
import { aRun, T0 } from "../extension/a-run.ts";

const plan = (change: object = {}) => ({
  version: 1,
  plan_id: Math.random().toString(),
  name: "x",
  model: { name: "m", max_seq_length: 512 },
  lora: { r: 16, target_modules: ["q_proj", "k_proj"] },
  dataset: [{ label: "a.jsonl", weight: 1 }],
  ...change,
});

test("only what differs is told; identity and names are not what was trained", () => {
  expect(differences([plan(), plan()])).toEqual([]);
  expect(
    differences([plan(), plan({ lora: { r: 32, target_modules: ["q_proj", "k_proj"] }, name: "y" })]),
  ).toEqual([{ label: "lora.r", values: ["16", "32"] }]);
});

test("a list of names is one value; a section that one lacks is told key by key", () => {
  expect(differences([plan(), plan({ lora: null })])).toEqual([
    { label: "lora.r", values: ["16", null] },
    { label: "lora.target_modules", values: ['["q_proj","k_proj"]', null] },
    { label: "lora", values: [null, "null"] },
  ]);
  expect(differences([plan(), plan({ dataset: [{ label: "b.jsonl", weight: 1 }] })])).toEqual([
    { label: "dataset.0.label", values: ['"a.jsonl"', '"b.jsonl"'] },
  ]);
});

test("results are figures, best evaluation is the lowest, rows that nobody fills are left out", () => {
  const a = aRun("succeeded", [
    { type: "started" },
    { type: "step", step: 1, loss: 2 },
    { type: "eval", step: 1, metrics: { eval_loss: 0.7 } },
    { type: "eval", step: 2, metrics: { eval_loss: 0.9 } },
    { type: "finished" },
  ]);
  const b = aRun("running", [
    { type: "started" },
    { type: "step", step: 4, loss: 1.5, tokens: 4000, seconds: 2, metrics: { "rewards/margins": 0.4 } },
  ]);
  const rows = Object.fromEntries(results([a, b], T0).map(({ label, values }) => [label, values]));
  expect(rows["Last loss"]).toEqual(["2.00", "1.50"]);
  expect(rows["Best evaluation"]).toEqual(["0.70", null]);
  expect(rows["Time"]).toEqual(["12 min", null]);
  expect(rows["Tokens per second"]).toEqual(["1,000", "2,000"]);
  expect(rows["Peak memory"]).toBeUndefined();
  expect(rows["State"]).toEqual(["succeeded", "running"]);
  expect(rows["rewards/margins"]).toEqual([null, "0.40"]);
  expect(rows["Cost"]).toBeUndefined();
});

test("curves of runs with other steps share one x, with gaps where a run has none", () => {
  const curve = (x: number[], y: number[]) => ({
    key: "loss" as const,
    x: Float64Array.from(x),
    ys: [Float64Array.from(y)],
  });
  const { x, ys } = aligned([curve([1, 3], [9, 7]), curve([2, 3], [5, 4]), undefined], 1);
  expect([...x]).toEqual([1, 2, 3]);
  expect(ys.map((y) => [...y])).toEqual([
    [9, Number.NaN, 7],
    [Number.NaN, 5, 4],
    [Number.NaN, Number.NaN, Number.NaN],
  ]);
});
