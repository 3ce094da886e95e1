import { expect, test } from "vitest";
import { runFacts } from "../../../src/extension/panel/run-facts.ts";
import { aRun, T0 } from "./a-run.ts";

const GB = 2 ** 30;
const rowsOf = (facts: ReturnType<typeof runFacts>, title: string) =>
  Object.fromEntries(
    facts.facts.find((group) => group.title === title)?.rows.map(({ label, value }) => [label, value]) ?? [],
  );

const run = aRun("running", [
  { type: "started" },
  {
    type: "environment",
    devices: [{ index: 0, uuid: null, name: "NVIDIA L4", total_bytes: 22 * GB, capability: "8.9" }],
  },
  {
    type: "model",
    class: "LlamaForCausalLM",
    parameters: 8_030_261_248,
    trainable_parameters: 41_943_040,
    quantization: "4-bit",
    dtype: "bfloat16",
    packing: false,
    padding_free: true,
    attention: { backend: "sdpa", why: "flash attention is not installed" },
  },
  {
    type: "dataset",
    split: "train",
    rows: 1204,
    skipped: [{ file: "data/support.jsonl", line: 212, code: "no-assistant", message: "no answer" }],
    skipped_total: 3,
    tokens: { total: 1000, trained: 410, mean: 280, p50: 270, p95: 311, max: 611 },
    truncated: 2,
    sample: { text: "<b>hi</b>", spans: [[0, 3, true]] },
  },
  { type: "phase", id: "1", name: "train" },
  { type: "step", step: 1 },
  { type: "step", step: 40, loss: 0.61, max_steps: 60, seconds: 39 },
]);

test("model and data are told as they really are", () => {
  const facts = runFacts(run, null, T0 + 10);
  expect(rowsOf(facts, "Model")).toMatchObject({
    Parameters: "8.03 B",
    Trained: "41.9 M (0.52 %)",
    Packing: "off, padding-free",
    Attention: "sdpa: flash attention is not installed",
  });
  expect(facts.data[0]?.rows).toContainEqual({ label: "Tokens", value: "1,000, 41 % trained" });
  expect(facts.data[0]?.skipped).toEqual([{ place: "data/support.jsonl:212", message: "no answer" }]);
  expect(facts.memory.total).toBe(22 * GB);
});

test("the headline is for eyes, the live sentence for ears", () => {
  const facts = runFacts(run, null, T0 + 10);
  expect(facts.headline).toBe("running on L4 · step 40/60 · loss 0.61 · 20 s left");
  expect(facts.live).toBe("Step 40 of 60, loss 0.61, 20 s left.");
});

test("a stop is offered first; only when it was asked for, the hard one", () => {
  expect(runFacts(run, null, T0).can).toEqual({ stop: true, stopNow: false, resume: false });
  const stopping = { ...run, state: "stopping" as const, stopRequested: true };
  expect(runFacts(stopping, null, T0).can).toEqual({ stop: false, stopNow: true, resume: false });
  expect(runFacts({ ...run, state: "interrupted" }, null, T0).can).toEqual({
    stop: false,
    stopNow: false,
    resume: true,
  });
});

test.each([
  [9, "≈ 7.4 GB–8.0 GB: 1.0 GB less than was measured"],
  [7.6, "≈ 7.4 GB–8.0 GB, which holds what was measured"],
  [7, "≈ 7.4 GB–8.0 GB: 410 MB more than was measured"],
])("the estimate is held against the measured peak: %s GB", (peak, words) => {
  const done = aRun("succeeded", [
    { type: "started" },
    { type: "finished", peaks: { peak_used: peak * GB } },
  ]);
  const told = { ...done, info: { ...done.info, estimate: { low: 7.4 * GB, high: 8 * GB } } };
  expect(rowsOf(runFacts(told, null, T0), "Result")).toMatchObject({ Estimate: words });
});

test.each([
  ["succeeded", "succeeded · loss 0.50 · 12 min · now"],
  ["stopped", "stopped · step 6/100 · loss 0.50 · 12 min · now"],
  ["interrupted", "interrupted · step 6/100 · now"],
] as const)("%s is said once", (status, words) => {
  const ended = aRun(status, [
    { type: "started" },
    { type: "step", step: 6, loss: 0.5 },
    { type: "finished", status, step: 6 },
  ]);
  expect(runFacts(ended, null, T0 + 10).headline).toBe(words);
});

test("before the first step it says what comes", () => {
  const early = aRun("running", [{ type: "started" }, { type: "phase", id: "i", name: "import" }]);
  expect(runFacts(early, null, T0 + 41)).toMatchObject({
    headline: "running · importing",
    next: "Next: the model is loaded.",
  });
});
