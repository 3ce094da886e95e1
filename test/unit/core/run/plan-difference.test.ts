import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planSchema, type Plan } from "../../../../src/core/run/plan.ts";
import { FREE_TRAINING_KEYS, planDifferences } from "../../../../src/core/run/plan-difference.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const fixture = readFileSync(join(root, "test", "fixtures", "plans", "support-triage.json"), "utf8");
const plan = planSchema.parse(JSON.parse(fixture));
const training = (over: Partial<Plan["training"]>): Plan => ({
  ...plan,
  training: { ...plan.training, ...over },
});
const told = (now: Plan): [string, boolean][] =>
  planDifferences(plan, now).map(({ path, free }) => [path, free]);

test.each([
  [plan, []],
  [
    training({ max_steps: 120, save_steps: 10 }),
    [
      ["training.max_steps", true],
      ["training.save_steps", true],
    ],
  ],
  [training({ learning_rate: 0.5 }), [["training.learning_rate", false]]],
  [{ ...plan, name: "another", save: [] }, []],
  [{ ...plan, lora: null }, [["lora", false]]],
  [{ ...plan, dataset: plan.dataset.map((dataset) => ({ ...dataset, label: "renamed" })) }, []],
  [
    { ...plan, dataset: plan.dataset.map((dataset) => ({ ...dataset, format: "text" as const })) },
    [["dataset[0].format", false]],
  ],
  [
    { ...plan, dataset: plan.dataset.map((dataset) => ({ ...dataset, dataset_num_proc: 1 })) },
    [["dataset[0].dataset_num_proc", true]],
  ],
])("case %#: what differs, and whether a resume may take it over", (now, expected) => {
  expect(told(now)).toEqual(expected);
});

test("the batch may be split otherwise, as long as the product stays", () => {
  const batch = { per_device_train_batch_size: 1, gradient_accumulation_steps: 2 };
  expect(told(training(batch)).map(([, free]) => free)).toEqual([true, true]);
  expect(told(training({ per_device_train_batch_size: 4 }))).toEqual([
    ["training.per_device_train_batch_size", false],
  ]);
});

test("changed data is a difference, wherever it lies now", () => {
  const [id = "", input] = Object.entries(plan.inputs)[0] ?? [];
  if (input === undefined) throw new Error("the fixture has inputs");
  const moved = { ...plan, inputs: { ...plan.inputs, [id]: { ...input, source: "elsewhere.jsonl" } } };
  expect(told(moved)).toEqual([]);
  const other = { ...plan, inputs: { ...plan.inputs, [id]: { ...input, sha256: "1".repeat(64) } } };
  expect(told(other)).toEqual([[`inputs.${id}.sha256`, false]]);
});

test("the trainer frees the same keys", () => {
  const source = readFileSync(join(root, "python", "finetune_trainer", "checkpoints.py"), "utf8");
  const block = /^FREE = \{\n(.*?)^\}/ms.exec(source)?.[1] ?? "";
  const keys = [...block.matchAll(/^ {8}"(\w+)"/gm)].map(([, key]) => key);
  expect(keys.length).toBeGreaterThan(10);
  expect(new Set(keys)).toEqual(FREE_TRAINING_KEYS);
});
