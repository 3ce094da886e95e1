/** The loss phase: how much of the logits exists at a time. Three forms, chosen as Unsloth 2026.10 does. */
import { hasBf16, type Card } from "./card.ts";
import { LOSS } from "./constants.ts";
import { runsHandKernels, type Setup } from "./setup.ts";
import type { ModelShape } from "./shape.ts";
import { tablesTrained } from "./trained-tables.ts";

export interface LossMemory {
  readonly bytes: number;
  readonly form: "rows" | "tiles" | "older";
  /** Chunks of the older form. */
  readonly chunks: number | null;
}

/** @param free bytes of the card that are neither weights nor context when training begins. */
export function lossMemory(shape: ModelShape, setup: Setup, card: Card | null, free: number): LossMemory {
  const headTrains = trainsHead(shape, setup);
  if (setup.forcedLossChunks !== null) return older(shape, setup, headTrains, free);
  switch (lossCode(shape, setup)) {
    case "fused":
      return fused(shape, setup, card, headTrains, free);
    case "older":
      return older(shape, setup, headTrains, free);
    case "unknown": {
      const both = [
        fused(shape, setup, card, headTrains, free),
        older(shape, setup, headTrains, free),
      ] as const;
      return both[0].bytes > both[1].bytes ? both[0] : both[1];
    }
  }
}

/** Families whose loss was seen on the compiled path. */
const FUSED_ON_B = new Set(["gemma3", "gemma3_text", "granite"]);
const OLDER_ON_B = new Set(["llama", "mistral", "qwen2", "qwen3", "smollm3", "olmo2"]);

export function lossCode(shape: ModelShape, setup: Setup): "fused" | "older" | "unknown" {
  if (runsHandKernels(shape.path, setup) || FUSED_ON_B.has(shape.type)) return "fused";
  return OLDER_ON_B.has(shape.type) ? "older" : "unknown";
}

function fused(
  shape: ModelShape,
  setup: Setup,
  card: Card | null,
  headTrains: boolean,
  free: number,
): LossMemory {
  const { hidden: h, vocab: v } = shape;
  const n = setup.tokens - setup.sequences;
  const headGradient = headTrains ? 2 * v * h : 0;
  const tiles = !headTrains && v > LOSS.tileVocabulary && hasBf16(card);
  const smallCard = card !== null && card.total <= LOSS.tileAlwaysBelow;
  if (tiles && (n >= LOSS.tileRows || smallCard)) {
    const rows = Math.min(LOSS.rowsMaximum, n);
    const pieces = Math.ceil(v / LOSS.tile);
    return {
      bytes: LOSS.bytesPerLogit * rows * LOSS.tile + 6 * rows * h + 32 * rows * pieces,
      form: "tiles",
      chunks: null,
    };
  }
  const least = Math.max(powerBelow((LOSS.rowsMinimum * LOSS.referenceVocabulary) / v), LOSS.rowsMinimum);
  const wanted = Math.min(Math.max(powerBelow((n * h) / v), least), LOSS.rowsMaximum, n);
  const rows = Math.min(wanted, Math.max(1, Math.floor(Math.min(LOSS.rowBytesLimit, free / 2) / (4 * v))));
  return {
    bytes: LOSS.bytesPerLogit * rows * v + LOSS.bytesPerRowHidden * rows * h + headGradient,
    form: "rows",
    chunks: null,
  };
}

function older(shape: ModelShape, setup: Setup, headTrains: boolean, free: number): LossMemory {
  const { hidden: h, vocab: v } = shape;
  const t = setup.tokens;
  const chunks = setup.forcedLossChunks ?? olderChunks(shape, setup, headTrains, free);
  const rows = Math.ceil(t / chunks);
  const headGradient = headTrains ? 4 * v * h : 0;
  return { bytes: LOSS.bytesPerLogit * rows * v + 2 * rows * h + headGradient, form: "older", chunks };
}

function olderChunks(shape: ModelShape, setup: Setup, headTrains: boolean, free: number): number {
  const left = olderRoomLeft(shape, setup, headTrains, free);
  const exact = (LOSS.olderBytesPerLogit * setup.tokens * shape.vocab) / left;
  return exact <= 1 ? 1 : Math.min(setup.tokens, 4 * Math.ceil(exact / 4));
}

/** What the older loss thinks it may use. What it needs besides logits is ignored where it exceeds the room. */
function olderRoomLeft(shape: ModelShape, setup: Setup, headTrains: boolean, free: number): number {
  const room = Math.min(LOSS.olderRoom, free / 2);
  const fixed = setup.tokens * shape.hidden * 2 + (headTrains ? 4 * shape.vocab * shape.hidden : 0);
  return Math.max(1, fixed < room ? room - fixed : room);
}

/**
 * The most that any micro-batch of up to so many tokens can need. Both forms switch to smaller pieces as
 * batches grow, so a batch just below a switch needs more than a larger one.
 */
export function lossCeiling(
  shape: ModelShape,
  setup: Setup,
  card: Card | null,
  free: number,
  at: LossMemory,
): number {
  if (setup.forcedLossChunks !== null) return at.bytes;
  const shorter = (tokens: number): number => {
    const smaller = {
      ...setup,
      tokens: Math.min(setup.tokens, Math.max(setup.sequences, Math.floor(tokens))),
    };
    return lossMemory(shape, smaller, card, free).bytes;
  };
  const headTrains = trainsHead(shape, setup);
  const onePiece = olderRoomLeft(shape, setup, headTrains, free) / (LOSS.olderBytesPerLogit * shape.vocab);
  return Math.max(at.bytes, shorter(onePiece), shorter(LOSS.tileRows - 1 + setup.sequences));
}

function trainsHead(shape: ModelShape, setup: Setup): boolean {
  const tables = tablesTrained(shape, setup);
  return setup.method === "full" || tables.head || (shape.tied && tables.embedding);
}

/** Largest power of two not above. */
const powerBelow = (value: number): number => (value < 1 ? 1 : 2 ** Math.floor(Math.log2(value)));
