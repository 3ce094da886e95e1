/** The measured runs as setups of the memory model. */
import { findModel } from "../../../../src/core/estimate/catalog.ts";
import type { Card } from "../../../../src/core/estimate/card.ts";
import { PLAIN_SFT, type Setup, type WeightMethod } from "../../../../src/core/estimate/setup.ts";
import { shapeOf, type ModelShape } from "../../../../src/core/estimate/shape.ts";
import data from "../../../fixtures/estimate/measured-runs.json" with { type: "json" };

export type MeasuredRun = (typeof data.points)[number];
export const MEASURED_RUNS: readonly MeasuredRun[] = data.points;

/** The card they ran on: 140.4 GiB by the driver. */
export const H200: Card = {
  name: "H200",
  total: 143_771 * 2 ** 20,
  usable: 143_771 * 2 ** 20 * 0.983,
  usableKnown: false,
  held: 0,
  capability: 9,
};

export function shapeOfRun(run: MeasuredRun): ModelShape {
  const found = findModel(run.model);
  if (!found) throw new Error(`no model ${run.model}`);
  const { vision: _, ...textOnly } = found.model;
  return shapeOf(textOnly);
}

export function setupOfRun(run: MeasuredRun): Setup {
  return {
    ...PLAIN_SFT,
    method: run.method as WeightMethod,
    batch: run.b,
    sequence: run.s,
    tokens: run.b * run.s,
    sequences: run.b,
    accumulation: run.ga,
    maxSequence: run.s,
    checkpointing: run.gc === "true" ? "plain" : (run.gc as "unsloth" | "none"),
    optimiser: run.optim,
    rank: run.r ?? 0,
    targets: new Set(run.targets ?? []),
    forcedLossChunks: run.n_chunks ?? null,
  };
}
