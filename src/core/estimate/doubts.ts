/** What the model of memory does not cover or nobody measured: how much more it may be, and why. */
import type { Facts } from "../facts.ts";
import { hasBf16, isMeasured, type Card } from "./card.ts";
import { WEIGHTS, WIDEN } from "./constants.ts";
import { lossCode } from "./loss.ts";
import type { ModelSource } from "./model-source.ts";
import { isPaged } from "./optimiser.ts";
import type { Setup } from "./setup.ts";
import { movableEmbedding } from "./weights.ts";
import { size } from "../units.ts";

export interface DoubtContext {
  readonly source: ModelSource;
  readonly setup: Setup;
  readonly card: Card | null;
  readonly platform: Facts["platform"];
  /** The figure is near what the card can give, or above. */
  readonly short: boolean;
}

export interface Doubt {
  when(context: DoubtContext): boolean;
  /** Share of the figure by which the upper edge moves. */
  readonly share: number;
  why(context: DoubtContext): string;
}

/** Does the loss of this model's compiled code make every logit? Nobody looked. */
export const lossIsUnknown = ({
  source: { shape, from },
  setup,
}: Pick<DoubtContext, "source" | "setup">): boolean =>
  from !== "size" && lossCode(shape, setup) === "unknown";

/** source: these overflow in fp16. */
const FP32_WITHOUT_BF16 = /^(gemma3|gemma4|glm4_moe|gpt_oss|qwen3_5|qwen3_moe)/;

const qlora = ({ setup }: DoubtContext): boolean => setup.method === "qlora";

const doubt = (share: number, when: Doubt["when"], why: string | Doubt["why"]): Doubt => ({
  share,
  when,
  why: typeof why === "string" ? () => why : why,
});

const DOUBTS: readonly Doubt[] = [
  doubt(
    WIDEN.otherCard,
    ({ card }) => !isMeasured(card),
    ({ card }) =>
      `Measured on Hopper cards; on ${card?.name ?? "others"} attention and CUDA context may need more.`,
  ),
  doubt(
    WIDEN.windows,
    ({ platform }) => platform === "win32",
    "Windows has no expandable memory segments, so gaps between tensors take more.",
  ),
  doubt(
    WIDEN.fp32Family,
    ({ source, card }) => !hasBf16(card) && FP32_WITHOUT_BF16.test(source.shape.type),
    ({ source, card }) =>
      `${card?.name ?? "The card"} has no bf16, and ${source.shape.type} then computes in fp32.`,
  ),
  doubt(
    WIDEN.dynamicRepository,
    (at) => qlora(at) && at.source.fourBit?.dynamic === true,
    ({ source }) =>
      `${source.fourBit?.repo ?? ""} keeps some weights in 16 bit; training it was not measured.`,
  ),
  doubt(
    WIDEN.experts,
    ({ source }) => source.shape.experts !== null,
    "Mixture of experts: one such model was measured.",
  ),
  doubt(
    0,
    (at) => qlora(at) && at.source.shape.experts !== null,
    ({ source, setup }) => {
      const more = (source.shape.experts?.parameters ?? 0) * (setup.weightBytes - WEIGHTS.nf4BytesPerWeight);
      return `Experts are taken to be in 4 bit, as this version loads them; versions that keep them in 16 bit need ${size(more)} more.`;
    },
  ),
  doubt(
    WIDEN.gemma3,
    ({ source }) => source.shape.type.startsWith("gemma3"),
    "Gemma 3: public runs used up to 29 % more on older versions.",
  ),
  doubt(
    WIDEN.gemma2,
    ({ source }) => source.shape.type === "gemma2",
    "Gemma 2 with soft-capped attention was measured once.",
  ),
  doubt(
    WIDEN.hybrid,
    ({ source }) => source.shape.hybrid,
    "Layers that are not ordinary attention are counted as if they were.",
  ),
  doubt(
    WIDEN.tower,
    ({ source }) => source.shape.tower > 0,
    "The vision tower's weights are counted; what images need is not.",
  ),
  doubt(
    WIDEN.otherFamily,
    lossIsUnknown,
    ({ source }) =>
      `Which loss runs for ${source.shape.type} was not measured; the upper figure is for one that makes every logit at once.`,
  ),
  doubt(WIDEN.dora, ({ setup }) => setup.dora, "DoRA adds 40–60 %, not modelled."),
  doubt(WIDEN.dropout, ({ setup }) => setup.dropout > 0, "Dropout in adapters was measured once."),
  doubt(
    WIDEN.trainedEmbedding,
    ({ setup }) => setup.trainsEmbedding || setup.trainsHead,
    "A trained embedding or head was measured once.",
  ),
  doubt(
    WIDEN.reference,
    ({ setup }) => setup.objective === "dpo" || setup.objective === "kto",
    "A reference adapter may be kept beside the trained one.",
  ),
  doubt(
    WIDEN.grpo,
    ({ setup }) => setup.objective === "grpo",
    "GRPO: what generating answers needs beside vLLM's share is not modelled.",
  ),
  doubt(
    WIDEN.balanced,
    ({ setup }) => setup.strategy === "balanced",
    "Layers split over cards: the fullest card is shown.",
  ),
  doubt(
    0,
    ({ setup }) => setup.strategy === "ddp",
    ({ setup }) => `Every one of the ${setup.gpus} cards holds the whole model; the first card is shown.`,
  ),
  doubt(
    WIDEN.ddpOther,
    ({ setup }) => setup.strategy === "ddp" && setup.method !== "qlora",
    "Several cards were measured with 4-bit adapters only.",
  ),
  doubt(
    WIDEN.fp32Activations,
    ({ setup }) => setup.activationBytes === 4 && setup.weightBytes === 2,
    "bf16 and fp16 are both off: activations are in fp32 and count double.",
  ),
  doubt(
    0,
    ({ source, setup, short }) =>
      short && setup.offloadEmbedding === "auto" && movableEmbedding(source.shape, setup) > 0,
    "Where the card is short of memory, Unsloth may keep the embedding in system memory.",
  ),
  doubt(0, ({ setup }) => isPaged(setup.optimiser), "A paged optimiser may keep its state in system memory."),
];

export const doubts = (context: DoubtContext): Doubt[] => DOUBTS.filter((each) => each.when(context));
