/** Ways to make a config fit a card, cheapest in quality first, each with the figure it leads to. */
import type { Edit, Fix } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { duration, size } from "../units.ts";
import { isCannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { estimate, type Estimate } from "./estimate.ts";
import { KNOBS, type Turn } from "./knobs.ts";
import { runEstimate } from "./run-estimate.ts";
import { money } from "./sentences.ts";

export interface MakeItFit {
  readonly fix: Fix;
  readonly used_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
}

/** Fixes that bring the figure under what the card can give; a bigger card comes last. */
export function makeItFit(config: ResolvedConfig, facts: Facts, card: Card): MakeItFit[] {
  const now = figure(config, facts, card);
  if (now === null) return [];
  const single = singles(config, facts, card, now);
  const found = single.length > 0 ? single : combination(config, facts, card);
  return [...found, ...biggerCard(config, facts)];
}

const figure = (config: ResolvedConfig, facts: Facts, card: Card): Estimate | null => {
  const found = estimate(config, { facts, card });
  return isCannot(found) ? null : found;
};

/** Under the card with the base of the band: doubts that only point upward do not forbid a fix. */
const fits = (found: Estimate, card: Card): boolean => found.used_bytes < 0.97 * card.usable;

/** The mildest turn of each knob that is enough alone. */
function singles(config: ResolvedConfig, facts: Facts, card: Card, now: Estimate): MakeItFit[] {
  const found: MakeItFit[] = [];
  for (const knob of KNOBS) {
    for (const turn of knob(config, facts)) {
      const after = figure(turn.config, facts, card);
      if (after === null || after.used_bytes >= now.used_bytes || !fits(after, card)) continue;
      found.push(toFix([turn], after));
      break;
    }
  }
  return found;
}

/** Turns knob after knob until it fits, then leaves out those that turn out not to be needed. */
function combination(config: ResolvedConfig, facts: Facts, card: Card): MakeItFit[] {
  const turned: number[] = [];
  for (const [index] of KNOBS.entries()) {
    turned.push(index);
    if (apply(config, facts, card, turned)?.fits !== true) continue;
    const needed = turned.filter(
      (each) =>
        apply(
          config,
          facts,
          card,
          turned.filter((other) => other !== each),
        )?.fits !== true,
    );
    const least = apply(config, facts, card, needed);
    const all = apply(config, facts, card, turned);
    const best = least?.fits ? least : all;
    return best ? [toFix(best.turns, best.after)] : [];
  }
  return [];
}

interface Applied {
  readonly turns: readonly Turn[];
  readonly after: Estimate;
  readonly fits: boolean;
}

/** Each knob in turn, at the mildest notch that fits or else its strongest that still helps. */
function apply(config: ResolvedConfig, facts: Facts, card: Card, knobs: readonly number[]): Applied | null {
  let current = config;
  let after = figure(config, facts, card);
  if (after === null) return null;
  const turns: Turn[] = [];
  for (const index of knobs) {
    const chosen = bestTurn(facts, card, after, KNOBS[index]?.(current, facts) ?? []);
    if (chosen === null) continue;
    turns.push(chosen.turn);
    current = chosen.turn.config;
    after = chosen.after;
    if (fits(after, card)) break;
  }
  return { turns, after, fits: fits(after, card) };
}

function bestTurn(
  facts: Facts,
  card: Card,
  now: Estimate,
  turns: readonly Turn[],
): { turn: Turn; after: Estimate } | null {
  let best: { turn: Turn; after: Estimate } | null = null;
  for (const turn of turns) {
    const after = figure(turn.config, facts, card);
    if (after === null || after.used_bytes >= (best?.after ?? now).used_bytes) continue;
    best = { turn, after };
    if (fits(after, card)) break;
  }
  return best;
}

const toFix = (turns: readonly Turn[], after: Estimate): MakeItFit => ({
  fix: {
    title: `${turns.map(({ title }) => title).join(" + ")} (≈ ${size(after.used_bytes)})`,
    edits: lastOfEach(turns.flatMap(({ edits }) => edits)),
  },
  used_bytes: after.used_bytes,
  band_bytes: after.band_bytes,
});

/** Two turns may set one key: the later one holds. */
function lastOfEach(edits: readonly Edit[]): Edit[] {
  const byPath = new Map<string, Edit>();
  for (const edit of edits) if (edit.kind !== "text") byPath.set(edit.path.join("."), edit);
  return [...byPath.values()];
}

/** Modal's cheapest card that fits, priced for this run. */
function biggerCard(config: ResolvedConfig, facts: Facts): MakeItFit[] {
  const found = runEstimate(config, { facts });
  if (isCannot(found)) return [];
  const there = found.fits
    .filter((fit) => fit.where === "modal" && (fit.verdict === "fits" || fit.verdict === "far-below"))
    .filter((fit) => config.compute.target !== "modal" || fit.name !== config.compute.modal?.["gpu"])
    // Without a number of steps nothing is priced: the price list's own order holds.
    .toSorted((a, b) => (a.cost_usd ?? 0) - (b.cost_usd ?? 0));
  const [cheapest] = there;
  if (!cheapest) return [];
  const price =
    cheapest.cost_usd === null || cheapest.seconds === null
      ? size(cheapest.usable_bytes)
      : `≈ ${money(cheapest.cost_usd)}, ${duration(cheapest.seconds)}`;
  return [
    {
      fix: {
        title: `Run on Modal ${cheapest.name} (${price})`,
        edits: [
          { kind: "set", path: ["compute", "target"], value: "modal" },
          { kind: "set", path: ["compute", "modal", "gpu"], value: cheapest.name },
        ],
      },
      used_bytes: cheapest.used_bytes,
      band_bytes: cheapest.band_bytes,
    },
  ];
}
