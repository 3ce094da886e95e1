import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { correctionKey, correctionsOf, type FinishedRun } from "../../../../src/core/estimate/corrections.ts";
import { detailed } from "../../../../src/core/estimate/estimate.ts";
import { cardOf } from "../../../../src/core/estimate/gpus.ts";
import type { Correction } from "../../../../src/core/facts.ts";
import { configOf, MODES } from "./configs.ts";
import { gpuFact } from "./facts.ts";

const run = (ratio: number, change: Partial<FinishedRun> = {}): FinishedRun => ({
  key: "RTX 4090 · A · qlora",
  estimatedBytes: 1e10,
  measuredBytes: ratio * 1e10,
  estimatedStepSeconds: 1,
  measuredStepSeconds: 2,
  ...change,
});

describe("corrections from finished runs", () => {
  it("are the median of the newest, so that one odd run does not move the figure", () => {
    expect(correctionsOf([run(1.04), run(1.06), run(9)])).toEqual([
      { key: "RTX 4090 · A · qlora", memoryFactor: 1.06, timeFactor: 2, runs: 3 },
    ]);
  });
  it("are bounded", () => {
    expect(correctionsOf([run(3)])[0]?.memoryFactor).toBe(1.25);
    expect(correctionsOf([run(0.1)])[0]?.memoryFactor).toBe(0.8);
    expect(correctionsOf([run(1, { measuredStepSeconds: 100 })])[0]?.timeFactor).toBe(4);
  });
  it("forget old runs", () => {
    const old = Array.from({ length: 20 }, () => run(1.2));
    const fresh = Array.from({ length: 8 }, () => run(0.95));
    expect(correctionsOf([...old, ...fresh])[0]).toMatchObject({ memoryFactor: 0.95, runs: 8 });
  });
  it("keep kinds of cards apart and leave out runs without figures", () => {
    const found = correctionsOf([
      run(1.1),
      run(1.2, { key: "other" }),
      run(Number.NaN),
      run(1, { estimatedBytes: 0 }),
    ]);
    expect(found.map(({ key, runs }) => [key, runs])).toEqual([
      ["RTX 4090 · A · qlora", 1],
      ["other", 1],
    ]);
  });
  it("leave time alone where no run had a step", () => {
    expect(correctionsOf([run(1, { measuredStepSeconds: null })])[0]?.timeFactor).toBe(1);
  });
});

describe("a correction in an estimate", () => {
  const card = cardOf(gpuFact());
  const figure = (corrections: readonly Correction[], change = {}) => {
    const found = detailed(configOf(change), { card, facts: { corrections } });
    if (isCannot(found)) throw new Error(found.cannot);
    return found;
  };
  const plain = figure([]);
  const key = correctionKey(plain.source, plain.setup, card);
  const learnt = { key, memoryFactor: 1.1, timeFactor: 1.5, runs: 3 };

  it("moves figure and band, and is said", () => {
    const { estimate } = figure([learnt]);
    expect(estimate.used_bytes).toBeCloseTo(1.1 * plain.estimate.used_bytes, 0);
    expect(estimate.band_bytes[1]).toBeCloseTo(1.1 * plain.estimate.band_bytes[1], 0);
    expect(estimate.assumed).toContain("Corrected by 3 runs on this GPU.");
  });
  it("holds for its own kind of run only", () => {
    expect(figure([learnt], { model: MODES.lora16 }).estimate.assumed.join()).not.toMatch(/Corrected/);
    expect(figure([{ ...learnt, key: "another card" }]).estimate.used_bytes).toBe(plain.estimate.used_bytes);
  });
  it("is bounded even where the file says otherwise", () => {
    expect(figure([{ ...learnt, memoryFactor: 40 }]).estimate.used_bytes).toBeCloseTo(
      1.25 * plain.estimate.used_bytes,
      0,
    );
    expect(figure([{ ...learnt, memoryFactor: Number.NaN }]).estimate.used_bytes).toBe(
      plain.estimate.used_bytes,
    );
  });
});
