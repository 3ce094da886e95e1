import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { estimate, type Estimate } from "../../../../src/core/estimate/estimate.ts";
import { cardOfSpec, type Card } from "../../../../src/core/estimate/card.ts";
import { findGpu } from "../../../../src/core/estimate/gpus.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import { configOf, DATA, MODES, type Change } from "./configs.ts";
import { datasetFact } from "./facts.ts";

const MIB = 2 ** 20;
const card = (name: string): Card => {
  const spec = findGpu(name);
  if (!spec) throw new Error(`no ${name}`);
  return cardOfSpec(spec);
};

/** Without a dynamic repository, which is a doubt of its own. */
function found(change: Change = {}, facts: Facts = {}, on: Card | null = null): Estimate {
  const config = configOf({
    ...change,
    model: { name: "llama-3.1-8b", use_exact_model_name: true, ...change.model },
  });
  const result = estimate(config, { facts, card: on });
  if (isCannot(result)) throw new Error(result.cannot);
  return result;
}
const down = ({ used_bytes: used, band_bytes: [low] }: Estimate): number => used - low;
const up = ({ used_bytes: used, band_bytes: [, high] }: Estimate): number => high - used;

describe("the band", () => {
  it("is ±(150 MiB + 2 %) for adapters of a measured kind", () => {
    const plain = found();
    expect(down(plain)).toBeCloseTo(150 * MIB + 0.02 * plain.used_bytes, 0);
    expect(up(plain)).toBeCloseTo(down(plain), 0);
    expect(plain.assumed).toEqual([
      "No card named: figures of a Hopper card.",
      "Holds for unsloth 2026.10.9, torch 2.11.",
    ]);
  });

  it("is ±(150 MiB + 4 %) for full fine-tuning", () => {
    const full = found({ model: MODES.full, lora: null });
    expect(down(full)).toBeCloseTo(150 * MIB + 0.04 * full.used_bytes, 0);
  });

  it.each([
    ["another card", {}, "L4", /Measured on Hopper cards; on L4/],
    [
      "a dynamic repository",
      { model: { use_exact_model_name: false } },
      null,
      /keeps some weights in 16 bit/,
    ],
    ["experts", { model: { name: "mixtral-8x7b" } }, null, /Mixture of experts: one such model was measured/],
    ["Gemma 3", { model: { name: "gemma-3-4b" } }, null, /Gemma 3: public runs used up to 29 % more/],
    ["Gemma 2", { model: { name: "gemma-2-9b" } }, null, /Gemma 2 with soft-capped attention/],
    ["hybrid layers", { model: { name: "granite-4.0-h-micro" } }, null, /not ordinary attention/],
    ["a vision tower", { model: { name: "qwen2.5-vl-7b" } }, null, /what images need is not/],
    ["an unknown loss", { model: { name: "olmo-3-7b" } }, null, /Which loss runs for olmo3 was not measured/],
    ["DoRA", { lora: { use_dora: true } }, null, /DoRA adds 40–60 %/],
    ["dropout", { lora: { lora_dropout: 0.1 } }, null, /Dropout in adapters was measured once/],
    [
      "a trained embedding",
      { lora: { modules_to_save: ["embed_tokens", "lm_head"] } },
      null,
      /trained embedding or head/,
    ],
    ["preferences", { training: { method: "dpo" } }, null, /reference adapter may be kept/],
    ["generation", { training: { method: "grpo" } }, null, /GRPO: what generating answers needs/],
    [
      "several copies",
      { model: MODES.lora16, compute: { target: "modal", modal: { gpu: "H100:2" } } },
      null,
      /Every one of the 2 cards holds the whole model/,
    ],
    [
      "no precision",
      { training: { bf16: false, fp16: false } },
      null,
      /activations are in fp32 and count double/,
    ],
  ] as const)("reaches up, with the reason, for %s", (_, change, on, reason) => {
    const result = found(change as Change, {}, on === null ? null : card(on));
    expect(result.assumed.join("\n")).toMatch(reason);
    expect(up(result)).toBeGreaterThan(down(result) + 1.5 * MIB);
  });

  it("reaches up on Windows", () => {
    expect(up(found({}, { platform: "win32" }))).toBeGreaterThan(up(found()) + 100 * MIB);
  });

  it("reaches up on a card without bf16 for families that then compute in fp32", () => {
    const gemma = found({ model: { name: "gemma-3-4b" } }, {}, card("T4"));
    expect(gemma.assumed).toContain("T4 has no bf16, and gemma3 then computes in fp32.");
  });

  it("reaches down for a paged optimiser, whose state may leave the card", () => {
    const paged = found({ training: { optim: "paged_adamw_8bit" } });
    expect(down(paged)).toBeCloseTo(down(found()) + paged.parts.optimiser, 0);
  });

  it("reaches down where Unsloth may move the embedding: an untied one on a card that is short", () => {
    const auto: Change = { model: { offload_embedding: "auto" } };
    const small = { ...card("H100"), usable: 7.7 * 2 ** 30 };
    const table = 2 * 128_256 * 4096;
    expect(down(found(auto, {}, small))).toBeCloseTo(down(found({}, {}, small)) + table, 0);
    expect(down(found(auto, {}, card("H100")))).toBe(down(found({}, {}, card("H100"))));
    const moved = found({ model: { offload_embedding: true } });
    expect(found().used_bytes - moved.used_bytes).toBeCloseTo(table, 0);
  });

  it("reaches down to the rows of the data, which leave the figure alone", () => {
    const data: Facts = { datasets: { [DATA]: datasetFact() } };
    const known = found({}, data);
    expect(known.used_bytes).toBe(found().used_bytes);
    expect(known.with_data_bytes).toBeLessThan(known.used_bytes);
    expect(known.band_bytes[0]).toBeLessThan(known.with_data_bytes ?? 0);
    expect(found({ training: { packing: true } }, data).with_data_bytes).toBeNull();
  });
});

describe("pairs, references and generation", () => {
  it("DPO and ORPO see twice the tokens", () => {
    expect(found({ training: { method: "dpo" } }).basis.tokens).toBe(2 * found().basis.tokens);
    expect(found({ training: { method: "orpo" } }).basis.tokens).toBe(2 * found().basis.tokens);
  });
  it("a reference model of full fine-tuning is a second set of weights", () => {
    const full = { model: MODES.full, lora: null } as const;
    const plain = found({ ...full, training: { method: "orpo" } });
    const dpo = found({ ...full, training: { method: "dpo" } });
    expect(dpo.used_bytes - plain.used_bytes).toBeGreaterThan(14 * 2 ** 30);
  });
  it("vLLM takes its share of the card", () => {
    const grpo = (vllm: boolean) =>
      found(
        { training: { method: "grpo", grpo: { use_vllm: vllm, vllm_gpu_memory_utilization: 0.3 } } },
        {},
        card("H100"),
      );
    expect(grpo(true).used_bytes - grpo(false).used_bytes).toBeCloseTo(0.3 * card("H100").usable, 0);
  });
});
