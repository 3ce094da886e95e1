/** Figures in words: one place for lens, hover, diagnostics and terminal. */
import { size } from "../units.ts";
import type { Estimate, Parts } from "./estimate.ts";

/** "$0.62", "$4.10", "$0.004" where cents would say nothing. */
export function money(usd: number): string {
  if (usd >= 100) return `$${Math.round(usd)}`;
  return usd >= 0.01 || usd === 0 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(1)}`;
}

/** "≈ 7.7 GB (7.4–8.0)" */
export function figureText(found: Pick<Estimate, "used_bytes" | "band_bytes">): string {
  const [low, high] = found.band_bytes.map(size);
  const unit = high?.slice(-3) ?? "";
  return `≈ ${size(found.used_bytes)} (${low?.endsWith(unit) ? low.slice(0, -3) : low}–${high?.slice(0, -3)}${low?.endsWith(unit) ? "" : unit})`;
}

/** The parts in the order of a reader: what is loaded, what is trained, what a step needs. */
export const PART_NAMES: readonly (readonly [keyof Parts, string])[] = [
  ["quantised_weights", "weights, 4 or 8 bit"],
  ["plain_weights", "weights, 16 bit"],
  ["adapters", "adapters"],
  ["optimiser", "optimiser"],
  ["buffers", "buffers"],
  ["activations", "activations and gradients"],
  ["allocator", "allocator"],
  ["context", "CUDA and libraries"],
];

export const PHASE_TEXT: Readonly<Record<Estimate["phase"], string>> = {
  load: "while loading",
  loss: "while computing the loss",
  backward: "in the backward pass",
  step: "in the optimiser step",
};
