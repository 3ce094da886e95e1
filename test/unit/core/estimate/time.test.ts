import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { cpuEstimate } from "../../../../src/core/estimate/cpu.ts";
import { runEstimate, type RunEstimate } from "../../../../src/core/estimate/run-estimate.ts";
import { targetByName } from "../../../../src/core/estimate/targets.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import { configOf, DATA, MODES, type Change } from "./configs.ts";
import { datasetFact, gpuFact } from "./facts.ts";

const GIB = 2 ** 30;
const withData: Facts = { datasets: { [DATA]: datasetFact() } };

function on(name: string | null, change: Change, facts: Facts = {}): RunEstimate {
  const config = configOf(change);
  const target = name === null ? null : targetByName(config, name);
  const found = runEstimate(config, { facts, ...(target ? { target } : {}) });
  if (isCannot(found)) throw new Error(found.cannot);
  return found;
}

const plainRun = (batch: number, sequence: number, name: string, mode: keyof typeof MODES): Change => ({
  model: { name, max_seq_length: sequence, ...MODES[mode] },
  training: { per_device_train_batch_size: batch, gradient_accumulation_steps: 1 },
});

describe("seconds a step, measured on one H100", () => {
  it.each([
    ["8B QLoRA, 2 × 2,048 tokens", plainRun(2, 2048, "llama-3.1-8b", "qlora"), 0.606],
    ["8B 16-bit LoRA, 2 × 2,048 tokens", plainRun(2, 2048, "llama-3.1-8b", "lora16"), 0.486],
    ["8B QLoRA, 16,384 tokens", plainRun(1, 16_384, "llama-3.1-8b", "qlora"), 2.05],
    ["1B QLoRA, 4 × 2,048 tokens", plainRun(4, 2048, "llama-3.2-1b", "qlora"), 0.254],
  ])("%s", (_, change, seconds) => {
    const found = on("H100", change).step_seconds;
    expect(found / seconds).toBeGreaterThan(0.95);
    expect(found / seconds).toBeLessThan(1.05);
  });
});

describe("steps", () => {
  it("follow rows, batch, accumulation and epochs", () => {
    expect(on(null, {}, withData).steps).toBe(151);
    expect(on(null, { training: { num_train_epochs: 3 } }, withData).steps).toBe(453);
    expect(on(null, { training: { max_steps: 60, num_train_epochs: null } }, withData).steps).toBe(60);
  });
  it("are not invented where the number of rows is not known", () => {
    const found = on("L4", {});
    expect(found).toMatchObject({ steps: null, seconds: null, cost_usd: null });
    expect(found.step_seconds).toBeGreaterThan(0);
  });
  it("are fewer when short rows are packed", () => {
    expect(on(null, { training: { packing: true } }, withData).steps).toBe(19);
  });
});

describe("time and cost of a run", () => {
  const found = on("L4", {}, withData);
  it("carry a band", () => {
    const [low, high] = found.seconds_band ?? [0, 0];
    expect(low).toBeLessThan(found.seconds ?? 0);
    expect(high).toBeGreaterThan(found.seconds ?? 0);
    expect(found.cost_band?.[1]).toBeGreaterThan(found.cost_usd ?? 0);
  });
  it("count GPU, cores and memory of a sandbox, and date the prices", () => {
    const perHour = (3600 * (found.cost_usd ?? 0)) / (found.seconds ?? 1);
    expect(perHour).toBeCloseTo(0.799 + 3600 * (4 * 0.00003942 + 16 * 0.00000667), 2);
    expect(found.price_date).toMatch(/^2026-/);
  });
  it("grow with what is saved", () => {
    const gguf = {
      method: "gguf" as const,
      quantization_method: ["q4_k_m"],
      push_to_hub: null,
      private: true,
      overwrite: false,
    };
    expect(on("L4", { save: [gguf] }, withData).seconds).toBeGreaterThan((found.seconds ?? 0) + 60);
  });
});

describe("every card it could run on", () => {
  const facts: Facts = {
    ...withData,
    gpus: [gpuFact(), gpuFact({ index: 1, uuid: "GPU-1", name: "NVIDIA GeForce RTX 3060", total: 12 * GIB })],
  };
  const found = on(null, {}, facts);
  it("lists this machine's and Modal's, with verdict, headroom, time, cost", () => {
    expect(found.fits.map(({ where, name }) => `${where} ${name}`)).toEqual([
      "local RTX 4090",
      "local RTX 3060",
      ...[
        "T4",
        "L4",
        "A10",
        "L40S",
        "A100-40GB",
        "A100-80GB",
        "RTX-PRO-6000",
        "H100",
        "H200",
        "B200",
        "B300",
      ].map((name) => `modal ${name}`),
    ]);
    for (const fit of found.fits) {
      expect(fit.headroom_bytes).toBeCloseTo(fit.usable_bytes - fit.used_bytes, 0);
      expect(fit.seconds).toBeGreaterThan(0);
      expect(fit.cost_usd === null).toBe(fit.where === "local");
    }
  });
  it("takes the figure of the config's own card", () => {
    expect(found.card).toBe("RTX 4090");
    expect(found.used_bytes).toBe(found.fits[0]?.used_bytes);
  });
});

describe("rows for evaluation and outputs", () => {
  it("evaluation is a row of its own where the run evaluates", () => {
    expect(on(null, {}).evaluation).toBeNull();
    expect(on(null, { eval: true }).evaluation).toMatchObject({ batch: 2, logits: false });
  });
  it("outputs name download, checkpoints, adapter and what is saved", () => {
    const merged = {
      method: "merged_16bit" as const,
      quantization_method: [],
      push_to_hub: null,
      private: true,
      overwrite: false,
    };
    const rows = on(null, { save: [merged] }).outputs;
    expect(rows.map(({ kind }) => kind)).toEqual(["download", "checkpoints", "adapter", "merged_16bit"]);
    const bytes = Object.fromEntries(rows.map(({ kind, disk_bytes: disk }) => [kind, disk]));
    expect(bytes["adapter"]).toBe(4 * 41_943_040);
    expect((bytes["merged_16bit"] ?? 0) / GIB).toBeCloseTo(14.96, 1);
  });
});

const smallest = (change: Change["model"] = {}): ResolvedConfig =>
  configOf({
    model: {
      name: "HuggingFaceTB/SmolLM2-135M-Instruct",
      max_seq_length: 256,
      dtype: "float32",
      use_gradient_checkpointing: false,
      ...MODES.lora16,
      ...change,
    },
    training: {
      gradient_accumulation_steps: 1,
      optim: "adamw_torch",
      max_steps: 30,
      num_train_epochs: null,
    },
  });

describe("the CPU, measured with a 135M model on two cores", () => {
  const cpu = { cores: 2, memory: 24 * GIB, bf16: true };
  const measure = (config: ResolvedConfig) => {
    const found = cpuEstimate(config, { cpu });
    if (isCannot(found)) throw new Error(found.cannot);
    return found;
  };
  it.each([
    ["fp32, 2 × 256 tokens", smallest(), 1.84, 2.3],
    ["bf16, 2 × 256 tokens", smallest({ dtype: "bfloat16" }), 1.02, 1.9],
  ])("%s", (_, config, seconds, gigabytes) => {
    const found = measure(config);
    expect(Math.abs(found.step_seconds / seconds - 1)).toBeLessThan(0.15);
    expect(found.band_bytes[0] / 1e9).toBeLessThan(gigabytes);
    expect(found.band_bytes[1] / 1e9).toBeGreaterThan(gigabytes);
  });
  it("says that 4 bit becomes 16 bit", () => {
    expect(measure(smallest(MODES.qlora)).assumed).toContain("On a CPU 4-bit loading becomes 16-bit.");
  });
});
