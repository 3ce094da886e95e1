/** Memory of the process outside PyTorch's allocator: CUDA context, libraries, communication, generation. */
import { contextBytes, type Card } from "./card.ts";
import { CONTEXT } from "./constants.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";

/** Of the fullest card when there are several. */
export function processContext(
  shape: ModelShape,
  setup: Setup,
  card: Card | null,
  offloading: boolean,
): number {
  let bytes = contextBytes(card) + CONTEXT.firstStep;
  if (offloading) bytes += CONTEXT.offload;
  if (setup.method === "lora8") bytes += CONTEXT.int8;
  if (shape.type.startsWith("gemma3")) bytes += CONTEXT.gemma3;
  if (setup.strategy === "ddp") bytes += CONTEXT.nccl + CONTEXT.furtherRank * (setup.gpus - 1);
  // vLLM takes its share of the whole card, whatever the rest needs.
  return bytes + setup.vllmShare * (card?.usable ?? 0);
}
