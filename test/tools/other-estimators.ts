/**
 * What other public rules of thumb give for a measured run, for comparison only. Each is written from a
 * description of the rule, in bytes; null where the rule says nothing about such a run.
 */
import { GIB } from "../../src/core/estimate/constants.ts";
import type { Setup } from "../../src/core/estimate/setup.ts";
import type { ModelShape } from "../../src/core/estimate/shape.ts";
import { sizeClassBytes } from "../../src/core/estimate/size-class.ts";

const isAdapter = (setup: Setup): boolean => setup.method !== "full";

/** Unsloth Studio's back end (August 2026): a constant, weights, states, gradients, one layer's activations. */
export function studio(shape: ModelShape, setup: Setup, trainable: number): number {
  const rest = 2 * (shape.parameters - shape.quantisable);
  const weights = setup.method === "qlora" ? (shape.quantisable * 2) / 3.6 + rest : 2 * shape.parameters;
  const optimiser = trainable * (setup.optimiser === "adamw_torch" ? 6 : 4);
  const q = shape.heads * shape.headDim;
  const k = shape.kvHeads * shape.headDim;
  const activations = studioLayers(shape, setup) * setup.tokens * (q + 2 * k + 2 + 2 * shape.mlp) * 2 * 1.25;
  const floor = 0.15 * weights;
  const least = isAdapter(setup) ? Math.min(floor, Math.max(activations, optimiser)) : floor;
  const adapters = isAdapter(setup) ? 2 * trainable : 0;
  return 1.4 * GIB + weights + adapters + optimiser + Math.max(2 * trainable, least) + activations;
}

function studioLayers(shape: ModelShape, setup: Setup): number {
  if (setup.checkpointing === "none") return shape.layers;
  if (isAdapter(setup)) return 1;
  return setup.checkpointing === "plain" ? 2 : 1.5;
}

/** LLaMA-Factory's table: gigabytes a billion parameters, by method alone. */
export function llamaFactory(shape: ModelShape, setup: Setup): number {
  const perParameter = { qlora: 0.5, lora8: 1, lora16: 2, full: 8 }[setup.method];
  return perParameter * shape.parameters;
}

/** The middle of the usual range of the size class; nothing for full fine-tuning and 8 bit. */
export function sizeClass(shape: ModelShape, setup: Setup): number | null {
  if (setup.method === "full" || setup.method === "lora8") return null;
  const range = sizeClassBytes(shape.parameters, setup.method === "qlora");
  return range === null ? null : (range[0] + range[1]) / 2;
}
