/** The moments at which memory can peak. */
import type { LayerMemory } from "./activations.ts";
import { TAIL_EXTRA } from "./constants.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import { TRAINED_TABLE_EXTRA, trainedTableBytes } from "./trained-tables.ts";

export type PhaseName = "load" | "loss" | "backward" | "step";

export interface Phases {
  readonly load: number;
  readonly loss: number;
  readonly backward: number;
  readonly step: number;
  readonly peak: number;
  readonly phase: PhaseName;
}

export interface PhaseInput {
  readonly shape: ModelShape;
  readonly setup: Setup;
  readonly afterLoad: number;
  readonly loading: number;
  readonly steady: number;
  readonly gradients: number;
  readonly gradientCopies: number;
  readonly layer: LayerMemory;
  readonly layerBytes: number;
  readonly inputs: number;
  readonly loss: number;
}

export function phases(at: PhaseInput): Phases {
  const load = at.afterLoad + at.loading;
  const accumulated = at.setup.accumulation > 1 ? at.gradients : 0;
  const hidden = at.setup.tokens * at.shape.hidden * at.setup.activationBytes;
  const loss = at.steady + accumulated + at.inputs + 3 * hidden + at.loss;
  const backward = backwardPeak(at, accumulated, hidden) + trainedTablesExtra(at);
  const step = at.steady + at.gradients * (1 + at.gradientCopies);
  const peak = Math.max(load, loss, backward, step);
  return { load, loss, backward, step, peak, phase: phaseOf(peak, { load, loss, backward, step }) };
}

function phaseOf(peak: number, of: Record<PhaseName, number>): PhaseName {
  if (peak === of.backward) return "backward";
  if (peak === of.loss) return "loss";
  return peak === of.step ? "step" : "load";
}

function backwardPeak(at: PhaseInput, accumulated: number, hidden: number): number {
  const { setup, shape, steady, gradients, layerBytes } = at;
  const full = setup.method === "full";
  const headGradient = full ? setup.weightBytes * shape.vocab * shape.hidden : 0;
  // The top layer runs first: most inputs waiting, few gradients made.
  const waiting =
    setup.checkpointing === "none"
      ? hidden + setup.tokens * shape.mlp * setup.activationBytes + at.layer.dequantised
      : layerBytes;
  const first = steady + Math.max(accumulated, headGradient) + at.inputs + waiting;
  // The bottom layer runs last: all gradients but its own and the embedding's.
  const made =
    setup.accumulation > 1
      ? gradients
      : gradients - gradients / shape.layers - (shape.tied ? 0 : headGradient);
  const last = steady + made + hidden + layerBytes;
  const again = shape.tied || setup.accumulation > 1 ? headGradient : 0;
  const tail = full ? steady + gradients + again + 3 * hidden + TAIL_EXTRA : 0;
  return Math.max(first, last, tail);
}

const trainedTablesExtra = (at: PhaseInput): number =>
  trainedTableBytes(at.shape, at.setup) > 0 ? TRAINED_TABLE_EXTRA : 0;
