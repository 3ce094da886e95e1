import { describe, expect, it, test } from "vitest";
import type { Facts } from "../../../src/core/facts.ts";
import { findModel } from "../../../src/core/estimate/catalog.ts";
import { cursorAt } from "../../../src/language/cursor.ts";
import { modelChoices } from "../../../src/language/model-choices.ts";
import { completionWorld } from "../../../src/language/suggestions.ts";
import { analysed, gpu } from "./analysed.ts";
import { marked } from "./marked.ts";

function world(marker: string, facts: Facts = {}) {
  const { text, offset } = marked(marker);
  const cursor = cursorAt(text, offset);
  if (cursor === null) throw new Error("no cursor");
  return completionWorld(analysed(text, { facts }), cursor, []);
}
const values = (list: readonly { readonly value: string }[]) => list.map(({ value }) => value);

test("target modules are those of the model's own architecture", () => {
  const of = (name: string) =>
    values(world(`model: ${name}\ndataset: org/d\nlora:\n  target_modules: [|]\n`).targetModules);
  expect(of("unsloth/Llama-3.2-1B-Instruct")).toEqual([
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "gate_proj",
    "up_proj",
    "down_proj",
  ]);
  expect(of("ibm-granite/granite-4.0-h-micro")).toContain("in_proj");
  expect(of("Qwen/Qwen3-Next-80B-A3B-Instruct").filter((name) => name.startsWith("shared_"))).toEqual([]);
  // A model that nobody knows: the usual ones.
  expect(of("me/private")).toContain("q_proj");
});

test("Modal's cards come with what this run costs on them", () => {
  const text =
    "model: unsloth/Llama-3.1-70B-Instruct\ndataset: org/d\ntraining: {max_steps: 60}\ncompute:\n  modal:\n    gpu: |\n";
  const { modalGpus } = world(text);
  const detail = (name: string) => modalGpus.find(({ value }) => value === name)?.detail;
  expect(detail("T4")).toMatch(/does not fit .*\$0\.\d\d an hour$/);
  expect(detail("H100")).toMatch(/fits · ≈ \$\d+\.\d\d, \d+ (min|h).* · \$\d\.\d\d an hour$/);
});

describe("models", () => {
  const card = (name: string, gigabytes: number): Facts => ({ gpus: [gpu(name, gigabytes, "8.9")] });

  it("are names that the catalogue knows, each once", () => {
    const names = values(modelChoices(null, {}));
    expect(names.length).toBeGreaterThan(100);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names.slice(0, -1)) expect(findModel(name), name).toBeDefined();
  });
  it("begin with the largest that fits the card", () => {
    const [small] = modelChoices(null, card("RTX 3060", 12));
    const [large] = modelChoices(null, card("RTX 4090", 24));
    const bytes = (detail = "") => Number(/≈ (\d+(\.\d)?) GB/.exec(detail)?.[1]);
    expect(small?.detail).toContain("fits RTX 3060");
    expect(bytes(large?.detail)).toBeGreaterThan(bytes(small?.detail));
  });
  it("begin with the one that is made for a CPU where there is no GPU", () => {
    expect(modelChoices(null, { gpus: [] })[0]?.value).toBe("smollm2-135m-instruct");
  });
});

test("what the key at the cursor does not need is not worked out", () => {
  const { models, modalGpus, targetModules } = world("model:\n  dtype: |\n");
  expect([models, modalGpus, targetModules]).toEqual([[], [], []]);
});
