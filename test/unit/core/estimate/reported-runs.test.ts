import { describe, expect, it } from "vitest";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { cardOfSpec, type Card } from "../../../../src/core/estimate/card.ts";
import { detailed } from "../../../../src/core/estimate/estimate.ts";
import { findGpu } from "../../../../src/core/estimate/gpus.ts";
import { verdict } from "../../../../src/core/estimate/verdict.ts";
import { WEIGHTS } from "../../../../src/core/estimate/constants.ts";
import data from "../../../fixtures/estimate/reported-runs.json" with { type: "json" };
import { configOf, MODES } from "./configs.ts";

const GIB = 2 ** 30;
/** How far older versions may be off: other loss code, other attention. */
const TOLERANCE: Readonly<Record<number, number>> = { 2024: 0.25, 2025: 0.12, 2026: 0.08 };

type Run = (typeof data.runs)[number];

function cardOfRun(run: Run): Card {
  const spec = findGpu(run.gpu);
  if (!spec) throw new Error(`no card ${run.gpu}`);
  return { ...cardOfSpec(spec), usable: run.usable * GIB };
}

function estimated(run: Run) {
  const config = configOf({
    model: { name: run.model, max_seq_length: run.s, ...MODES[run.mode === "lora16" ? "lora16" : "qlora"] },
    lora: {
      r: run.r,
      ...("targets" in run ? { target_modules: run.targets as string[] | "all-linear" } : {}),
    },
    training: { per_device_train_batch_size: run.b, gradient_accumulation_steps: run.ga, optim: run.optim },
  });
  const found = detailed(config, { card: cardOfRun(run) });
  if (isCannot(found)) throw new Error(found.cannot);
  return found;
}

describe.each(data.runs)("$id: $model on $gpu ($year)", (run) => {
  const { estimate, memory, setup } = estimated(run);

  it("trains as many parameters", () => {
    expect(estimate.basis.trainable).toBe(run.trainable);
  });

  it("begins near what the run had reserved before training", () => {
    const steady = memory.steady / GIB;
    const sixteenBitMore = (setup.kept * (2 - WEIGHTS.nf4BytesPerWeight)) / GIB;
    expect(steady).toBeLessThanOrEqual(run.before * 1.05);
    expect(steady).toBeGreaterThanOrEqual(run.before * 0.88 - sixteenBitMore);
  });

  it("peaks near what the run reserved, or says why not and reaches it with the band", () => {
    const off = Math.abs(estimate.reserved_bytes / GIB / run.peak - 1);
    const within = off <= (TOLERANCE[run.year] ?? 0);
    const top = (estimate.band_bytes[1] - memory.context) / GIB;
    const bottom = (estimate.band_bytes[0] - memory.context) / GIB;
    expect(within || (bottom <= run.peak && run.peak <= top)).toBe(true);
    expect(estimate.assumed.join(" ")).toMatch(/Holds for unsloth 2026/);
  });

  it("never says that it does not fit: it ran", () => {
    const [low, high] = estimate.band_bytes;
    expect(verdict({ low, high }, cardOfRun(run))).not.toBe("does-not-fit");
  });
});
