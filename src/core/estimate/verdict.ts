/** Does it fit a card? Against what a run can have of it; what others hold is information. */
import type { Card } from "./card.ts";

export type Verdict = "does-not-fit" | "tight" | "fits" | "far-below";

/** Less than this share of the card needed even at the upper edge: room for more. */
const FAR_BELOW = 0.4;

export function verdict(edges: { readonly low: number; readonly high: number }, card: Card): Verdict {
  if (edges.low > card.usable) return "does-not-fit";
  if (edges.high > card.usable) return "tight";
  return edges.high < FAR_BELOW * card.usable ? "far-below" : "fits";
}
