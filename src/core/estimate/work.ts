/** Floating-point operations of a training: what time follows from. */
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";

/** @param tokens real tokens of one micro-batch on average; @param sequence their length. */
export function microBatchFlops(shape: ModelShape, setup: Setup, tokens: number, sequence: number): number {
  const { forward, backward } = passes(setup);
  const matrices = 2 * activeParameters(shape) * tokens * (forward + backward);
  // Causal attention: half of the square, two products; its backward has five where a matrix has two.
  const attention = 2 * sequence * shape.heads * shape.headDim * shape.layers * tokens;
  return matrices + attention * (forward + 2.5);
}

/** Forward passes of the policy (and reference), and what the backward costs in forwards. */
function passes(setup: Setup): { forward: number; backward: number } {
  const again = setup.checkpointing === "none" ? 0 : 1;
  const reference = setup.objective === "dpo" || setup.objective === "kto" ? 1 : 0;
  // Frozen weights need no gradient of their own.
  return { forward: 1 + again + reference, backward: setup.method === "full" ? 2 : 1 };
}

/** Weights that one token meets: of the experts only those it is sent to; the head, not the embedding. */
function activeParameters(shape: ModelShape): number {
  const experts = shape.experts;
  const idle = experts ? experts.parameters * (1 - experts.perToken / experts.count) : 0;
  return shape.quantisable - idle + shape.vocab * shape.hidden;
}
