/** Settings from public reports of out-of-memory errors and wrong expectations, and what we say about them. */
import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { detailed } from "../../../../src/core/estimate/estimate.ts";
import { makeItFit } from "../../../../src/core/estimate/fixes.ts";
import { cardOf } from "../../../../src/core/estimate/gpus.ts";
import { estimateProblems } from "../../../../src/core/estimate/problems.ts";
import { runEstimate } from "../../../../src/core/estimate/run-estimate.ts";
import type { Facts, GpuFact } from "../../../../src/core/facts.ts";
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import { configOf, DATA, MODES } from "./configs.ts";
import { datasetFact, gpuFact } from "./facts.ts";

const GIB = 2 ** 30;

const on = (gpu: GpuFact, more: Partial<Facts> = {}): Facts => ({ gpus: [gpu], ...more });
const RTX_4090 = gpuFact();
const RTX_4060_TI = gpuFact({ name: "NVIDIA GeForce RTX 4060 Ti", total: 15.99 * GIB });
const A10G = gpuFact({ name: "NVIDIA A10G", total: 22.49 * GIB, usable: 22.19 * GIB });
const A100_40 = gpuFact({ name: "NVIDIA A100-SXM4-40GB", total: 40 * GIB });

function gib(config: ResolvedConfig, facts: Facts = {}, rows: "full" | "data" = "full") {
  const [gpu] = facts.gpus ?? [];
  const found = detailed(config, { facts, rows, card: gpu ? cardOf(gpu) : null });
  if (isCannot(found)) throw new Error(found.cannot);
  const { estimate } = found;
  return {
    used: estimate.used_bytes / GIB,
    reserved: estimate.reserved_bytes / GIB,
    low: estimate.band_bytes[0] / GIB,
    high: estimate.band_bytes[1] / GIB,
    estimate,
  };
}

const GEMMA_4 = "unsloth/gemma-4-E2B-it";

describe("unslothai/unsloth#5168: trained in 15 GB, died at the first evaluation with its default batch of 8", () => {
  const config = configOf({
    model: { name: GEMMA_4, max_seq_length: 4096 },
    lora: { r: 32, lora_dropout: 0.1, target_modules: "all-linear" },
    training: {
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: 32,
      per_device_eval_batch_size: 8,
    },
    eval: true,
  });

  it("has a band for training that holds what was seen", () => {
    const found = gib(config, on(RTX_4090));
    expect(found.low).toBeLessThan(15);
    expect(found.high).toBeGreaterThan(15);
    expect(found.estimate.assumed.join(" ")).toMatch(/loss runs for gemma4 was not measured/);
  });

  it("names the evaluation batch, not the training batch, and offers 1", () => {
    const evaluation = estimateProblems(config, on(RTX_4090)).find(
      ({ code }) => code === "vram-does-not-fit",
    );
    expect(evaluation?.path).toEqual(["training", "per_device_eval_batch_size"]);
    expect(evaluation?.message).toMatch(/^Evaluation does not fit RTX 4090/);
    expect(evaluation?.fixes?.[0]?.edits).toEqual([
      { kind: "set", path: ["training", "per_device_eval_batch_size"], value: 1 },
    ]);
  });
});

describe("unslothai/unsloth#5752: a 2B model fills 16 GB because packing fills 4 × 4,096 tokens", () => {
  const change = { per_device_train_batch_size: 4, gradient_accumulation_steps: 10 };
  const packed = configOf({
    model: { name: GEMMA_4, max_seq_length: 4096 },
    training: { ...change, packing: true },
  });
  const loose = configOf({
    model: { name: GEMMA_4, max_seq_length: 4096 },
    training: { ...change, packing: false },
  });
  const short: Facts = on(RTX_4060_TI, { datasets: { [DATA]: datasetFact() } });

  it("counts every token of a packed batch", () => {
    const found = gib(packed, on(RTX_4060_TI));
    expect(found.used).toBeGreaterThan(9);
    expect(found.used).toBeLessThan(17);
    expect(found.estimate.basis.tokens).toBe(16_384);
  });

  it("is clearly above the same config with packing off and short rows", () => {
    expect(gib(packed, short, "data").used).toBeGreaterThan(1.2 * gib(loose, short, "data").used);
  });

  it("offers fewer rows at a time for the same effective batch", () => {
    const small = cardOf(gpuFact({ name: "NVIDIA GeForce RTX 4060", total: 8 * GIB, usable: 9 * GIB }));
    const titles = makeItFit(packed, {}, small).map(({ fix }) => fix.title);
    expect(titles[0]).toMatch(/^Batch 4 → \d, accumulation 10 → \d+/);
  });
});

describe("unslothai/unsloth#786: an OOM with settings that fit", () => {
  const config = configOf({
    model: { name: "unsloth/Mistral-Nemo-Base-2407-bnb-4bit" },
    training: { per_device_train_batch_size: 1 },
  });

  it("fits in 12 GB", () => {
    expect(gib(config, on(A10G)).used).toBeLessThan(12);
  });

  it("points to what others hold, not to the batch", () => {
    const busy = { ...A10G, used: 15 * GIB };
    const [problem] = estimateProblems(config, on(busy));
    expect(problem).toMatchObject({ code: "vram-held", severity: "information", path: ["model", "name"] });
    expect(problem?.message).toMatch(/15\.0 GB are held by others.*not from these settings/);
  });
});

describe("unslothai/unsloth#944: both precisions switched off", () => {
  it("fits with bf16, and says that fp32 activations count double", () => {
    const usual = gib(configOf(), on(RTX_4060_TI));
    const both = gib(configOf({ training: { bf16: false, fp16: false } }), on(RTX_4060_TI));
    expect(usual.used).toBeGreaterThan(7);
    expect(usual.used).toBeLessThan(9);
    expect(both.used).toBeGreaterThan(usual.used + 0.5);
    expect(both.estimate.assumed).toContain(
      "bf16 and fp16 are both off: activations are in fp32 and count double.",
    );
  });
});

describe("unslothai/unsloth#2504: a mixture of experts runs out of memory while it loads", () => {
  const config = configOf({ model: { name: "Qwen/Qwen3-30B-A3B-Instruct-2507" }, lora: { r: 32 } });
  const found = gib(config, on(RTX_4090)).estimate;

  it("names the peak of loading", () => {
    expect(found.phases.load / GIB).toBeGreaterThan(15);
    expect(found.assumed.join(" ")).toMatch(/versions that keep them in 16 bit need 40\.\d GB more/);
  });

  it("says that the 16-bit repository is fetched", () => {
    const run = runEstimate(config, { facts: on(RTX_4090) });
    if (isCannot(run)) throw new Error(run.cannot);
    const download = run.outputs.find(({ kind }) => kind === "download");
    expect(download?.text).toMatch(/no 4-bit copy known: the 16-bit repository is fetched/);
    expect((download?.disk_bytes ?? 0) / GIB).toBeGreaterThan(55);
  });
});

describe("unslothai/unsloth#3053: no batch size works", () => {
  const config = configOf({
    model: { name: "Qwen/Qwen2.5-VL-3B-Instruct", ...MODES.full },
    lora: null,
    training: { per_device_train_batch_size: 1, optim: "adamw_torch" },
  });

  it("is near the limit of 40 GB and offers other optimisers and adapters, not the batch", () => {
    const [problem] = estimateProblems(config, on(A100_40));
    expect(problem?.code).toBe("vram-tight");
    const titles = problem?.fixes?.map(({ title }) => title).join("\n") ?? "";
    expect(titles).toMatch(/Optimiser adamw_torch → adamw_8bit/);
    expect(titles).toMatch(/Adapters \(LoRA\) instead of full fine-tuning/);
    expect(titles).not.toMatch(/Batch/);
  });

  it("says on a smaller card that batch 1 already fails", () => {
    const [problem] = estimateProblems(config, on(RTX_4090));
    expect(problem?.code).toBe("vram-does-not-fit");
    expect(problem?.message).toMatch(/Batch 1 already fails, so the batch is not what to change/);
  });
});

describe("unslothai/notebooks#295: Gemma 3n with and without its audio layers", () => {
  it("reserves 11.5 to 14.5 GB within its band", () => {
    const found = gib(
      configOf({
        model: { name: "unsloth/gemma-3n-E4B-it", max_seq_length: 1024, use_gradient_checkpointing: true },
        lora: { r: 8 },
      }),
    );
    const more = found.high - found.used;
    expect(found.reserved).toBeLessThan(14.5);
    expect(found.reserved + more).toBeGreaterThan(12.97);
  });
});

const usedWith = (tokens: number, attention: string | null) =>
  gib(configOf({ model: { max_seq_length: tokens, attn_implementation: attention } })).used;

describe("unslothai/unsloth#10815: an unknown attention is not quadratic", () => {
  it("stays near 8 GB at 2,048 and grows with the length, not its square", () => {
    expect(usedWith(2048, "something_new")).toBeLessThan(9);
    const [base, double, fourfold] = [8192, 16_384, 32_768].map((tokens) =>
      usedWith(tokens, "something_new"),
    );
    expect((fourfold ?? 0) - (double ?? 0)).toBeLessThan(2.1 * ((double ?? 0) - (base ?? 0)));
  });
});

describe("hiyouga/LlamaFactory#4559: four 24 GB cards under data parallel", () => {
  const config = configOf({
    model: { name: "unsloth/llama-3-70b-bnb-4bit", max_seq_length: 1024 },
    training: { per_device_train_batch_size: 1 },
    compute: { target: "local", local: { gpus: "all", strategy: "auto" } },
  });
  const four: Facts = { gpus: [0, 1, 2, 3].map((index) => ({ ...A10G, index, uuid: `GPU-${index}` })) };
  const [problem] = estimateProblems(config, four);

  it("judges each card, not their sum", () => {
    expect(problem?.code).toBe("vram-does-not-fit");
    expect(problem?.message).toMatch(/Every card holds the whole model: cards do not add up here/);
  });

  it("offers the layout that splits the weights and says what it costs", () => {
    expect(problem?.fixes?.[0]?.title).toMatch(
      /^Split the layers over 4 cards \(one computes at a time\) \(≈ 1\d\.\d GB\)/,
    );
    expect(problem?.fixes?.[0]?.edits).toEqual([
      { kind: "set", path: ["compute", "local", "strategy"], value: "balanced" },
    ]);
  });
});

describe("unslothai/unsloth#4040: 4 bit that stays 16 bit for fused experts", () => {
  it("names the part of the weights in 16 bit, and what versions that quantise no experts need", () => {
    const { estimate } = gib(
      configOf({ model: { name: "Qwen/Qwen3-Next-80B-A3B-Instruct" }, lora: { r: 8 } }),
    );
    expect(estimate.parts.plain_weights / GIB).toBeGreaterThan(1);
    const more = /need (\d+) GB more/.exec(estimate.assumed.join(" "))?.[1];
    const weights = (estimate.parts.plain_weights + estimate.parts.quantised_weights) / GIB;
    expect(weights + Number(more)).toBeGreaterThan(145);
    expect(weights + Number(more)).toBeLessThan(160);
  });
});

describe("full fine-tuning of a 1.5B model on 4 GB that 'ran' from system memory", () => {
  it("does not fit, and on Windows says that it may run all the same, slowly", () => {
    const config = configOf({
      model: { name: "Qwen/Qwen2.5-1.5B", max_seq_length: 512, ...MODES.full },
      lora: null,
      training: { per_device_train_batch_size: 1, optim: "adamw_torch" },
    });
    const laptop = gpuFact({
      name: "NVIDIA GeForce RTX 3050 Ti Laptop GPU",
      total: 4 * GIB,
      capability: "8.6",
    });
    const [problem] = estimateProblems(config, on(laptop, { platform: "win32" }));
    expect(problem?.code).toBe("vram-does-not-fit");
    expect(problem?.message).toMatch(/several times slower, from system memory/);
    expect(estimateProblems(config, on(laptop, { platform: "linux" }))[0]?.message).not.toMatch(
      /system memory/,
    );
  });
});

describe("hiyouga/LlamaFactory#5977: full fine-tuning of 8B", () => {
  it("needs a card of the 80 GB class even with 8-bit states", () => {
    const found = gib(
      configOf({
        model: { name: "unsloth/llama-3-8b", max_seq_length: 1024, ...MODES.full },
        lora: null,
        training: { per_device_train_batch_size: 1, gradient_accumulation_steps: 2 },
      }),
    );
    expect(found.used).toBeGreaterThan(48);
    expect(found.used).toBeLessThan(66);
  });
});
