/** The whole answer for a config: memory, time, cost, and every card that it could run on. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { isCannot, type Cannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { detailed, type Estimate } from "./estimate.ts";
import { evaluationMemory, type Evaluation } from "./evaluation.ts";
import { modelSource, type ModelSource } from "./model-source.ts";
import { outputRows, type OutputRow } from "./outputs.ts";
import { stepsOf } from "./steps.ts";
import { targetsOf, type Target } from "./targets.ts";
import { speedOf } from "./throughput.ts";
import { timeOf, type Time } from "./time.ts";
import { verdict, type Verdict } from "./verdict.ts";

/** One card that the config could run on. */
export interface Fit {
  readonly name: string;
  readonly where: Target["where"];
  readonly index: number | null;
  readonly verdict: Verdict;
  readonly used_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
  /** What a run can have of the card, and how much the figure leaves. */
  readonly usable_bytes: number;
  readonly headroom_bytes: number;
  /** Held by others now: information. */
  readonly held_bytes: number;
  readonly seconds: number | null;
  readonly seconds_band: readonly [low: number, high: number] | null;
  readonly cost_usd: number | null;
  readonly cost_band: readonly [low: number, high: number] | null;
}

export interface RunEstimate extends Estimate, Time {
  readonly card: string | null;
  readonly steps: number | null;
  readonly rows: number | null;
  readonly cost_usd: number | null;
  readonly cost_band: readonly [low: number, high: number] | null;
  readonly price_date: string;
  readonly fits: readonly Fit[];
  readonly evaluation: Evaluation | null;
  readonly outputs: readonly OutputRow[];
  /** Finished runs on this card that the figure contains. */
  readonly corrected_by: number;
}

export interface RunEstimateOptions {
  readonly facts?: Facts;
  /** The card asked about, instead of the config's target. */
  readonly target?: Target;
}

export function runEstimate(config: ResolvedConfig, options: RunEstimateOptions = {}): RunEstimate | Cannot {
  const facts = options.facts ?? {};
  const source = modelSource(config, facts);
  if (isCannot(source)) return source;
  const targets = targetsOf(config, facts);
  const chosen = options.target ?? targets.chosen;
  const main = onCard(config, facts, source, chosen);
  if (isCannot(main)) return main;
  const named = chosen?.where === "named" ? [chosen] : [];
  const fits = [...named, ...targets.all].flatMap((target) => {
    const found = onCard(config, facts, source, target);
    return isCannot(found) ? [] : [fitOf(found, target)];
  });
  return {
    ...main.estimate,
    ...main.time,
    ...main.cost,
    ...main.rest,
    card: chosen?.card.name ?? null,
    price_date: targets.priceDate,
    fits,
  };
}

/** Seconds and dollars on the config's own card, without the table of all others; null where they cannot be told. */
export function expectedUse(
  config: ResolvedConfig,
  facts: Facts,
): Pick<RunEstimate, "seconds" | "seconds_band" | "cost_usd"> | null {
  const source = modelSource(config, facts);
  const { chosen } = targetsOf(config, facts);
  if (isCannot(source) || chosen === null) return null;
  const found = onCard(config, facts, source, chosen);
  if (isCannot(found)) return null;
  const { seconds, seconds_band } = found.time;
  return { seconds, seconds_band, cost_usd: found.cost.cost_usd };
}

interface OnCard {
  readonly estimate: Estimate;
  readonly time: Time;
  readonly cost: Pick<RunEstimate, "cost_usd" | "cost_band">;
  readonly rest: Pick<RunEstimate, "steps" | "rows" | "evaluation" | "outputs" | "corrected_by">;
}

/** The card whose speed was measured: for time where no card is named. */
const REFERENCE: Card = {
  name: "H100 SXM 80GB",
  total: 80 * 2 ** 30,
  usable: 79 * 2 ** 30,
  usableKnown: true,
  held: 0,
  capability: 9,
} as const;

function onCard(
  config: ResolvedConfig,
  facts: Facts,
  source: ModelSource,
  target: Target | null,
): OnCard | Cannot {
  const card: Card | null = target?.card ?? null;
  const found = detailed(config, { facts, card, source });
  if (isCannot(found)) return found;
  const { setup, memory } = found;
  const steps = stepsOf(config, setup, facts);
  const speed = speedOf(card ?? REFERENCE, target === null ? REFERENCE.name : target.spec, setup.method);
  const time = timeOf(config, source.shape, setup, memory, steps, speed, found.correction?.timeFactor ?? 1);
  const rate = target?.dollarsPerSecond ?? null;
  return {
    estimate: found.estimate,
    time,
    cost: {
      cost_usd: rate === null || time.seconds === null ? null : rate * time.seconds,
      cost_band:
        rate === null || time.seconds_band === null
          ? null
          : [rate * time.seconds_band[0], rate * time.seconds_band[1]],
    },
    rest: {
      steps: steps.steps,
      rows: steps.rows,
      evaluation: evaluationMemory(config, source.shape, setup, card, memory),
      outputs: outputRows(config, source, setup, memory),
      corrected_by: found.correction?.runs ?? 0,
    },
  };
}

function fitOf({ estimate: found, time, cost }: OnCard, target: Target): Fit {
  const [low, high] = found.band_bytes;
  return {
    name: target.name,
    where: target.where,
    index: target.index,
    verdict: verdict({ low, high }, target.card),
    used_bytes: found.used_bytes,
    band_bytes: found.band_bytes,
    usable_bytes: target.card.usable,
    headroom_bytes: target.card.usable - found.used_bytes,
    held_bytes: target.card.held,
    seconds: time.seconds,
    seconds_band: time.seconds_band,
    ...cost,
  };
}
