import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allModels } from "../../../../src/core/estimate/catalog.ts";
import { OPTIMISER } from "../../../../src/core/estimate/constants.ts";
import { isCannot } from "../../../../src/core/estimate/cannot.ts";
import { detailed, estimate, type Detailed } from "../../../../src/core/estimate/estimate.ts";
import { makeItFit } from "../../../../src/core/estimate/fixes.ts";
import { findGpu, GPUS } from "../../../../src/core/estimate/gpus.ts";
import { cardOfSpec, type Card } from "../../../../src/core/estimate/card.ts";
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import { configOf, MODES } from "./configs.ts";

const ids = allModels()
  .filter(({ family }) => family !== "not_modelled")
  .map(({ id }) => id);

const configs: fc.Arbitrary<ResolvedConfig> = fc
  .record({
    name: fc.constantFrom(...ids),
    mode: fc.constantFrom(...(Object.keys(MODES) as (keyof typeof MODES)[])),
    batch: fc.integer({ min: 1, max: 16 }),
    sequence: fc.integer({ min: 16, max: 65_536 }),
    accumulation: fc.integer({ min: 1, max: 8 }),
    rank: fc.integer({ min: 1, max: 256 }),
    checkpointing: fc.constantFrom("unsloth" as const, true, false),
    optim: fc.constantFrom(
      "adamw_8bit",
      "adamw_torch",
      "adamw_torch_fused",
      "paged_adamw_8bit",
      "adafactor",
      "sgd",
    ),
    packing: fc.boolean(),
  })
  .map(({ name, mode, batch, sequence, accumulation, rank, checkpointing, optim, packing }) =>
    configOf({
      model: { name, max_seq_length: sequence, use_gradient_checkpointing: checkpointing, ...MODES[mode] },
      lora: mode === "full" ? null : { r: rank, target_modules: "all-linear" },
      training: {
        per_device_train_batch_size: batch,
        gradient_accumulation_steps: accumulation,
        optim,
        packing,
      },
    }),
  );
const cards = fc.constantFrom(null, ...GPUS.map(cardOfSpec));

function detail(config: ResolvedConfig, card: Card | null): Detailed {
  const found = detailed(config, { card });
  if (isCannot(found)) throw new Error(found.cannot);
  return found;
}

const used = (config: ResolvedConfig, card: Card | null): number => detail(config, card).estimate.used_bytes;

/**
 * Which code runs. Where it changes, Unsloth itself needs less for more: the loss switches to smaller
 * pieces, layer inputs move to system memory, tensors become large enough for 8-bit states.
 */
function code({ memory, setup }: Detailed): string {
  const { loss, offloading, adapters } = memory;
  const in32Bit = adapters.tensors.filter(({ elements }) => elements < OPTIMISER.blockwiseMinimum).length;
  return [loss.form, loss.chunks, offloading, setup.maxSequence < 512, in32Bit].join();
}

/** A byte of rounding. */
const SAME = 1;

const fullFineTuning = (tokens: number) =>
  detail(
    configOf({
      model: { name: "qwen3-0.6b", max_seq_length: tokens, ...MODES.full },
      lora: null,
      training: { per_device_train_batch_size: 1, gradient_accumulation_steps: 1 },
    }),
    null,
  ).estimate;

describe("an estimate", () => {
  it("never falls with rank, batch, sequence, accumulation", () => {
    let compared = 0;
    fc.assert(
      fc.property(configs, cards, fc.integer({ min: 1, max: 64 }), (config, card, more) => {
        const now = detail(config, card);
        const { model, training, lora } = config;
        const larger: ResolvedConfig[] = [
          { ...config, model: { ...model, max_seq_length: model.max_seq_length + more } },
          {
            ...config,
            training: {
              ...training,
              per_device_train_batch_size: training.per_device_train_batch_size + more,
            },
          },
          {
            ...config,
            training: {
              ...training,
              gradient_accumulation_steps: training.gradient_accumulation_steps + more,
            },
          },
          ...(lora ? [{ ...config, lora: { ...lora, r: lora.r + more } }] : []),
        ];
        for (const next of larger) {
          const after = detail(next, card);
          if (code(after) !== code(now)) continue;
          compared++;
          expect(after.estimate.used_bytes).toBeGreaterThanOrEqual(now.estimate.used_bytes - SAME);
        }
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it("reaches up to what shorter micro-batches of the same run need", () => {
    const [shorter, longer] = [fullFineTuning(1500), fullFineTuning(1600)];
    expect(shorter.used_bytes).toBeGreaterThan(longer.used_bytes);
    expect(longer.band_bytes[1]).toBeGreaterThan(shorter.used_bytes);
  });

  it("lies in its own band, is finite, and its parts add up", () => {
    fc.assert(
      fc.property(configs, cards, (config, card) => {
        const found = estimate(config, { card });
        if (isCannot(found)) throw new Error(found.cannot);
        const [low, high] = found.band_bytes;
        expect(low).toBeGreaterThan(0);
        expect(low).toBeLessThanOrEqual(found.used_bytes);
        expect(high).toBeGreaterThanOrEqual(found.used_bytes);
        expect(Number.isFinite(high)).toBe(true);
        expect(found.allocated_bytes).toBeLessThanOrEqual(found.reserved_bytes);
        expect(found.reserved_bytes).toBeLessThanOrEqual(found.used_bytes);
        const parts = Object.values(found.parts);
        expect(parts.every((part) => part >= 0)).toBe(true);
        expect(parts.reduce((sum, part) => sum + part, 0) / found.used_bytes).toBeCloseTo(1, 9);
      }),
      { numRuns: 400 },
    );
  });

  it("offers only fixes that lower it, and their figures are what the config then gives", () => {
    const small = ["RTX 3060 12GB", "T4", "RTX 4090", "A100 40GB"]
      .flatMap((name) => findGpu(name) ?? [])
      .map(cardOfSpec);
    fc.assert(
      fc.property(configs, fc.constantFrom(...small), (config, card) => {
        const now = used(config, card);
        for (const { fix, used_bytes: after } of makeItFit(config, {}, card)) {
          if (fix.title.startsWith("Run on Modal")) continue;
          expect(after, fix.title).toBeLessThan(now);
          expect(after, fix.title).toBeLessThan(card.usable);
          expect(fix.edits.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 150 },
    );
  });
});
