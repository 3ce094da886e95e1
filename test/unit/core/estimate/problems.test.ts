import { describe, expect, it } from "vitest";
import { estimateProblems } from "../../../../src/core/estimate/problems.ts";
import type { Facts } from "../../../../src/core/facts.ts";
import { configOf, DATA, MODES } from "./configs.ts";
import { datasetFact, gpuFact } from "./facts.ts";

const GIB = 2 ** 30;
const rtx3060 = gpuFact({ name: "NVIDIA GeForce RTX 3060", total: 12 * GIB });
const codes = (...args: Parameters<typeof estimateProblems>) =>
  estimateProblems(...args).map(({ code }) => code);

const codesOnModal = (gpu: string) =>
  codes(configOf({ model: MODES.lora16, compute: { target: "modal", modal: { gpu } } }), { gpus: [] });

describe("what an estimate says about a config", () => {
  it("nothing while the machine's cards are not known", () => {
    expect(estimateProblems(configOf({ training: { per_device_train_batch_size: 64 } }), {})).toEqual([]);
  });

  it("does not fit: figure, band, phase, fixes", () => {
    const config = configOf({
      training: { per_device_train_batch_size: 8 },
      model: { max_seq_length: 8192 },
    });
    const [problem] = estimateProblems(config, { gpus: [rtx3060] });
    expect(problem).toMatchObject({ code: "vram-does-not-fit", severity: "error", path: ["model", "name"] });
    expect(problem?.message).toMatch(
      /^Does not fit RTX 3060 \(11\.8 GB\): needs ≈ 1\d\.\d GB \(1\d\.\d–2\d\.\d\) in the backward pass\.$/,
    );
    expect(problem?.fixes?.[0]?.title).toMatch(/^Batch 8 → 2, accumulation 4 → 16 \(≈ \d+\.\d GB\)$/);
  });

  it("tight where only the upper edge exceeds the card", () => {
    const [problem] = estimateProblems(configOf({ training: { per_device_train_batch_size: 10 } }), {
      gpus: [rtx3060],
    });
    expect(problem).toMatchObject({ code: "vram-tight", severity: "warning" });
  });

  it("is no error where the rows of the data are short enough", () => {
    const config = configOf({ model: { max_seq_length: 32_768 } });
    expect(codes(config, { gpus: [rtx3060] })).toEqual(["vram-does-not-fit"]);
    const facts: Facts = { gpus: [rtx3060], datasets: { [DATA]: datasetFact() } };
    const [problem] = estimateProblems(config, facts);
    expect(problem?.code).toBe("vram-tight");
    expect(problem?.message).toMatch(/With the rows of this data ≈ \d\.\d GB\./);
  });

  it("far below: room for a larger batch with the same effective one", () => {
    const [problem] = estimateProblems(configOf({ model: { name: "unsloth/Llama-3.2-1B-Instruct" } }), {
      gpus: [gpuFact()],
    });
    expect(problem).toMatchObject({ code: "vram-far-below", severity: "hint" });
    expect(problem?.fixes?.[0]?.edits).toEqual([
      { kind: "set", path: ["training", "per_device_train_batch_size"], value: 8 },
      { kind: "set", path: ["training", "gradient_accumulation_steps"], value: 1 },
    ]);
  });

  it("judges the card's total: what others hold is information", () => {
    expect(codes(configOf(), { gpus: [{ ...rtx3060, used: 10 * GIB }] })).toEqual(["vram-held"]);
    expect(codes(configOf(), { gpus: [{ ...rtx3060, used: 10 * GIB, ours: 10 * GIB }] })).toEqual([]);
  });

  it("takes the largest card where the config leaves it open, the smallest of those it names", () => {
    const two: Facts = {
      gpus: [rtx3060, gpuFact({ index: 1, uuid: "GPU-1", total: 80 * GIB, name: "NVIDIA A100 80GB PCIe" })],
    };
    const heavy = configOf({ model: MODES.lora16 });
    expect(codes(heavy, two)).not.toContain("vram-does-not-fit");
    const both = configOf({
      model: MODES.lora16,
      compute: { target: "local", local: { gpus: [0, 1], strategy: "auto" } },
    });
    expect(codes(both, two)).toContain("vram-does-not-fit");
  });

  it("judges Modal's card where the config runs there, whatever is in this machine", () => {
    expect(codesOnModal("T4")).toEqual(["vram-does-not-fit"]);
    expect(codesOnModal("L40S")).toEqual([]);
    expect(codesOnModal("SOMETHING-NEW")).toEqual([]);
  });
});

describe("no GPU", () => {
  const none: Facts = {
    gpus: [],
    cpu: { cores: 8, memory: 16 * GIB, bf16: false },
    datasets: { [DATA]: datasetFact() },
  };

  it("is a warning with the time on this CPU, and a way out", () => {
    const [problem] = estimateProblems(configOf(), none);
    expect(problem).toMatchObject({ code: "no-gpu", severity: "warning" });
    expect(problem?.message).toMatch(
      /^No GPU here: on this CPU it takes about \d+ h.* and more memory \(≈ 3\d\.\d GB\) than the 16\.0 GB of this machine\.$/,
    );
    expect(problem?.fixes?.[0]?.edits).toEqual([
      { kind: "set", path: ["compute", "target"], value: "modal" },
    ]);
  });

  it("is news only for the model that is made for the CPU", () => {
    const config = configOf({
      model: {
        name: "HuggingFaceTB/SmolLM2-135M-Instruct",
        embedded: "smollm2-135m-instruct",
        ...MODES.lora16,
        dtype: "float32",
      },
    });
    const [problem] = estimateProblems(config, none);
    expect(problem).toMatchObject({ code: "no-gpu", severity: "information", fixes: [] });
    expect(problem?.message).toMatch(/^No GPU here: on this CPU it takes about \d+ min\.$/);
  });
});
