import { describe, expect, it } from "vitest";
import { allModels, findModel, fourBitOf } from "../../../../src/core/estimate/catalog.ts";
import { estimate } from "../../../../src/core/estimate/estimate.ts";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { shapeOf } from "../../../../src/core/estimate/shape.ts";
import models from "../../../../src/core/estimate/data/models.json" with { type: "json" };
import published from "../../../fixtures/estimate/published-parameters.json" with { type: "json" };
import { configOf, MODES } from "./configs.ts";

const find = (name: string) => {
  const found = findModel(name);
  if (!found) throw new Error(`${name} is not in the catalogue`);
  return found;
};

describe("the model catalogue", () => {
  it("counts the parameters that their makers publish", () => {
    const counted = Object.fromEntries(
      Object.keys(published).map((id) => [id, shapeOf(find(id).model).parameters]),
    );
    expect(counted).toEqual(published);
    expect(Object.keys(published).length).toBeGreaterThan(120);
  });

  it("stays small", () => {
    expect(JSON.stringify(models).length).toBeLessThan(60_000);
  });

  it.each(Object.keys(MODES) as (keyof typeof MODES)[])("gives every entry a figure: %s", (mode) => {
    for (const model of allModels()) {
      const config = configOf({
        model: { name: model.hubs[0] ?? model.id, ...MODES[mode] },
        lora: mode === "full" ? null : { target_modules: "all-linear" },
      });
      const found = estimate(config);
      if (isCannot(found)) throw new Error(`${model.id}: ${found.cannot}`);
      const { parts, used_bytes: used, band_bytes: edges } = found;
      const weights = parts.plain_weights + parts.quantised_weights;
      expect(used, model.id).toBeGreaterThan(weights);
      expect(edges[0], model.id).toBeLessThanOrEqual(used);
      expect(edges[1], model.id).toBeGreaterThanOrEqual(used);
      const sum = Object.values(parts).reduce((total, part) => total + part, 0);
      expect(sum / used, model.id).toBeCloseTo(1, 6);
      for (const [name, part] of Object.entries(parts))
        expect(part, `${model.id} ${name}`).toBeGreaterThanOrEqual(0);
    }
  });

  it("names every 4-bit repository's model", () => {
    for (const model of allModels())
      for (const repo of Object.keys(model.dynamic))
        expect(find(`unsloth/${repo}-unsloth-bnb-4bit`).model.id, repo).toBe(model.id);
  });
});

describe("finding a model", () => {
  it.each([
    ["meta-llama/Llama-3.2-3B-Instruct", "llama-3.2-3b"],
    ["unsloth/Llama-3.2-3B-Instruct", "llama-3.2-3b"],
    ["UNSLOTH/llama-3.2-3b-instruct-UNSLOTH-bnb-4bit", "llama-3.2-3b"],
    ["unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit", "llama-3.1-8b"],
    ["meta-llama/Meta-Llama-3.1-8B", "llama-3.1-8b"],
    ["Llama 3.1 8B", "llama-3.1-8b"],
    ["llama-3.1-8b", "llama-3.1-8b"],
    ["mistralai/Mistral-7B-v0.3", "mistral-7b-v0.3"],
    ["unsloth/gpt-oss-20b-BF16", "gpt-oss-20b"],
    ["Qwen/Qwen3-0.6B", "qwen3-0.6b"],
    ["HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m"],
  ])("%s", (name, id) => {
    expect(find(name)).toMatchObject({ exact: true, model: { id } });
  });

  it("takes another owner's repository of the same name with a grain of salt", () => {
    expect(find("somebody/Llama-3.2-3B-Instruct")).toMatchObject({
      exact: false,
      model: { id: "llama-3.2-3b" },
    });
  });

  it("does not guess", () => {
    expect(findModel("somebody/my-model")).toBeUndefined();
    expect(findModel("")).toBeUndefined();
  });
});

const fourBit = (name: string, exact = false) => fourBitOf(name, find(name).model, exact);

describe("the 4-bit repository that is loaded instead", () => {
  it("is the dynamic one, whose 16-bit weights count", () => {
    expect(fourBit("meta-llama/Llama-3.2-1B-Instruct")).toEqual({
      repo: "unsloth/Llama-3.2-1B-Instruct-unsloth-bnb-4bit",
      kept: 50_400_000,
      dynamic: true,
    });
  });
  it("is the named one where the name says 4 bit", () => {
    expect(fourBit("unsloth/Meta-Llama-3.1-8B-bnb-4bit")).toMatchObject({ kept: 0, dynamic: false });
  });
  it("is none where the config insists on the name", () => {
    expect(fourBit("meta-llama/Llama-3.2-1B-Instruct", true)).toBeNull();
  });
  it("is none where nobody made one", () => {
    expect(fourBit("Qwen/Qwen3-30B-A3B-Instruct-2507")).toBeNull();
  });
});
