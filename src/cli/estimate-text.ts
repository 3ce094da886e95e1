/** An estimate as lines for a terminal: the figure, its parts, what it assumes, the cards. */
import { isCannot, type Cannot } from "../core/estimate/cannot.ts";
import type { CpuEstimate } from "../core/estimate/cpu.ts";
import type { Fit, RunEstimate } from "../core/estimate/run-estimate.ts";
import { figureText, money, PART_NAMES, PHASE_TEXT } from "../core/estimate/sentences.ts";
import { sizeClassText } from "../core/estimate/size-class.ts";
import type { ResolvedConfig } from "../core/run/plan.ts";
import { count, duration, size } from "../core/units.ts";

export function estimateLines(
  config: ResolvedConfig,
  run: RunEstimate,
  cpu: CpuEstimate | Cannot | null,
): string[] {
  return [
    ...(cpu === null ? [] : [cpuLine(cpu), ""]),
    `${figureText(run)} at the peak, ${PHASE_TEXT[run.phase]}${run.card === null ? "" : `, on ${run.card}`}`,
    `  ${basisText(run)}`,
    ...usual(run),
    "",
    ...parts(run),
    "",
    ...cards(run.fits),
    ...priceText(run),
    ...outputs(run),
    "",
    ...run.assumed.map((text) => `  ${text}`),
    ...(config.training.packing || run.with_data_bytes === null
      ? []
      : [
          `  Rows are counted at full length; with rows as long as those of the data ≈ ${size(run.with_data_bytes)}.`,
        ]),
  ];
}

function cpuLine(cpu: CpuEstimate | Cannot): string {
  if (isCannot(cpu)) return `No GPU here, and no figure for the CPU: ${cpu.cannot}.`;
  const time = cpu.seconds === null ? `≈ ${duration(cpu.step_seconds)} a step` : `≈ ${duration(cpu.seconds)}`;
  return `No GPU here. On this CPU (${cpu.cores} cores): ${time}, ≈ ${size(cpu.used_bytes)} of memory. With a GPU:`;
}

function basisText({ basis, steps }: RunEstimate): string {
  const share = ((100 * basis.trainable) / basis.parameters).toPrecision(2);
  return [
    `batch ${basis.batch} × ${count(basis.sequence)} tokens`,
    `${millions(basis.trainable)} of ${millions(basis.parameters)} parameters train (${share} %)`,
    ...(steps === null ? [] : [`${count(steps)} steps`]),
  ].join(" · ");
}

const millions = (parameters: number): string =>
  parameters >= 1e9 ? `${(parameters / 1e9).toFixed(2)} B` : `${(parameters / 1e6).toFixed(1)} M`;

function usual({ basis, parts: { quantised_weights: quantised } }: RunEstimate): string[] {
  const text = basis.trainable === basis.parameters ? null : sizeClassText(basis.parameters, quantised > 0);
  return text === null ? [] : [`  ${text}; this figure is for the batch and length above`];
}

const BAR = 24;

function parts(run: RunEstimate): string[] {
  const width = Math.max(...PART_NAMES.map(([, name]) => name.length));
  return PART_NAMES.filter(([key]) => run.parts[key] > 0).map(([key, name]) => {
    const bar = "█".repeat(Math.round((BAR * run.parts[key]) / run.used_bytes));
    return `  ${name.padEnd(width)}  ${size(run.parts[key]).padStart(8)}  ${bar}`.trimEnd();
  });
}

const VERDICTS: Readonly<Record<Fit["verdict"], string>> = {
  fits: "fits",
  "far-below": "fits, far below",
  tight: "tight",
  "does-not-fit": "does not fit",
};

function cards(fits: readonly Fit[]): string[] {
  const rows = fits.map((fit) => [
    fit.where === "modal" ? `Modal ${fit.name}` : fit.name,
    `${size(fit.used_bytes)} of ${size(fit.usable_bytes)}`,
    VERDICTS[fit.verdict],
    fit.seconds === null ? "" : `≈ ${duration(fit.seconds)}`,
    fit.cost_usd === null ? "" : `≈ ${money(fit.cost_usd)}`,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}

function priceText(run: RunEstimate): string[] {
  const prices = `Modal's prices of ${run.price_date}, with CPU and memory of the sandbox; waiting for a GPU is not counted.`;
  if (run.seconds !== null) return ["", `  ${prices}`];
  return [
    "",
    `  ≈ ${run.step_seconds.toPrecision(2)} s a step; the number of rows is not known, so there is no time and no cost.`,
  ];
}

function outputs(run: RunEstimate): string[] {
  return [
    "",
    ...run.outputs.map(
      ({ kind, disk_bytes: disk, text }) => `  ${kind.padEnd(13)} ${size(disk).padStart(8)}  ${text}`,
    ),
    ...(run.evaluation === null
      ? []
      : [
          `  ${"evaluation".padEnd(13)} ${size(run.evaluation.used_bytes).padStart(8)}  on the GPU, batch ${run.evaluation.batch}`,
        ]),
  ];
}
