/** Weights on the GPU after loading, and what loading needs for a moment. */
import { WEIGHTS } from "./constants.ts";
import type { Setup } from "./setup.ts";
import type { Linear, ModelShape } from "./shape.ts";

export interface Weights {
  /** Bytes of weights in 4 or 8 bit, with their scales. */
  readonly quantised: number;
  /** Bytes of weights in 16 bit (32 where the config says float32). */
  readonly plain: number;
  /** More than the result while loading. */
  readonly loading: number;
}

export function weights(shape: ModelShape, setup: Setup): Weights {
  const loaded = allWeights(shape, setup);
  return setup.offloadEmbedding === true
    ? { ...loaded, plain: loaded.plain - movableEmbedding(shape, setup) }
    : loaded;
}

/** Bytes that `offload_embedding` can move to system memory: a tied head is needed where it is. */
export const movableEmbedding = (shape: ModelShape, setup: Setup): number =>
  shape.tied || setup.method === "full" ? 0 : setup.weightBytes * shape.vocab * shape.hidden;

function allWeights(shape: ModelShape, setup: Setup): Weights {
  const wide = setup.weightBytes;
  switch (setup.method) {
    case "qlora": {
      const inFourBit = shape.quantisable - setup.kept;
      return {
        quantised: inFourBit * WEIGHTS.nf4BytesPerWeight + WEIGHTS.nf4BytesPerTensor * tensors(shape),
        plain: wide * (shape.parameters - inFourBit),
        loading: setup.prequantised ? 0 : wide * largestMatrix(shape),
      };
    }
    case "lora8":
      return {
        quantised: shape.quantisable + WEIGHTS.int8BytesPerRow * rows(shape),
        plain: wide * (shape.parameters - shape.quantisable),
        loading: wide * largestMatrix(shape),
      };
    case "lora16":
      return { quantised: 0, plain: wide * shape.parameters, loading: 0 };
    case "full":
      // Norms are kept in fp32.
      return { quantised: 0, plain: wide * shape.parameters + (4 - wide) * shape.norms, loading: 0 };
  }
}

const isQuantised = (linear: Linear): boolean => linear.part !== "mamba";

/** Experts are fused: one tensor for a layer's gates and ups, one for its downs. */
function tensors(shape: ModelShape): number {
  let count = shape.experts ? 2 * shape.experts.layers : 0;
  for (const linear of shape.linears)
    if (isQuantised(linear) && linear.part !== "expert") count += linear.count;
  return count;
}

function rows(shape: ModelShape): number {
  let count = 0;
  for (const linear of shape.linears) if (isQuantised(linear)) count += linear.outputs * linear.count;
  return count;
}

/** In weights: the tensor that is in 16 bit while it is being quantised. */
function largestMatrix(shape: ModelShape): number {
  const experts = shape.experts ? shape.experts.count * 2 * shape.hidden * shape.experts.width : 0;
  return Math.max(experts, shape.hidden * shape.mlp * (shape.experts ? 0 : 1));
}
