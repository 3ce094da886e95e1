/** What a run was expected to need, from the record that its launcher kept (`estimate` of `run.json`). */
import { inEnglish, type Say } from "../say.ts";
import { duration, size } from "../units.ts";

type Estimate = Readonly<Record<string, unknown>> | null;

const figure = (estimate: Estimate, key: string): number | null => {
  const value = estimate?.[key];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

/** Peak of memory with its band, bytes; null when nothing was estimated. */
export function estimateBand(estimate: Estimate): readonly [number, number] | null {
  const low = figure(estimate, "low");
  const high = figure(estimate, "high");
  return low === null || high === null ? null : [low, high];
}

/** Seconds, and dollars where it is paid for. */
export const estimateSeconds = (estimate: Estimate): number | null => figure(estimate, "seconds");
export const estimateDollars = (estimate: Estimate): number | null => figure(estimate, "cost_usd");

/** "≈ 7.4 GB–8.0 GB · ≈ 12 min · ≈ $0.21"; null when nothing was estimated. */
export function estimateLine(estimate: Estimate, say: Say = inEnglish): string | null {
  const band = estimateBand(estimate);
  const seconds = estimateSeconds(estimate);
  const dollars = estimateDollars(estimate);
  const parts = [
    band === null ? null : `≈ ${size(band[0])}–${size(band[1])}`,
    seconds === null ? null : `≈ ${duration(seconds)}`,
    dollars === null ? null : `≈ $${dollars.toFixed(2)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : say("Estimated: {0}", parts.join(" · "));
}
