import type { Fit, RunEstimate } from "../core/estimate/run-estimate.ts";
import { figureText, money } from "../core/estimate/sentences.ts";
import { duration, size } from "../core/units.ts";
import type { ShownFigure } from "./figure.ts";

/** "≈ 7.7 GB (7.4–8.0) · fits RTX 4090 (23.5 GB free) · Modal L4 ≈ $0.21, 16 min" */
export function figureLine({ figure, stale }: ShownFigure): string {
  const parts = partsOf(figure);
  return [...parts, ...(stale ? ["before this edit"] : [])].join(" · ");
}

function partsOf(figure: ShownFigure["figure"]): string[] {
  switch (figure.kind) {
    case "cannot":
      return [`no estimate: ${figure.reason}`];
    case "cpu": {
      const { cpu, run } = figure;
      const time = cpu.seconds === null ? "" : `, ≈ ${duration(cpu.seconds)}`;
      const here = `on this CPU (${cpu.cores} cores) ≈ ${size(cpu.used_bytes)} of memory${time}`;
      const rent = run === null ? null : rented(run);
      return rent === null ? [here] : [here, rent];
    }
    case "gpu":
      return [figureText(figure.run), ...corrected(figure.run), ...where(figure.run)];
  }
}

function corrected({ corrected_by: runs }: RunEstimate): string[] {
  return runs === 0 ? [] : [`corrected by ${runs} ${runs === 1 ? "run" : "runs"}`];
}

function where(run: RunEstimate): string[] {
  const local = run.fits.filter((fit) => fit.where === "local");
  const here = local.find((fit) => fit.name === run.card) ?? local[0];
  const rent = rented(run);
  // The card that the config names comes first.
  const chosen = here === undefined || run.fits.some((fit) => fit.where === "modal" && fit.name === run.card);
  const parts = [here === undefined ? null : hereText(here), rent];
  return (chosen ? parts.toReversed() : parts).filter((part) => part !== null);
}

function hereText(fit: Fit): string {
  const free = size(Math.max(0, fit.usable_bytes - fit.held_bytes));
  switch (fit.verdict) {
    case "fits":
    case "far-below":
      return `fits ${fit.name} (${free} free)`;
    case "tight":
      return `tight on ${fit.name} (${size(fit.usable_bytes)})`;
    case "does-not-fit":
      return `does not fit ${fit.name} (${size(fit.usable_bytes)})`;
  }
}

/** The Modal card that the config names, else the cheapest of those that fit. */
function rented(run: RunEstimate): string | null {
  const modal = run.fits.filter((fit) => fit.where === "modal");
  const cheapest = modal
    .filter((fit) => fit.verdict === "fits" || fit.verdict === "far-below")
    .toSorted((a, b) => (a.cost_usd ?? a.usable_bytes) - (b.cost_usd ?? b.usable_bytes))[0];
  const named = modal.find((fit) => fit.name === run.card) ?? cheapest;
  if (named === undefined) return null;
  if (named.verdict === "does-not-fit")
    return `does not fit Modal ${named.name} (${size(named.usable_bytes)})`;
  const price =
    named.cost_usd === null || named.seconds === null
      ? ""
      : ` ≈ ${money(named.cost_usd)}, ${duration(named.seconds)}`;
  return `Modal ${named.name}${named.verdict === "tight" ? " (tight)" : ""}${price}`;
}
