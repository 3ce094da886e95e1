/** How far the truth may lie from the figure, and why, in sentences. */
import type { Facts } from "../facts.ts";
import { isMeasured, type Card } from "./card.ts";
import { BAND, LIBRARY_VERSION, LOSS, WEIGHTS } from "./constants.ts";
import { doubts, lossIsUnknown } from "./doubts.ts";
import type { Memory } from "./memory.ts";
import type { ModelSource } from "./model-source.ts";
import { isPaged } from "./optimiser.ts";
import type { Setup } from "./setup.ts";
import { sizeClassBytes } from "./size-class.ts";
import { movableEmbedding } from "./weights.ts";

export interface Band {
  readonly low: number;
  readonly high: number;
  /** What was taken for granted or is not modelled. */
  readonly assumed: readonly string[];
}

export interface BandInput {
  readonly source: ModelSource;
  readonly setup: Setup;
  readonly card: Card | null;
  readonly memory: Memory;
  /** Of the machine that trains, where it is known. */
  readonly platform: Facts["platform"];
}

export function band({ source, setup, card, memory, platform }: BandInput): Band {
  const { used } = memory;
  const known = isMeasured(card);
  const width =
    BAND.base + (setup.method === "full" ? BAND.full : BAND.adapters) * used + (known ? 0 : BAND.context);
  const context = { source, setup, card, platform, short: isShort(memory, card) };
  const found = doubts(context);
  let upward = 0;
  for (const { share } of found) upward += share * used;
  let low = used - width - downward(source, setup, memory, context.short);
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

/** Unsloth looks whether the card is short of memory; where it draws the line was not measured. */
const isShort = (memory: Memory, card: Card | null): boolean =>
  card !== null && memory.used > 0.9 * card.usable;

/** Less than the figure is possible: pages of the optimiser or the embedding in system memory, fewer 16-bit weights. */
function downward(source: ModelSource, setup: Setup, memory: Memory, short: boolean): number {
  const pages = isPaged(setup.optimiser) ? memory.optimiserStates : 0;
  const embedding = short && setup.offloadEmbedding === "auto" ? movableEmbedding(source.shape, setup) : 0;
  return pages + embedding + unknownKept(source, setup);
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
