import { describe, expect, it } from "vitest";
import { findModel } from "../../../../src/core/estimate/catalog.ts";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { detailed, estimate } from "../../../../src/core/estimate/estimate.ts";
import { readModelConfig } from "../../../../src/core/estimate/model-config.ts";
import { shapeOf } from "../../../../src/core/estimate/shape.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import configs from "../../../fixtures/estimate/model-configs.json" with { type: "json" };
import { configOf, MODES } from "./configs.ts";

const read = (json: unknown) => {
  const found = readModelConfig(json);
  if (!("record" in found)) throw new Error("cannot" in found ? found.cannot : "an adapter");
  return found;
};
const shapeIn = (json: unknown) => shapeOf(read(json).record);

describe("the config.json of every family", () => {
  it.each(Object.entries(configs))("%s has the catalogue's shape", (name, json) => {
    const known = findModel(name);
    if (!known) throw new Error(`${name} is not in the catalogue`);
    const { id: _id, display: _display, ...expected } = shapeOf(known.model);
    const { id: _ownId, display: _ownDisplay, ...found } = shapeIn(json);
    // Phi is re-uploaded by Unsloth with another layout; its own folder is not.
    const own = name.includes("Phi") ? { ...expected, path: "B" } : expected;
    expect(found).toEqual(own);
  });
});

/** A config whose model is a folder, and the facts of that folder. */
function folder(
  json: unknown,
  change: Parameters<typeof configOf>[0] = {},
): { config: ResolvedConfig; facts: Facts } {
  const config = configOf({ ...change, model: { name: "./model", input: "model", ...change.model } });
  return {
    config: {
      ...config,
      locals: { ...config.locals, model: { source: "./model", path: "/m", kind: "folder" } },
    },
    facts: { modelConfigs: { "/m": json } },
  };
}
const LLAMA = configs["meta-llama/Llama-3.2-1B"];

function figure({ config, facts }: ReturnType<typeof folder>): number {
  const found = estimate(config, { facts });
  if (isCannot(found)) throw new Error(found.cannot);
  return found.used_bytes;
}

describe("a local folder", () => {
  it("is estimated like the hub's, quantised while loading", () => {
    const exact = estimate(
      configOf({ model: { name: "meta-llama/Llama-3.2-1B", use_exact_model_name: true } }),
    );
    if (isCannot(exact)) throw new Error(exact.cannot);
    expect(figure(folder(LLAMA))).toBe(exact.used_bytes);
  });

  it("counts the 16-bit weights that its own skip list keeps", () => {
    const skipped = {
      load_in_4bit: true,
      llm_int8_skip_modules: ["lm_head", "model.layers.0.mlp", "model.layers.3.self_attn"],
    };
    const plain = { load_in_4bit: true, llm_int8_skip_modules: ["lm_head"] };
    const more =
      figure(folder({ ...LLAMA, quantization_config: skipped })) -
      figure(folder({ ...LLAMA, quantization_config: plain }));
    const kept = 3 * 2048 * 8192 + 2 * 2048 * (2048 + 512);
    expect(more).toBeGreaterThan(kept * 1.4);
    expect(more).toBeLessThan(kept * 1.6);
  });

  it("may be an adapter of a known model", () => {
    const found = detailed(...args(folder({ base_model_name_or_path: "unsloth/Llama-3.2-1B", r: 8 })));
    if (isCannot(found)) throw new Error(found.cannot);
    expect(found.source.shape.id).toBe("llama-3.2-1b");
    expect(found.estimate.assumed).toContain("./model is an adapter of unsloth/Llama-3.2-1B.");
  });

  it("of a text model inside a vision model says that the tower is not counted", () => {
    const found = read({
      model_type: "gemma3",
      text_config: { ...configs["google/gemma-3-1b-pt"] },
      vision_config: {},
    });
    expect(found.assumed.join()).toMatch(/vision part of the model is not counted/);
  });
});

const args = ({ config, facts }: ReturnType<typeof folder>) => [config, { facts }] as const;

const why = (json: unknown): string => {
  const found = readModelConfig(json);
  return "cannot" in found ? found.cannot : "";
};

const cannot = (config: ResolvedConfig, facts: Facts = {}): string => {
  const found = estimate(config, { facts });
  return isCannot(found) ? found.cannot : `${found.used_bytes}`;
};

describe("what cannot be estimated says why", () => {
  it.each([
    [null, "config.json of the model is not an object"],
    ["text", "config.json of the model is not an object"],
    [{ ...LLAMA, hidden_size: 0 }, "hidden_size in config.json is 0, not a positive whole number"],
    [{ ...LLAMA, hidden_size: -5 }, "hidden_size in config.json is -5, not a positive whole number"],
    [
      { ...LLAMA, num_hidden_layers: "16" },
      'num_hidden_layers in config.json is "16", not a positive whole number',
    ],
    [
      { ...LLAMA, vocab_size: undefined },
      "vocab_size in config.json is missing, not a positive whole number",
    ],
    [
      { ...LLAMA, vocab_size: 1e12 },
      "vocab_size in config.json is 1000000000000, not a positive whole number",
    ],
    [
      { ...LLAMA, num_attention_heads: 1.5 },
      "num_attention_heads in config.json is 1.5, not a positive whole number",
    ],
    [
      { ...LLAMA, intermediate_size: Number.NaN },
      "intermediate_size in config.json is null, not a positive whole number",
    ],
    [
      { ...LLAMA, num_attention_heads: 31, head_dim: undefined },
      "hidden_size 2048 is not a multiple of 31 attention heads",
    ],
    [{ model_type: "openelm" }, "config.json of this OpenELM model lacks its sizes"],
    [{ ...LLAMA, model_type: "mamba2" }, "models of type mamba2 are estimated from the catalogue only"],
  ])("%j", (json, sentence) => {
    expect(why(json)).toBe(sentence);
  });

  it("an unknown optimiser", () => {
    expect(cannot(configOf({ training: { optim: "adamw_quantum" } }))).toBe(
      "the memory of optim adamw_quantum is not known",
    );
  });
  it("a model of unknown size", () => {
    expect(cannot(configOf({ model: { name: "somebody/blob" } }))).toBe(
      "somebody/blob is not in the catalogue and its name has no size; a local folder with its config.json would do",
    );
  });
  it("targets that the model does not have", () => {
    expect(cannot(configOf({ lora: { target_modules: ["c_attn"] } }))).toBe(
      "none of lora.target_modules is a module of this model",
    );
  });
  it("a length beyond every machine", () => {
    expect(cannot(configOf({ model: { max_seq_length: 1e15 } }))).toMatch(
      /tokens at a time are more than any machine holds$/,
    );
  });
  it("a folder with a broken config.json", () => {
    const { config, facts } = folder({ ...LLAMA, hidden_size: 0 });
    expect(cannot(config, facts)).toMatch(/^hidden_size/);
  });
});

describe("a model known by its size only", () => {
  const found = estimate(configOf({ model: { name: "somebody/Wonder-7B" } }));
  it("has a wide band that holds the usual range of its class, and says so", () => {
    if (isCannot(found)) throw new Error(found.cannot);
    const [low, high] = found.band_bytes.map((bytes) => bytes / 2 ** 30);
    expect(low).toBeLessThan(12);
    expect(high).toBeGreaterThanOrEqual(16);
    expect(found.assumed[1]).toBe(
      "somebody/Wonder-7B: it is not in the catalogue; taken as an ordinary model of 7 billion parameters.",
    );
  });
  it("covers layouts that the catalogue knows only by size", () => {
    for (const mode of Object.values(MODES))
      expect(isCannot(estimate(configOf({ model: { name: "unsloth/GLM-4.7-Flash", ...mode } })))).toBe(false);
  });
});
