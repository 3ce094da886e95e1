/** A card as an estimate sees it, from what the driver said or from the catalogue. */
import type { GpuFact } from "../facts.ts";
import { CONTEXT, CUBLAS_WORKSPACE, MIB, GIB, USABLE_SHARE } from "./constants.ts";

export interface Card {
  readonly name: string;
  /** Bytes that the driver reports. */
  readonly total: number;
  /** Bytes that a run can have in all, its own context included. */
  readonly usable: number;
  /** False: `usable` is a share of the total that holds for other cards. */
  readonly usableKnown: boolean;
  /** Held by others, our own runs left out. Information, never part of a verdict. */
  readonly held: number;
  /** CUDA compute capability; null: not known. */
  readonly capability: number | null;
}

/** An entry of the GPU catalogue. */
export interface GpuSpec {
  readonly name: string;
  readonly capability: number;
  readonly mib: number;
  /** Lowest figure that PyTorch printed for this card, where one is known. */
  readonly usable_gib?: number;
  readonly kind: string;
  /** Names that nvidia-smi prints. */
  readonly smi: readonly string[];
}

export function cardOfSpec(spec: GpuSpec): Card {
  const total = spec.mib * MIB;
  return {
    name: spec.name,
    total,
    usable: spec.usable_gib === undefined ? total * USABLE_SHARE : spec.usable_gib * GIB,
    usableKnown: spec.usable_gib !== undefined,
    held: 0,
    capability: spec.capability,
  };
}

/**
 * @param spec the catalogue's entry of this card, if it has one. A driver that tells no total (unified memory)
 * leaves the catalogue's; without either, `total` is 0 and nothing can be said about the card.
 */
export function cardOfFact(fact: GpuFact, spec: GpuSpec | undefined): Card {
  const total = fact.total > 0 ? fact.total : (spec?.mib ?? 0) * MIB;
  const printed = spec?.usable_gib === undefined ? undefined : Math.min(spec.usable_gib * GIB, total);
  const capability = fact.capability === null ? Number.NaN : Number.parseFloat(fact.capability);
  return {
    name: fact.name.replace(/^NVIDIA (GeForce )?/, ""),
    total,
    usable: fact.usable ?? printed ?? total * USABLE_SHARE,
    usableKnown: fact.usable !== null || printed !== undefined,
    held: Math.max(0, fact.used - fact.ours),
    capability: Number.isFinite(capability) ? capability : (spec?.capability ?? null),
  };
}

const isHopper = (card: Card | null): boolean =>
  card === null || card.capability === null || Math.trunc(card.capability) === 9;

/** Was this kind of card measured? Without a card the figures are those of the measured ones. */
export const isMeasured = isHopper;

export const cublasWorkspace = (card: Card | null): number =>
  card === null || card.capability === null || card.capability >= 9
    ? CUBLAS_WORKSPACE.hopper
    : CUBLAS_WORKSPACE.earlier;

/** Memory of the process outside PyTorch's allocator, before the first step. */
export function contextBytes(card: Card | null): number {
  if (isHopper(card)) return CONTEXT.hopper;
  if (card?.capability === 8.9) return CONTEXT.ada;
  if (card?.capability === 12) return CONTEXT.consumerBlackwell;
  return CONTEXT.other;
}

/** Does the card compute in bfloat16? Cards that are not known are taken to. */
export const hasBf16 = (card: Card | null): boolean => card?.capability == null || card.capability >= 8;
