/** What a config asks of the memory model: numbers and switches, no names of files or models. */
import type { Method } from "../run/plan.ts";
import { OFFLOAD } from "./constants.ts";

export type WeightMethod = "qlora" | "lora8" | "lora16" | "full";

export interface Setup {
  readonly method: WeightMethod;
  readonly objective: Method;
  /** Rows of one micro-batch on one GPU. */
  readonly batch: number;
  /** Longest row that is used. */
  readonly sequence: number;
  /** Tokens of the largest micro-batch; pairs of DPO and ORPO counted twice. */
  readonly tokens: number;
  /** Sequences in those tokens. */
  readonly sequences: number;
  readonly accumulation: number;
  /** `max_seq_length`, which chooses the checkpointing. */
  readonly maxSequence: number;
  readonly checkpointing: "unsloth" | "plain" | "none";
  readonly optimiser: string;
  readonly rank: number;
  readonly targets: ReadonlySet<string> | "all-linear";
  /** Share of the layers that get adapters. */
  readonly layerShare: number;
  readonly dropout: number;
  readonly biases: boolean;
  readonly dora: boolean;
  readonly trainsEmbedding: boolean;
  readonly trainsHead: boolean;
  /** 16-bit weights of a dynamic 4-bit repository. */
  readonly kept: number;
  /** The weights are on disk as 4-bit: nothing is quantised while loading. */
  readonly prequantised: boolean;
  /** Bytes of an activation, and of a weight that is not quantised. */
  readonly activationBytes: number;
  readonly weightBytes: number;
  readonly paddingFree: boolean;
  readonly attention: "sdpa" | "flash" | "xformers";
  /** Does the input embedding move to system memory: always, when the card is short, never? */
  readonly offloadEmbedding: boolean | "auto";
  /** Share of the card that vLLM takes for generation. */
  readonly vllmShare: number;
  /** A reference model beside the trained one. */
  readonly referenceWeights: boolean;
  readonly gpus: number;
  readonly strategy: "single" | "ddp" | "balanced";
  /** UNSLOTH_CE_LOSS_N_CHUNKS, which also forces the older loss; null: not set. */
  readonly forcedLossChunks: number | null;
}

/** What an ordinary run with adapters has. */
export const PLAIN_SFT = {
  objective: "sft",
  layerShare: 1,
  dropout: 0,
  biases: false,
  dora: false,
  trainsEmbedding: false,
  trainsHead: false,
  kept: 0,
  prequantised: false,
  activationBytes: 2,
  weightBytes: 2,
  paddingFree: true,
  attention: "sdpa",
  offloadEmbedding: false,
  vllmShare: 0,
  referenceWeights: false,
  gpus: 1,
  strategy: "single",
  forcedLossChunks: null,
} as const satisfies Partial<Setup>;

/** Path A runs for adapters in 4 or 16 bit only. */
export const runsHandKernels = (path: "A" | "B", setup: Setup): boolean =>
  path === "A" && (setup.method === "qlora" || setup.method === "lora16");

/** Do layer inputs move to system memory between forward and backward? */
export function offloads(hidden: number, path: "A" | "B", setup: Setup): boolean {
  if (setup.checkpointing !== "unsloth" || setup.maxSequence < OFFLOAD.minimumSequence) return false;
  if (setup.strategy === "ddp" && !runsHandKernels(path, setup)) return false;
  return setup.tokens * hidden * setup.activationBytes > OFFLOAD.minimumInput;
}
