/** How far the truth may lie from the figure, and why, in sentences. */
import { isMeasured, type Card } from "./card.ts";
import { BAND, LIBRARY_VERSION, LOSS, WEIGHTS } from "./constants.ts";
import { doubts, lossIsUnknown } from "./doubts.ts";
import type { Memory } from "./memory.ts";
import type { ModelSource } from "./model-source.ts";
import { isPaged } from "./optimiser.ts";
import type { Setup } from "./setup.ts";
import { sizeClassBytes } from "./size-class.ts";

export interface Band {
  readonly low: number;
  readonly high: number;
  /** What was taken for granted or is not modelled. */
  readonly assumed: readonly string[];
}

export function band(source: ModelSource, setup: Setup, card: Card | null, memory: Memory): Band {
  const { used } = memory;
  const known = isMeasured(card);
  const width =
    BAND.base + (setup.method === "full" ? BAND.full : BAND.adapters) * used + (known ? 0 : BAND.context);
  const context = { source, setup, card };
  const found = doubts(context);
  let upward = 0;
  for (const { share } of found) upward += share * used;
  let low = used - width - downward(source, setup, memory);
  let high =
    used +
    width +
    upward +
    unknownKept(source, setup) +
    Math.max(memory.shorterBatches, unknownLoss(source, setup, memory));
  if (source.from === "size") {
    const usual =
      setup.method === "full" ? null : sizeClassBytes(source.shape.parameters, setup.method === "qlora");
    low = Math.min(low - 0.25 * used, usual?.[0] ?? Number.POSITIVE_INFINITY);
    high = Math.max(high + 0.3 * used, usual?.[1] ?? 0);
  }
  return {
    low: Math.max(low, 0.5 * memory.weights.quantised + 0.5 * memory.weights.plain),
    high,
    assumed: [
      ...source.assumed,
      ...found.map((doubt) => doubt.why(context)),
      `Holds for ${LIBRARY_VERSION}.`,
    ],
  };
}

/** Less than the figure is possible: pages of the optimiser in system memory, fewer 16-bit weights. */
function downward(source: ModelSource, setup: Setup, memory: Memory): number {
  return (isPaged(setup.optimiser) ? memory.optimiserStates : 0) + unknownKept(source, setup);
}

/** A dynamic repository whose share is a guess may keep nothing, or twice as much. */
function unknownKept(source: ModelSource, setup: Setup): number {
  if (!source.keptIsGuess || setup.method !== "qlora") return 0;
  return setup.kept * (setup.weightBytes - WEIGHTS.nf4BytesPerWeight);
}

/** A family whose loss nobody has looked at may make every logit at once. */
function unknownLoss(source: ModelSource, setup: Setup, memory: Memory): number {
  if (!lossIsUnknown({ source, setup })) return 0;
  return Math.max(0, LOSS.bytesPerLogit * setup.tokens * source.shape.vocab - memory.loss.bytes);
}
