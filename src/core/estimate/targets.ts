/** The cards that a config could run on: those of this machine and Modal's, and the one it names. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { cardOfSpec, type Card } from "./card.ts";
import { cardOf, findGpu } from "./gpus.ts";
import { dollarsPerSecond, MODAL_PRICES, modalName, sandboxOf, type ModalPrices } from "./prices.ts";

export interface Target {
  /** named: asked about, wherever it is. */
  readonly where: "local" | "modal" | "named";
  /** Name to show; Modal's own names for its cards. */
  readonly name: string;
  /** Index of a local card. */
  readonly index: number | null;
  readonly card: Card;
  /** Name in the GPU catalogue. */
  readonly spec: string | null;
  readonly dollarsPerSecond: number | null;
}

export interface Targets {
  /** Where the config says that it runs; null: on this machine, whose cards are not known or absent. */
  readonly chosen: Target | null;
  readonly all: readonly Target[];
  readonly priceDate: string;
}

export function targetsOf(config: ResolvedConfig, facts: Facts, prices: ModalPrices = MODAL_PRICES): Targets {
  const local = localTargets(facts);
  const modal = modalTargets(config, prices);
  const chosen = config.compute.target === "modal" ? modalChoice(config, prices) : localChoice(config, local);
  return { chosen, all: [...local, ...modal], priceDate: prices.date };
}

function localTargets(facts: Facts): Target[] {
  return (facts.gpus ?? []).flatMap((fact) => {
    const card = cardOf(fact);
    if (card.total === 0) return [];
    const spec = findGpu(fact.name, fact.total)?.name ?? null;
    return { where: "local", name: card.name, index: fact.index, card, spec, dollarsPerSecond: null };
  });
}

/** auto: the largest card; several: the smallest of them, because each must hold its part. */
function localChoice(config: ResolvedConfig, local: readonly Target[]): Target | null {
  const { gpus } = config.compute.local;
  if (gpus === "auto") return extreme(local, (a, b) => b - a);
  const wanted = gpus === "all" ? local : local.filter(({ index }) => index !== null && gpus.includes(index));
  return extreme(wanted, (a, b) => a - b);
}

const extreme = (targets: readonly Target[], order: (a: number, b: number) => number): Target | null =>
  targets.toSorted((a, b) => order(a.card.usable, b.card.usable))[0] ?? null;

/** The count of the config's own GPU holds for the others too: "what if it were that card". */
function modalTargets(config: ResolvedConfig, prices: ModalPrices): Target[] {
  const count = modalCount(config);
  return Object.keys(prices.gpus).flatMap((name) => modalTarget(config, name, count, prices) ?? []);
}

function modalChoice(config: ResolvedConfig, prices: ModalPrices): Target | null {
  const gpu = config.compute.modal?.["gpu"];
  return typeof gpu === "string" ? modalTarget(config, gpu, modalCount(config), prices) : null;
}

export function modalTarget(
  config: ResolvedConfig,
  gpu: string,
  count: number,
  prices: ModalPrices = MODAL_PRICES,
): Target | null {
  const spec = findGpu(gpu);
  if (!spec) return null;
  return {
    where: "modal",
    name: modalName(gpu, prices) ?? gpu,
    index: null,
    card: cardOfSpec(spec),
    spec: spec.name,
    dollarsPerSecond: dollarsPerSecond(gpu, count, sandboxOf(config.compute.modal), prices),
  };
}

function modalCount(config: ResolvedConfig): number {
  const gpu = config.compute.modal?.["gpu"];
  const count = typeof gpu === "string" ? Number.parseInt(gpu.split(":")[1] ?? "1", 10) : 1;
  return Number.isFinite(count) && count > 0 ? count : 1;
}

/** A card asked for by name, on its own: no machine, no price unless Modal has it. */
export function targetByName(config: ResolvedConfig, name: string): Target | null {
  const spec = findGpu(name);
  if (!spec) return null;
  return {
    where: "named",
    name: spec.name,
    index: null,
    card: cardOfSpec(spec),
    spec: spec.name,
    dollarsPerSecond:
      modalName(name) === undefined ? null : dollarsPerSecond(name, 1, sandboxOf(config.compute.modal)),
  };
}
