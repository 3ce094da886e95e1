/** What the backward pass of one layer keeps alive, and the layer inputs that wait for it. */
import type { Adapters } from "./adapters.ts";
import { isMeasured, type Card } from "./card.ts";
import { COMPILED_MLP, CUDNN_BLOCK } from "./constants.ts";
import { runsHandKernels, type Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";

export interface LayerMemory {
  /** Hidden-size tensors: upstream gradient, output, attention input, residual, MLP input. */
  readonly residuals: number;
  readonly attention: number;
  readonly mlp: number;
  /** One weight in 16 bit again, part of `mlp`. */
  readonly dequantised: number;
}

export const layerTotal = (layer: LayerMemory): number => layer.residuals + layer.attention + layer.mlp;

export function oneLayer(shape: ModelShape, setup: Setup, adapted: Adapters, card: Card | null): LayerMemory {
  const { tokens: t, activationBytes: d } = setup;
  const onGateUp = adapted.mlpParts > 1 || setup.method === "full";
  const dequantised = dequantisedWeight(shape, setup, adapted);
  return {
    residuals: (onGateUp ? 5 : 4) * t * shape.hidden * d,
    attention: attentionMemory(shape, setup, adapted, card),
    mlp: mlpMemory(shape, setup, adapted, dequantised) + dropoutMemory(shape, setup),
    dequantised,
  };
}

/** Queries, keys, values, output and the log-sum-exp; padding where cuDNN does the attention. */
export function attentionMemory(
  shape: ModelShape,
  setup: Setup,
  adapted: Adapters,
  card: Card | null,
): number {
  const { tokens: t, activationBytes: d } = setup;
  const q = shape.heads * shape.headDim;
  const k = shape.kvHeads * shape.headDim;
  const kernels = runsHandKernels(shape.path, setup);
  const keysValues = setup.attention === "xformers" ? 2 * q : 2 * k;
  const output = setup.attention === "flash" || !(adapted.onOutput || setup.method === "full") ? 0 : q;
  const normed = kernels && shape.qkNorm ? q + k + (4 * (shape.heads + shape.kvHeads)) / d : 0;
  const usesCudnn = kernels && setup.attention === "sdpa" && isMeasured(card);
  const padding = usesCudnn ? setup.sequences * cudnnRows(t / setup.sequences) * d * (2 * q + 2 * k) : 0;
  return t * (d * (2 * q + keysValues + output + normed) + 4 * shape.heads) + padding;
}

const cudnnRows = (sequence: number): number => CUDNN_BLOCK - (Math.round(sequence) % CUDNN_BLOCK);

/**
 * 4 and 8 bit: the weight in use exists in 16 bit for a moment. With experts it is a whole layer's: three
 * times over where they are trained (measured once), the larger of the two tensors where not (assumed).
 */
function dequantisedWeight(shape: ModelShape, setup: Setup, adapted: Adapters): number {
  if (setup.method !== "qlora" && setup.method !== "lora8") return 0;
  const { experts } = shape;
  if (experts === null) return setup.weightBytes * shape.hidden * shape.mlp;
  if (adapted.onExperts) return (3 * setup.weightBytes * experts.parameters) / experts.layers;
  return setup.weightBytes * experts.count * 2 * shape.hidden * experts.width;
}

function mlpMemory(shape: ModelShape, setup: Setup, adapted: Adapters, dequantised: number): number {
  const { tokens: t, activationBytes: d, rank } = setup;
  const wide = t * shape.mlp * d;
  if (!runsHandKernels(shape.path, setup)) return compiledMlp(shape, setup) * wide + dequantised;
  if (adapted.mlpParts === 3)
    return 3 * wide + dequantised + 12 * rank * (shape.hidden + shape.mlp) + 4 * t * rank;
  return Math.max(6 * wide, 5 * wide + dequantised);
}

function compiledMlp(shape: ModelShape, setup: Setup): number {
  if (shape.type.startsWith("gemma3")) return COMPILED_MLP.gemma3;
  if (setup.method === "lora8") return COMPILED_MLP.int8;
  return setup.method === "qlora" ? COMPILED_MLP.qlora : COMPILED_MLP.other;
}

/** Measured once: dropout keeps masks and dropped copies of the inputs of all seven matrices. */
const dropoutMemory = (shape: ModelShape, setup: Setup): number =>
  setup.dropout > 0 && setup.method !== "full" ? setup.tokens * (6 * shape.hidden + 3 * shape.mlp) : 0;

/** Inputs of layers that wait for their backward pass. */
export function layerInputs(shape: ModelShape, setup: Setup, attention: number, offloading: boolean): number {
  const input = setup.tokens * shape.hidden * setup.activationBytes;
  if (setup.checkpointing === "none")
    return shape.layers * (4 * input + attention + 2 * setup.tokens * shape.mlp * setup.activationBytes);
  // Offloaded: the embedding's output, a leaf that lives the whole step, and the last layer's input stay.
  return offloading ? 2 * input : shape.layers * input;
}
