import { notches } from "../core/estimate/notches.ts";
import { targetsOf } from "../core/estimate/targets.ts";
import type { Analysis } from "./analysis.ts";
import { runsOnCpu } from "./figure.ts";
import type { Remark } from "./remark.ts";

/** "+0.9 GB at 4096" behind the lines that move the peak on the card that the config runs on. */
export function memoryHints({ resolution, world: { facts } }: Analysis): Remark[] {
  const config = resolution.tentative;
  // On a CPU nobody looks at tenths of a GB.
  if (config === null || runsOnCpu(config, facts)) return [];
  const card = targetsOf(config, facts).chosen?.card ?? null;
  return notches(config, facts, card)
    .filter(({ path }) => resolution.originOf(path) === 0)
    .map(({ path, to, text }) => ({
      path,
      text,
      tooltip: `What the peak of GPU memory would change by with ${String(path.at(-1))} ${String(to)}.`,
    }));
}
