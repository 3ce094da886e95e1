import { describe, expect, it } from "vitest";
import { cardOfSpec } from "../../../../src/core/estimate/card.ts";
import { cardOf, findGpu, GPUS } from "../../../../src/core/estimate/gpus.ts";
import {
  dollarsPerSecond,
  MODAL_PRICES,
  modalName,
  sandboxOf,
} from "../../../../src/core/estimate/prices.ts";
import { targetsOf } from "../../../../src/core/estimate/targets.ts";
import { configOf } from "./configs.ts";
import { gpuFact } from "./facts.ts";

const GIB = 2 ** 30;

describe("finding a card", () => {
  it.each([
    ["NVIDIA GeForce RTX 4090", "RTX 4090"],
    ["rtx-4090", "RTX 4090"],
    ["4090", "RTX 4090"],
    ["NVIDIA GeForce RTX 4090 Laptop GPU", "RTX 4090 Laptop"],
    ["Tesla T4", "T4"],
    ["A100-80GB:2", "A100 80GB"],
    ["A100", "A100 40GB"],
    ["H100!", "H100 SXM 80GB"],
    ["NVIDIA H100 80GB HBM3", "H100 SXM 80GB"],
    ["B200+", "B200"],
    ["RTX-PRO-6000", "RTX PRO 6000 Blackwell"],
    ["l40s", "L40S"],
  ])("%s → %s", (name, expected) => {
    expect(findGpu(name)?.name).toBe(expected);
  });

  it("tells cards of one name apart by their memory", () => {
    expect(findGpu("NVIDIA GeForce RTX 3080", 12 * GIB)?.name).toBe("RTX 3080 12GB");
    expect(findGpu("NVIDIA GeForce RTX 3080", 10 * GIB)?.name).toBe("RTX 3080 10GB");
  });

  it("knows what it does not know", () => {
    expect(findGpu("Radeon RX 7900")).toBeUndefined();
  });

  it("finds every name that nvidia-smi prints", () => {
    for (const gpu of GPUS)
      for (const name of gpu.smi) expect(findGpu(name, gpu.mib * 2 ** 20)?.name).toBe(gpu.name);
  });
});

describe("what a card can give", () => {
  it("is what PyTorch printed, where somebody saw it", () => {
    const spec = findGpu("T4");
    if (!spec) throw new Error("no T4");
    expect(cardOfSpec(spec)).toMatchObject({ usable: 14.562 * GIB, usableKnown: true });
  });

  it("is 98.3 % of the driver's total elsewhere", () => {
    const card = cardOf(gpuFact({ name: "NVIDIA GeForce RTX 4070", total: 12 * GIB }));
    expect(card.usable / GIB).toBeCloseTo(11.796, 3);
    expect(card.usableKnown).toBe(false);
  });

  it("is what the machine itself says before all that", () => {
    expect(cardOf(gpuFact({ name: "Tesla T4", usable: 14 * GIB })).usable).toBe(14 * GIB);
  });

  it("is the catalogue's where the driver tells no total, and unknown for other cards", () => {
    expect(cardOf(gpuFact({ name: "NVIDIA GB10", total: 0 })).total).toBe(128 * GIB);
    expect(cardOf(gpuFact({ name: "NVIDIA Something", total: 0 })).total).toBe(0);
    const unknown = { gpus: [gpuFact({ name: "NVIDIA Something", total: 0 })] };
    expect(targetsOf(configOf(), unknown).chosen).toBeNull();
  });

  it("leaves our own runs out of what others hold", () => {
    expect(cardOf(gpuFact({ used: 5 * GIB, ours: 4 * GIB })).held).toBe(GIB);
  });
});

describe("prices", () => {
  const sandbox = { cores: 4, gib: 16, region: null };

  it("count CPU and memory of the sandbox: an L40S with 4 cores and 16 GiB is $2.90 an hour", () => {
    expect(3600 * (dollarsPerSecond("L40S", 1, sandbox) ?? 0)).toBeCloseTo(2.9, 1);
    expect(3600 * (dollarsPerSecond("H100", 1, sandbox) ?? 0)).toBeCloseTo(4.9, 1);
  });

  it("rise with a region", () => {
    const base = dollarsPerSecond("H100", 1, sandbox) ?? 0;
    expect(dollarsPerSecond("H100", 1, { ...sandbox, region: "eu" })).toBeCloseTo(1.15 * base, 10);
    expect(dollarsPerSecond("H100", 1, { ...sandbox, region: "us-east-1" })).toBeCloseTo(1.75 * base, 10);
  });

  it("follow the section of the config", () => {
    expect(sandboxOf({ cpu: 8, memory: 32768, region: "eu" })).toEqual({ cores: 8, gib: 32, region: "eu" });
    expect(sandboxOf(null)).toEqual({ cores: 4, gib: 16, region: null });
  });

  it("know Modal's spellings, and say so where they do not", () => {
    expect(["a100", "H100!", "B200+", "L4:2"].map((name) => modalName(name))).toEqual([
      "A100-40GB",
      "H100",
      "B200",
      "L4",
    ]);
    expect(dollarsPerSecond("RTX-9090", 1, sandbox)).toBeNull();
  });

  it("are all of cards in the catalogue, and dated", () => {
    for (const name of Object.keys(MODAL_PRICES.gpus)) expect(findGpu(name), name).toBeDefined();
    expect(MODAL_PRICES.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});
