/** Optimiser states, and what a step needs beside them. */
import type { Adapters } from "./adapters.ts";
import { OPTIMISER } from "./constants.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import { tablesTrained } from "./trained-tables.ts";

type Kind =
  /** Two states in int8 blocks (fp32 for small tensors and embeddings). */
  | { readonly states: "blockwise"; readonly bytes: number }
  /** States in the parameter's own type, so many of them. */
  | { readonly states: "native"; readonly count: number }
  /** States always in fp32. */
  | { readonly states: "fp32"; readonly count: number }
  | { readonly states: "factored" };

interface Optimiser {
  readonly kind: Kind;
  /** The step makes one more copy of the gradients (PyTorch's for-each form). */
  readonly copiesGradients: boolean;
  /** States live in pages that the driver may move to system memory. */
  readonly paged: boolean;
}

const adam8: Kind = { states: "blockwise", bytes: OPTIMISER.blockwise8bit };
const one8: Kind = { states: "blockwise", bytes: OPTIMISER.blockwise8bit / 2 };
const three8: Kind = { states: "blockwise", bytes: 1.5 * OPTIMISER.blockwise8bit };
const optimiser = (kind: Kind, copiesGradients = false, paged = false): Optimiser => ({
  kind,
  copiesGradients,
  paged,
});

/** The names of transformers' `optim` argument whose memory follows from their states. */
const OPTIMISERS: ReadonlyMap<string, Optimiser> = new Map([
  ["adamw_8bit", optimiser(adam8)],
  ["adamw_bnb_8bit", optimiser(adam8)],
  ["paged_adamw_8bit", optimiser(adam8, false, true)],
  ["adamw_torch_8bit", optimiser(adam8)],
  ["adamw_torch_4bit", optimiser({ states: "blockwise", bytes: OPTIMISER.blockwise8bit / 2 })],
  ["adamw_torch", optimiser({ states: "native", count: 2 }, true)],
  ["adamw_torch_fused", optimiser({ states: "native", count: 2 })],
  ["adamw_apex_fused", optimiser({ states: "fp32", count: 2 })],
  ["adamw_hf", optimiser({ states: "native", count: 2 }, true)],
  ["adamw_32bit", optimiser({ states: "fp32", count: 2 })],
  ["paged_adamw", optimiser({ states: "fp32", count: 2 }, false, true)],
  ["paged_adamw_32bit", optimiser({ states: "fp32", count: 2 }, false, true)],
  ["ademamix", optimiser({ states: "fp32", count: 3 })],
  ["ademamix_8bit", optimiser(three8)],
  ["paged_ademamix_32bit", optimiser({ states: "fp32", count: 3 }, false, true)],
  ["paged_ademamix_8bit", optimiser(three8, false, true)],
  ["lion_8bit", optimiser(one8)],
  ["lion_32bit", optimiser({ states: "fp32", count: 1 })],
  ["paged_lion_8bit", optimiser(one8, false, true)],
  ["paged_lion_32bit", optimiser({ states: "fp32", count: 1 }, false, true)],
  ["rmsprop", optimiser({ states: "native", count: 1 }, true)],
  ["rmsprop_bnb", optimiser({ states: "fp32", count: 1 })],
  ["rmsprop_bnb_8bit", optimiser(one8)],
  ["rmsprop_bnb_32bit", optimiser({ states: "fp32", count: 1 })],
  ["adagrad", optimiser({ states: "native", count: 1 }, true)],
  ["sgd", optimiser({ states: "native", count: 0 }, true)],
  ["adafactor", optimiser({ states: "factored" })],
  ["stable_adamw", optimiser({ states: "native", count: 2 }, true)],
  ["grokadamw", optimiser({ states: "native", count: 3 }, true)],
  ["schedule_free_adamw", optimiser({ states: "native", count: 2 }, true)],
  ["schedule_free_sgd", optimiser({ states: "native", count: 1 }, true)],
]);

export const knowsOptimiser = (name: string): boolean => OPTIMISERS.has(name);
export const isPaged = (name: string): boolean => OPTIMISERS.get(name)?.paged === true;

export interface OptimiserMemory {
  readonly states: number;
  /** Copies of gradients that a step makes. */
  readonly gradientCopies: 0 | 1;
}

/** @param setup its optimiser must be one of `knowsOptimiser`. */
export function optimiserMemory(shape: ModelShape, setup: Setup, adapted: Adapters): OptimiserMemory {
  const found = OPTIMISERS.get(setup.optimiser);
  if (!found) return { states: 0, gradientCopies: 0 };
  const states =
    setup.method === "full" ? fullStates(found.kind, shape, setup) : adapterStates(found.kind, adapted);
  return {
    states: states + trainedTables(found.kind, shape, setup),
    gradientCopies: found.copiesGradients ? 1 : 0,
  };
}

/** Adapters are fp32. */
function adapterStates(kind: Kind, adapted: Adapters): number {
  let bytes = 0;
  for (const { elements, count } of adapted.tensors) bytes += count * tensorStates(kind, elements, 4);
  return bytes;
}

function tensorStates(kind: Kind, elements: number, parameterBytes: number): number {
  switch (kind.states) {
    case "blockwise":
      return elements * (elements < OPTIMISER.blockwiseMinimum ? 8 : kind.bytes);
    case "native":
      return elements * kind.count * parameterBytes;
    case "fp32":
      return elements * kind.count * 4;
    case "factored":
      // A row and a column of fp32; the square root is the least that a matrix of this size needs.
      return 8 * Math.sqrt(elements);
  }
}

function fullStates(kind: Kind, shape: ModelShape, setup: Setup): number {
  const matrices = shape.parameters - shape.embedding - shape.norms;
  if (kind.states !== "blockwise")
    return (
      tensorStates(kind, matrices, setup.weightBytes) +
      tensorStates(kind, shape.embedding, setup.weightBytes) +
      tensorStates(kind, shape.norms, 4)
    );
  // bitsandbytes keeps the states of nn.Embedding in fp32, a tied head with it.
  const norms = shape.norms * (shape.hidden < OPTIMISER.blockwiseMinimum ? 8 : kind.bytes);
  return matrices * kind.bytes + shape.embedding * 8 + norms;
}

/** An embedding or head that is trained beside adapters (`modules_to_save`). */
function trainedTables(kind: Kind, shape: ModelShape, setup: Setup): number {
  const table = shape.vocab * shape.hidden;
  const { embedding, head } = tablesTrained(shape, setup);
  const embeddingStates =
    kind.states === "blockwise" ? 8 * table : tensorStates(kind, table, setup.weightBytes);
  return (embedding ? embeddingStates : 0) + (head ? tensorStates(kind, table, setup.weightBytes) : 0);
}
