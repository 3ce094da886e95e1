/** How far the truth may lie from the figure, and why, in sentences. */
import { isMeasured, type Card } from "./card.ts";
import { BAND, LIBRARY_VERSION, WEIGHTS, WIDEN } from "./constants.ts";
import { lossCode } from "./loss.ts";
import type { Memory } from "./memory.ts";
import type { ModelSource } from "./model-source.ts";
import { isPaged } from "./optimiser.ts";
import { runsHandKernels, type Setup } from "./setup.ts";
import { sizeClassBytes } from "./size-class.ts";

export interface Band {
  readonly low: number;
  readonly high: number;
  /** What was taken for granted or is not modelled. */
  readonly assumed: readonly string[];
}

/** One thing that the model does not cover: more memory by a share of the figure. */
interface Doubt {
  readonly share: number;
  readonly why: string;
}

export function band(source: ModelSource, setup: Setup, card: Card | null, memory: Memory): Band {
  const { used } = memory;
  const known = isMeasured(card);
  const width =
    BAND.base + (setup.method === "full" ? BAND.full : BAND.adapters) * used + (known ? 0 : BAND.context);
  const found = doubts(source, setup, card);
  const upward = found.reduce((sum, { share }) => sum + share, 0) * used;
  let low = used - width - downward(source, setup, memory);
  let high = used + width + upward + unknownKept(source, setup);
  if (source.from === "size") {
    const usual =
      setup.method === "full" ? null : sizeClassBytes(source.shape.parameters, setup.method === "qlora");
    low = Math.min(low - 0.25 * used, usual?.[0] ?? Number.POSITIVE_INFINITY);
    high = Math.max(high + 0.3 * used, usual?.[1] ?? 0);
  }
  return {
    low: Math.max(low, 0.5 * memory.weights.quantised + 0.5 * memory.weights.plain),
    high,
    assumed: [...source.assumed, ...found.map(({ why }) => why), `Holds for ${LIBRARY_VERSION}.`],
  };
}

/** Less than the figure is possible: pages of the optimiser in system memory, fewer 16-bit weights. */
function downward(source: ModelSource, setup: Setup, memory: Memory): number {
  return (isPaged(setup.optimiser) ? memory.optimiserStates : 0) + unknownKept(source, setup);
}

/** A dynamic repository whose share is a guess may keep nothing, or twice as much. */
function unknownKept(source: ModelSource, setup: Setup): number {
  const guessed = source.assumed.some((text) => text.includes("is not published"));
  return guessed && setup.method === "qlora"
    ? setup.kept * (setup.weightBytes - WEIGHTS.nf4BytesPerWeight)
    : 0;
}

function doubts({ shape, fourBit, from }: ModelSource, setup: Setup, card: Card | null): Doubt[] {
  const found: Doubt[] = [];
  const when = (applies: boolean, share: number, why: string): void => {
    if (applies) found.push({ share, why });
  };
  const qlora = setup.method === "qlora";
  when(
    !isMeasured(card),
    WIDEN.otherCard,
    `Measured on Hopper cards; on ${card?.name ?? "others"} attention and CUDA context may need more.`,
  );
  when(
    qlora && fourBit?.dynamic === true,
    WIDEN.dynamicRepository,
    `${fourBit?.repo ?? "The 4-bit repository"} keeps some weights in 16 bit; training it was not measured.`,
  );
  when(shape.experts !== null, WIDEN.experts, "Mixture of experts: one such model was measured.");
  when(
    shape.type.startsWith("gemma3"),
    WIDEN.gemma3,
    "Gemma 3: public runs used up to 29 % more on older versions.",
  );
  when(shape.type === "gemma2", WIDEN.gemma2, "Gemma 2 with soft-capped attention was measured once.");
  when(shape.hybrid, WIDEN.hybrid, "Layers that are not ordinary attention are counted as if they were.");
  when(shape.tower > 0, WIDEN.tower, "The vision tower's weights are counted; what images need is not.");
  when(
    from !== "size" && !runsHandKernels(shape.path, setup) && lossCode(shape, setup) === "unknown",
    WIDEN.otherFamily,
    `Which loss runs for ${shape.type} was not measured; the larger one is taken.`,
  );
  when(setup.dora, WIDEN.dora, "DoRA adds 40–60 %, not modelled.");
  when(setup.dropout > 0, WIDEN.dropout, "Dropout in adapters was measured once.");
  when(
    setup.trainsEmbedding || setup.trainsHead,
    WIDEN.trainedEmbedding,
    "A trained embedding or head was measured once.",
  );
  when(
    setup.objective === "dpo" || setup.objective === "kto",
    WIDEN.reference,
    "A reference adapter may be kept beside the trained one.",
  );
  when(
    setup.objective === "grpo",
    WIDEN.grpo,
    "GRPO: generation (and vLLM's share of the card) is not modelled.",
  );
  when(setup.strategy === "balanced", WIDEN.balanced, "Layers split over cards: the fullest card is shown.");
  when(
    setup.strategy === "ddp",
    0,
    `Every one of the ${setup.gpus} cards holds the whole model; the first card is shown.`,
  );
  when(
    setup.strategy === "ddp" && setup.method !== "qlora",
    WIDEN.ddpFull,
    "Several cards were measured with 4-bit adapters only.",
  );
  when(
    setup.activationBytes === 4 && setup.weightBytes === 2,
    WIDEN.ddpFull,
    "bf16 and fp16 are both off: activations are in fp32 and count double.",
  );
  when(isPaged(setup.optimiser), 0, "A paged optimiser may keep its state in system memory.");
  return found;
}
