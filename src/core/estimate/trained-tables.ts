/** Embedding and head trained in full beside adapters: a copy, its gradient, its states. */
import { MIB } from "./constants.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";

/** measured once (a 1B model with a tied head): beside copy, states and gradient. */
export const TRAINED_TABLE_EXTRA = 200 * MIB;

/** A tied head is the embedding. */
export function tablesTrained(shape: ModelShape, setup: Setup): { embedding: boolean; head: boolean } {
  if (setup.method === "full") return { embedding: false, head: false };
  return {
    embedding: setup.trainsEmbedding || (shape.tied && setup.trainsHead),
    head: setup.trainsHead && !shape.tied,
  };
}

export function trainedTableElements(shape: ModelShape, setup: Setup): number {
  const { embedding, head } = tablesTrained(shape, setup);
  return (Number(embedding) + Number(head)) * shape.vocab * shape.hidden;
}

/** Bytes of the trainable copies; their gradients need as much again. */
export const trainedTableBytes = (shape: ModelShape, setup: Setup): number =>
  setup.weightBytes * trainedTableElements(shape, setup);
