/** When a change to a config is enough to fit a card. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { isCannot } from "./cannot.ts";
import type { Card } from "./card.ts";
import { estimate, type Estimate } from "./estimate.ts";

export interface Aim {
  readonly facts: Facts;
  readonly now: Estimate;
  /** null: no estimate. */
  figure(config: ResolvedConfig): Estimate | null;
  reached(found: Estimate): boolean;
}

/** A share of the card that a figure should leave. */
const SPARE = 0.03;

/**
 * Under the card with the figure; where that holds already, with the upper edge of the band. Doubts that
 * only point upward do not forbid a fix for a config that is far above.
 */
export function aimFor(config: ResolvedConfig, facts: Facts, card: Card): Aim | null {
  const figure = (of: ResolvedConfig): Estimate | null => {
    const found = estimate(of, { facts, card });
    return isCannot(found) ? null : found;
  };
  const under = ({ used_bytes: used }: Estimate): boolean => used < (1 - SPARE) * card.usable;
  const now = figure(config);
  if (now === null) return null;
  const reached = under(now) ? ({ band_bytes: [, high] }: Estimate) => high <= card.usable : under;
  return { facts, now, figure, reached };
}
