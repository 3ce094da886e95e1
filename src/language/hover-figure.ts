import type { Fit, RunEstimate } from "../core/estimate/run-estimate.ts";
import { figureText, money, PART_NAMES, PHASE_TEXT } from "../core/estimate/sentences.ts";
import { count, duration, size } from "../core/units.ts";
import { sizeClassText } from "../core/estimate/size-class.ts";
import type { CpuEstimate } from "../core/estimate/cpu.ts";
import type { ShownFigure } from "./figure.ts";

/** The figure with its parts, the cards it fits, time and cost, and what was taken for granted. */
export function figureMarkdown({ figure, stale }: ShownFigure): string {
  const before = stale ? "*The figure of the file before this edit:*\n\n" : "";
  switch (figure.kind) {
    case "cannot":
      return `No estimate: ${figure.reason}.`;
    case "cpu":
      return (
        before +
        [cpuText(figure.cpu), figure.run && `With a GPU: ${gpuText(figure.run)}`].filter(Boolean).join("\n\n")
      );
    case "gpu":
      return before + gpuText(figure.run);
  }
}

function gpuText(run: RunEstimate): string {
  return [
    `Peak **${figureText(run)}** ${PHASE_TEXT[run.phase]}${run.card === null ? "" : ` on ${run.card}`}`,
    `\`${bar(run)}\` ${partsText(run)}`,
    fitsTable(run),
    dataText(run),
    usualText(run),
    evaluationText(run),
    assumedText(run.assumed),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const CELLS = 10;

/** Ten cells: the share of the card where one is named, else of the smallest Modal card that fits. */
function bar(run: RunEstimate): string {
  const fit = run.fits.find((each) => each.name === run.card) ?? smallestFit(run);
  const share = fit === undefined ? 1 : Math.min(1, run.used_bytes / fit.usable_bytes);
  const full = Math.max(1, Math.round(CELLS * share));
  return "█".repeat(full) + "░".repeat(CELLS - full);
}

const smallestFit = (run: RunEstimate): Fit | undefined =>
  run.fits.filter((fit) => fit.headroom_bytes > 0).toSorted((a, b) => a.usable_bytes - b.usable_bytes)[0];

const LEAST_SHOWN = 10 * 2 ** 20;

const partsText = ({ parts }: RunEstimate): string =>
  PART_NAMES.filter(([key]) => parts[key] >= LEAST_SHOWN)
    .map(([key, name]) => `${name} ${size(parts[key])}`)
    .join(" · ");

/** Cards of this machine, then Modal's that fit, cheapest first; a long list helps nobody. */
function fitsTable(run: RunEstimate): string {
  const local = run.fits.filter((fit) => fit.where === "local");
  const modal = run.fits
    .filter((fit) => fit.where === "modal" && (fit.verdict !== "does-not-fit" || fit.name === run.card))
    .toSorted((a, b) => (a.cost_usd ?? a.usable_bytes) - (b.cost_usd ?? b.usable_bytes))
    .slice(0, 4);
  const rows = [...local, ...modal];
  if (rows.length === 0) return "";
  return ["| card | | to spare | time | cost |", "|---|---|---|---|---|", ...rows.map(fitRow)].join("\n");
}

const VERDICTS: Readonly<Record<Fit["verdict"], string>> = {
  fits: "fits",
  "far-below": "fits",
  tight: "tight",
  "does-not-fit": "does not fit",
};

function fitRow(fit: Fit): string {
  const spare = fit.headroom_bytes >= 0 ? size(fit.headroom_bytes) : `−${size(-fit.headroom_bytes)}`;
  const held = fit.held_bytes > 2 ** 28 ? ` (${size(fit.held_bytes)} held by others)` : "";
  const time = fit.seconds === null ? "" : `≈ ${duration(fit.seconds)}`;
  const cost = fit.cost_usd === null ? "" : `≈ ${money(fit.cost_usd)}`;
  const name = fit.where === "modal" ? `Modal ${fit.name}` : `${fit.name} here`;
  return `| ${name} | ${VERDICTS[fit.verdict]} | ${spare}${held} | ${time} | ${cost} |`;
}

function dataText(run: RunEstimate): string {
  if (run.with_data_bytes === null) return "";
  return `With rows as long as those of the data: ≈ ${size(run.with_data_bytes)}.`;
}

/** What people know as the need of such a model, beside our figure: the same words as in every table. */
function usualText({ basis, parts }: RunEstimate): string {
  if (basis.trainable === basis.parameters) return "";
  const usual = sizeClassText(basis.parameters, parts.quantised_weights > 0);
  return usual === null
    ? ""
    : `${usual}. Here: batch ${basis.batch}, rows of ${count(basis.sequence)} tokens.`;
}

function evaluationText({ evaluation, used_bytes: used }: RunEstimate): string {
  if (evaluation === null || evaluation.used_bytes <= used) return "";
  return `Evaluation needs more than training: ≈ ${size(evaluation.used_bytes)} with batch ${evaluation.batch}.`;
}

const assumedText = (assumed: readonly string[]): string => assumed.map((text) => `- ${text}`).join("\n");

function cpuText(cpu: CpuEstimate): string {
  const [low, high] = cpu.band_bytes;
  const time = cpu.seconds === null ? `≈ ${duration(cpu.step_seconds)} a step` : `≈ ${duration(cpu.seconds)}`;
  return [
    `On this CPU (${cpu.cores} cores): **≈ ${size(cpu.used_bytes)}** of memory (${size(low)}–${size(high)}), ${time}`,
    assumedText(cpu.assumed),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
