/** Ways to make a config fit a card, cheapest in quality first, each with the figure it leads to. */
import type { Edit, Fix } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { duration, size } from "../units.ts";
import { aimFor, type Aim } from "./aim.ts";
import { isCannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { combination } from "./combination.ts";
import type { Estimate } from "./estimate.ts";
import { KNOBS, type Turn } from "./knobs.ts";
import { runEstimate } from "./run-estimate.ts";
import { money } from "./sentences.ts";

export interface MakeItFit {
  readonly fix: Fix;
  readonly used_bytes: number;
  readonly band_bytes: readonly [low: number, high: number];
}

/**
 * Every setting that is enough alone, else a combination; a bigger card comes last. None for a config that
 * fits with all of its band.
 */
export function makeItFit(config: ResolvedConfig, facts: Facts, card: Card): MakeItFit[] {
  const aim = aimFor(config, facts, card);
  if (aim === null || aim.reached(aim.now)) return [];
  const single = singles(config, aim);
  if (single.length > 0) return [...single, ...biggerCard(config, facts)];
  const several = combination(config, aim);
  return [...(several === null ? [] : [toFix(several.turns, several.after)]), ...biggerCard(config, facts)];
}

/** The mildest turn of each knob that is enough. */
function singles(config: ResolvedConfig, aim: Aim): MakeItFit[] {
  const found: MakeItFit[] = [];
  for (const knob of KNOBS) {
    for (const turn of knob(config, aim.facts)) {
      const after = aim.figure(turn.config);
      if (after === null || after.used_bytes >= aim.now.used_bytes || !aim.reached(after)) continue;
      found.push(toFix([turn], after));
      break;
    }
  }
  return found;
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
