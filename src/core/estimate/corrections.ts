/** What finished runs teach: a bounded factor for one kind of card, code path and library version. */
import type { Correction } from "../facts.ts";
import type { Card } from "./card.ts";
import { LIBRARY_VERSION, MODEL_VERSION } from "./constants.ts";
import { cardName } from "./gpus.ts";
import type { ModelSource } from "./model-source.ts";
import { runsHandKernels, type Setup } from "./setup.ts";

/** A finished run's figures beside what was estimated for it. */
export interface FinishedRun {
  readonly key: string;
  readonly estimatedBytes: number;
  readonly measuredBytes: number;
  readonly estimatedStepSeconds: number | null;
  readonly measuredStepSeconds: number | null;
}

/** Half to double would hide a broken estimate; a run may move a figure by so much only. */
const MEMORY_LIMITS = [0.8, 1.25] as const;
const TIME_LIMITS = [0.25, 4] as const;
/** The newest runs count. */
const WINDOW = 8;

/** Corrections hold for one card name, one path of code, one method and the versions of both sides. */
export function correctionKey(source: Pick<ModelSource, "shape">, setup: Setup, card: Card | null): string {
  const path = runsHandKernels(source.shape.path, setup) ? "A" : "B";
  return [
    card === null ? "no card" : cardName(card.name, card.total),
    path,
    setup.method,
    MODEL_VERSION,
    LIBRARY_VERSION,
  ].join(" · ");
}

export function correctionFor(
  corrections: readonly Correction[],
  source: Pick<ModelSource, "shape">,
  setup: Setup,
  card: Card | null,
): Correction | undefined {
  if (corrections.length === 0 || card === null) return undefined;
  const key = correctionKey(source, setup, card);
  const found = corrections.find((correction) => correction.key === key);
  return (
    found && {
      ...found,
      memoryFactor: within(found.memoryFactor, MEMORY_LIMITS),
      timeFactor: within(found.timeFactor, TIME_LIMITS),
    }
  );
}

/**
 * Corrections from finished runs, oldest first. The median of the newest ratios, so one odd run does not
 * move the figure; runs without a usable figure are left out.
 */
export function correctionsOf(runs: readonly FinishedRun[]): Correction[] {
  const byKey = new Map<string, FinishedRun[]>();
  for (const run of runs) {
    if (!(run.estimatedBytes > 0) || !(run.measuredBytes > 0)) continue;
    byKey.set(run.key, [...(byKey.get(run.key) ?? []), run]);
  }
  return [...byKey].map(([key, all]) => {
    const newest = all.slice(-WINDOW);
    const memory = newest.map((run) => run.measuredBytes / run.estimatedBytes);
    const time = newest.flatMap(({ measuredStepSeconds: measured, estimatedStepSeconds: estimated }) =>
      measured && estimated && measured > 0 && estimated > 0 ? [measured / estimated] : [],
    );
    return {
      key,
      memoryFactor: within(median(memory), MEMORY_LIMITS),
      timeFactor: within(time.length > 0 ? median(time) : 1, TIME_LIMITS),
      runs: newest.length,
    };
  });
}

export const correctionText = ({ runs }: Correction): string =>
  `Corrected by ${runs} ${runs === 1 ? "run" : "runs"} on this GPU.`;

const within = (value: number, [low, high]: readonly [number, number]): number =>
  Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : 1;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 1;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
