/** Every card that a config could run on, in words, each with the edits that send it there. */
import type { Edit } from "../config/problem.ts";
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { duration, size } from "../units.ts";
import { isCannot, type Cannot } from "./cannot.ts";
import { cpuEstimate } from "./cpu.ts";
import { runEstimate, type Fit, type RunEstimate } from "./run-estimate.ts";
import { figureText, money, PART_NAMES, PHASE_TEXT } from "./sentences.ts";
import type { Verdict } from "./verdict.ts";

export interface CardRow {
  /** "RTX 4090", "Modal L4", "This CPU". */
  readonly name: string;
  readonly where: Fit["where"] | "cpu";
  readonly verdict: Verdict | null;
  /** "fits, 15.8 GB to spare" */
  readonly fit: string;
  /** "≈ 7.6 of 23.5 GB" */
  readonly memory: string;
  readonly time: string;
  readonly cost: string;
  /** The config runs here as it is. */
  readonly chosen: boolean;
  /** Makes the config run here; empty for the chosen one. */
  readonly edits: readonly Edit[];
}

export interface CardTable {
  /** "≈ 7.7 GB (7.4–8.0) in the backward pass" */
  readonly title: string;
  readonly parts: readonly { readonly name: string; readonly bytes: number; readonly share: number }[];
  readonly rows: readonly CardRow[];
  readonly notes: readonly string[];
}

export function cardTable(config: ResolvedConfig, facts: Facts): CardTable | Cannot {
  const run = runEstimate(config, { facts });
  if (isCannot(run)) return run;
  return {
    title: `${figureText(run)} ${PHASE_TEXT[run.phase]}`,
    parts: PART_NAMES.map(([key, name]) => ({
      name,
      bytes: run.parts[key],
      share: run.parts[key] / run.used_bytes,
    })),
    rows: [...cpuRow(config, facts), ...run.fits.map((fit) => rowOf(fit, run, config))],
    notes: notesOf(run),
  };
}

function rowOf(fit: Fit, run: RunEstimate, config: ResolvedConfig): CardRow {
  const chosen = fit.name === run.card && (fit.where === "modal") === (config.compute.target === "modal");
  return {
    name: fit.where === "modal" ? `Modal ${fit.name}` : fit.name,
    where: fit.where,
    verdict: fit.verdict,
    fit: fitText(fit),
    memory: `≈ ${size(fit.used_bytes)} of ${size(fit.usable_bytes)}`,
    time: fit.seconds === null ? "" : `≈ ${duration(fit.seconds)}`,
    cost: fit.cost_usd === null ? "" : `≈ ${money(fit.cost_usd)}`,
    chosen,
    edits: chosen ? [] : editsFor(fit),
  };
}

function fitText(fit: Fit): string {
  const held = fit.held_bytes > 0 ? `, ${size(fit.held_bytes)} held by others` : "";
  switch (fit.verdict) {
    case "does-not-fit":
      return `does not fit: ${size(-fit.headroom_bytes)} too much`;
    case "tight":
      return `tight${held}`;
    case "fits":
    case "far-below":
      return `fits, ${size(fit.headroom_bytes)} to spare${held}`;
  }
}

/** Makes a config run on one of Modal's cards. */
export const modalEdits = (gpu: string): Edit[] => [
  { kind: "set", path: ["compute", "target"], value: "modal" },
  { kind: "set", path: ["compute", "modal", "gpu"], value: gpu },
];

function editsFor({ where, name, index }: Fit): Edit[] {
  if (where === "modal") return modalEdits(name);
  return [
    { kind: "set", path: ["compute", "target"], value: "local" },
    ...(index === null ? [] : [{ kind: "set", path: ["compute", "local", "gpus"], value: [index] } as const]),
  ];
}

/** Where this machine is known to have no GPU. */
function cpuRow(config: ResolvedConfig, facts: Facts): CardRow[] {
  if (facts.gpus?.length !== 0) return [];
  const found = cpuEstimate(config, facts);
  if (isCannot(found)) return [];
  const chosen = config.compute.target === "local";
  const memory = facts.cpu?.memory;
  return [
    {
      name: `This CPU (${found.cores} cores)`,
      where: "cpu",
      verdict: null,
      fit:
        memory !== undefined && found.band_bytes[0] > memory
          ? "more memory than this machine has"
          : "no GPU here",
      memory: `≈ ${size(found.used_bytes)}${memory === undefined ? "" : ` of ${size(memory)}`}`,
      time: found.seconds === null ? "" : `≈ ${duration(found.seconds)}`,
      cost: "",
      chosen,
      edits: chosen ? [] : [{ kind: "set", path: ["compute", "target"], value: "local" }],
    },
  ];
}

function notesOf(run: RunEstimate): string[] {
  const rows =
    run.with_data_bytes === null
      ? []
      : [
          `Rows are counted at full length; as long as those of the data they need ≈ ${size(run.with_data_bytes)}.`,
        ];
  const time =
    run.seconds === null ? ["The number of rows is not known, so there is no time and no cost."] : [];
  return [
    ...rows,
    ...time,
    ...run.assumed,
    `Modal's prices are of ${run.price_date}; waiting for a GPU is not counted.`,
  ];
}
