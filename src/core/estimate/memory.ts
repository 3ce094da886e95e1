/**
 * Peak GPU memory of one training run, part by part. The parts are not at their maximum together, so the
 * peak is that of the worst phase, not a sum. Checked against measured runs in the tests.
 */
import { layerInputs, layerTotal, oneLayer, type LayerMemory } from "./activations.ts";
import { adapters, type Adapters } from "./adapters.ts";
import { contextBytes, cublasWorkspace, type Card } from "./card.ts";
import { fragmentation } from "./allocator.ts";
import { processContext } from "./context.ts";
import { lossCeiling, lossMemory, type LossMemory } from "./loss.ts";
import { optimiserMemory } from "./optimiser.ts";
import { phases, type Phases } from "./phases.ts";
import { offloads, runsHandKernels, type Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import { trainedTableBytes } from "./trained-tables.ts";
import { weights, type Weights } from "./weights.ts";

export interface Memory {
  readonly weights: Weights;
  readonly adapters: Adapters;
  /** fp32 adapters and trained copies of embedding or head. */
  readonly trained: number;
  readonly optimiserStates: number;
  readonly buffers: number;
  readonly gradients: number;
  readonly layer: LayerMemory;
  readonly inputs: number;
  readonly loss: LossMemory;
  readonly offloading: boolean;
  /** After loading; between steps. */
  readonly afterLoad: number;
  readonly steady: number;
  readonly phases: Phases;
  readonly allocated: number;
  readonly reserved: number;
  readonly context: number;
  readonly used: number;
  /** Beyond `used`: what a shorter micro-batch of the same run can need, because its loss runs in one piece. */
  readonly shorterBatches: number;
}

/** @param card null: the figures of the measured cards. */
export function memory(shape: ModelShape, setup: Setup, card: Card | null): Memory {
  const adapted = adapters(shape, setup);
  const loaded = weights(shape, setup);
  const tables = trainedTableBytes(shape, setup);
  const optimiser = optimiserMemory(shape, setup, adapted);
  const offloading = offloads(shape.hidden, shape.path, setup);
  const workspace = cublasWorkspace(card);
  const trained = 4 * adapted.parameters + tables;
  const reference = setup.referenceWeights ? loaded.quantised + loaded.plain : 0;
  const afterLoad = loaded.quantised + loaded.plain + reference + workspace;
  const buffers = workspace + sharedBuffers(shape, setup, adapted, offloading);
  const steady = afterLoad + trained + optimiser.states + buffers;
  const layer = oneLayer(shape, setup, adapted, card);
  const inputs = layerInputs(shape, setup, layer.attention, offloading);
  const free = Math.max(0, (card?.usable ?? Number.POSITIVE_INFINITY) - steady - contextBytes(card));
  const loss = lossMemory(shape, setup, card, free);
  const gradients =
    setup.method === "full" ? setup.weightBytes * shape.parameters : 4 * adapted.parameters + tables;
  const found = phases({
    shape,
    setup,
    afterLoad,
    loading: loaded.loading,
    steady,
    gradients,
    gradientCopies: optimiser.gradientCopies,
    layer,
    layerBytes: layerTotal(layer),
    inputs,
    loss: loss.bytes,
  });
  const nf4 = setup.method === "qlora" ? loaded.quantised : 0;
  const allocated = found.peak + (setup.strategy === "ddp" ? gradients : 0);
  const reserved = allocated + fragmentation(allocated, steady, nf4);
  const context = processContext(shape, setup, card, offloading);
  return {
    weights: loaded,
    adapters: adapted,
    trained,
    optimiserStates: optimiser.states,
    buffers,
    gradients,
    layer,
    inputs,
    loss,
    offloading,
    afterLoad,
    steady,
    phases: found,
    allocated,
    reserved,
    context,
    used: reserved + context,
    shorterBatches: Math.max(
      0,
      found.loss + lossCeiling(shape, setup, card, free, loss) - loss.bytes - found.peak,
    ),
  };
}

/** Buffers that stay between steps: scratch of the kernels, rope tables, staging of offloaded inputs, batch. */
function sharedBuffers(shape: ModelShape, setup: Setup, adapted: Adapters, offloading: boolean): number {
  const kernels = runsHandKernels(shape.path, setup);
  const { tokens: t, activationBytes: d } = setup;
  const rope = kernels ? 4 * shape.headDim * Math.max(shape.maxPositions, t) : 0;
  const staging = offloading ? 2 * t * shape.hidden * d : 0;
  const batch = 24 * t * setup.accumulation;
  return (kernels && setup.method === "qlora" ? scratch(shape, setup, adapted) : 0) + rope + staging + batch;
}

/** One shared 16-bit buffer for the weight in use; adapters with dropout do without. */
function scratch(shape: ModelShape, setup: Setup, adapted: Adapters): number {
  if (setup.dropout > 0) return 0;
  if (adapted.mlpParts === 3) return 2 * shape.hidden * shape.mlp;
  const fusedQkv = adapted.onQueryKeyValue && !shape.bias;
  return fusedQkv || adapted.onOutput ? 2 * shape.hidden * shape.heads * shape.headDim : 0;
}
