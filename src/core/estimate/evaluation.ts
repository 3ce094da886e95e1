/** Memory while evaluating: no gradients and no waiting inputs, but for some families every logit. */
import type { ResolvedConfig } from "../run/plan.ts";
import { layerTotal } from "./activations.ts";
import { fragmentation } from "./allocator.ts";
import type { Card } from "./card.ts";
import { lossCode, lossMemory } from "./loss.ts";
import type { Memory } from "./memory.ts";
import type { Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";

export interface Evaluation {
  readonly used_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
  readonly batch: number;
  readonly tokens: number;
  /** Every logit of the batch exists at once: the batch is what moves the figure. */
  readonly logits: boolean;
}

/** Bytes a logit where they are all made: 16 bit, and 16 bit beside fp32. */
const LOGIT_BYTES = [4, 6] as const;

/** null: the run does not evaluate. */
export function evaluationMemory(
  config: ResolvedConfig,
  shape: ModelShape,
  setup: Setup,
  card: Card | null,
  training: Memory,
): Evaluation | null {
  if (config.training.eval_strategy === "no") return null;
  const batch = config.training.per_device_eval_batch_size;
  const tokens = Math.round((setup.tokens / setup.batch) * batch);
  const asEval: Setup = { ...setup, batch, tokens, sequences: (setup.sequences / setup.batch) * batch };
  const logits = lossCode(shape, setup) === "unknown";
  const free = (card?.usable ?? Number.POSITIVE_INFINITY) - training.steady;
  const loss = logits
    ? LOGIT_BYTES[0] * tokens * shape.vocab
    : lossMemory(shape, asEval, card, Math.max(0, free)).bytes;
  const hidden = tokens * shape.hidden * setup.activationBytes;
  // A forward pass keeps about half of what the backward of one layer does.
  const pass = (layerTotal(training.layer) - training.layer.dequantised) * (tokens / setup.tokens) * 0.5;
  const allocated = training.steady + Math.max(pass + training.layer.dequantised, 3 * hidden + loss);
  const nf4 = setup.method === "qlora" ? training.weights.quantised : 0;
  const used = allocated + fragmentation(allocated, training.steady, nf4) + training.context;
  const width = 150 * 2 ** 20 + 0.05 * used;
  const more = logits ? (LOGIT_BYTES[1] - LOGIT_BYTES[0]) * tokens * shape.vocab : 0;
  return { used_bytes: used, band_bytes: [used - width, used + width + more], batch, tokens, logits };
}
