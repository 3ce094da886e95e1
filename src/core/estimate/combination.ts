/** Several settings together, where none is enough alone. */
import type { ResolvedConfig } from "../run/plan.ts";
import type { Aim } from "./aim.ts";
import type { Estimate } from "./estimate.ts";
import { KNOBS, type Turn } from "./knobs.ts";

export interface Combination {
  readonly turns: readonly Turn[];
  readonly after: Estimate;
}

/** Turns knob after knob until it is enough, then leaves out those that turn out not to be needed. */
export function combination(config: ResolvedConfig, aim: Aim): Combination | null {
  const turned: number[] = [];
  for (const index of KNOBS.keys()) {
    turned.push(index);
    const all = turn(config, aim, turned);
    if (!aim.reached(all.after)) continue;
    const needed = turned.filter((each) => !aim.reached(turn(config, aim, without(turned, each)).after));
    const least = turn(config, aim, needed);
    return aim.reached(least.after) ? least : all;
  }
  return null;
}

const without = (all: readonly number[], one: number): number[] => all.filter((each) => each !== one);

/** Each knob in turn, at the mildest notch that is enough or else the strongest that still helps. */
function turn(config: ResolvedConfig, aim: Aim, knobs: readonly number[]): Combination {
  let current = config;
  let after = aim.now;
  const turns: Turn[] = [];
  for (const index of knobs) {
    const chosen = strongest(aim, after, KNOBS[index]?.(current, aim.facts) ?? []);
    if (chosen === null) continue;
    turns.push(chosen.turn);
    current = chosen.turn.config;
    after = chosen.after;
    if (aim.reached(after)) break;
  }
  return { turns, after };
}

function strongest(aim: Aim, now: Estimate, turns: readonly Turn[]): { turn: Turn; after: Estimate } | null {
  let best: { turn: Turn; after: Estimate } | null = null;
  for (const each of turns) {
    const after = aim.figure(each.config);
    if (after === null || after.used_bytes >= (best?.after ?? now).used_bytes) continue;
    best = { turn: each, after };
    if (aim.reached(after)) break;
  }
  return best;
}
