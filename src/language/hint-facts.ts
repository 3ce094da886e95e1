import { count, metric } from "../core/units.ts";
import type { DatasetFact } from "../core/facts.ts";
import { isSet } from "../core/config/resolve.ts";
import type { Analysis } from "./analysis.ts";
import type { Figure } from "./figure.ts";
import type { Remark } from "./remark.ts";
import { namedPlaces } from "./places.ts";

const runOf = (figure: Figure | null) =>
  figure === null || figure.kind === "cannot" ? null : figure.kind === "gpu" ? figure.run : figure.run;

const stepsOf = (figure: Figure | null): number | null =>
  figure?.kind === "cpu" ? figure.cpu.steps : (runOf(figure)?.steps ?? null);

/** "41.9 M trainable (0.52 %)" behind the rank. */
export function parameterHint({ resolution }: Analysis, figure: Figure | null): Remark[] {
  const run = runOf(figure);
  if (run === null || resolution.tentative?.lora == null) return [];
  const { trainable, parameters } = run.basis;
  const share = (100 * trainable) / parameters;
  return [
    {
      path: ["lora", "r"],
      text: `${millions(trainable)} trainable (${share < 10 ? share.toFixed(2) : share.toFixed(0)} %)`,
      tooltip: `${count(trainable)} of ${count(parameters)} parameters are trained.`,
    },
  ];
}

function millions(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} B`;
  if (value >= 1e5) return `${(value / 1e6).toFixed(1)} M`;
  return count(value);
}

/** "1,204 rows · p95 311 tokens" behind each local dataset. */
export function datasetHints({ resolution, world: { facts } }: Analysis): Remark[] {
  return namedPlaces(resolution).flatMap(({ role, path, place }) => {
    const fact = role === "data" ? facts.datasets?.[place] : undefined;
    if (fact === undefined) return [];
    const remark = { text: rowsText(fact), tooltip: rowsTooltip(fact) };
    // `dataset: rows.jsonl` has its value one level up.
    return [{ ...remark, path: valuePath(resolution.chain[0]?.parsed.spanOf(path) !== undefined, path) }];
  });
}

const valuePath = (own: boolean, path: Remark["path"]): Remark["path"] => (own ? path : path.slice(0, -1));

function rowsText({ rows, exact, tokens, format }: DatasetFact): string {
  if (rows === 0) return `no usable rows (${format})`;
  const about = exact ? "" : "≈ ";
  const lengths = tokens === null ? "" : ` · p95 ≈ ${count(tokens.p95)} tokens`;
  return `${about}${count(rows)} rows${lengths}`;
}

function rowsTooltip({ rows, exact, tokens, format }: DatasetFact): string {
  const basis = exact ? "The whole file was read." : "Only the first part of the file was read.";
  const lengths =
    tokens === null
      ? ""
      : ` Tokens a row, estimated from characters: mean ${count(tokens.mean)}, median ${count(tokens.p50)}, longest ${count(tokens.max)}.`;
  return `${count(rows)} usable rows, format ${format}. ${basis}${lengths}`;
}

/** "effective batch 8" behind the accumulation, or behind the batch where accumulation is not written. */
export function batchHint({ resolution }: Analysis, figure: Figure | null): Remark[] {
  const config = resolution.tentative;
  if (config === null) return [];
  const { per_device_train_batch_size: batch, gradient_accumulation_steps: accumulation } = config.training;
  const gpus = config.compute.local.strategy === "balanced" ? 1 : (runOf(figure)?.basis.gpus ?? 1);
  const effective = batch * accumulation * gpus;
  const tokens = effective * config.model.max_seq_length;
  const factors = `${batch} × ${accumulation}${gpus > 1 ? ` × ${gpus} GPUs` : ""}`;
  const key = isSet(resolution, ["training", "gradient_accumulation_steps"])
    ? "gradient_accumulation_steps"
    : "per_device_train_batch_size";
  return [
    {
      path: ["training", key],
      text: `effective batch ${count(effective)}`,
      tooltip: `${factors} = ${count(effective)} rows in each optimiser step, at most ${count(tokens)} tokens.`,
    },
  ];
}

/** Steps of the whole training, and how many of them warm up. */
export function stepHints({ resolution }: Analysis, figure: Figure | null): Remark[] {
  const config = resolution.tentative;
  const steps = stepsOf(figure);
  if (config === null || steps === null) return [];
  const { training } = config;
  const found: Remark[] = [];
  if (training.max_steps === null) {
    const key = isSet(resolution, ["training", "num_train_epochs"])
      ? "num_train_epochs"
      : "gradient_accumulation_steps";
    found.push({
      path: ["training", key],
      text: `${count(steps)} steps`,
      tooltip: `${metric(training.num_train_epochs ?? 1)} epochs over the rows that are known now.`,
    });
  }
  const warm = training.warmup_steps < 1 ? Math.ceil(training.warmup_steps * steps) : training.warmup_steps;
  found.push({
    path: ["training", "warmup_steps"],
    text:
      training.warmup_steps < 1
        ? `${count(warm)} of ${count(steps)} steps`
        : `${Math.round((100 * warm) / steps)} % of ${count(steps)} steps`,
    tooltip: "Steps in which the learning rate rises from zero.",
  });
  return found;
}

/** Defaults that depend on other keys, so that nobody has to look them up. */
export function defaultHints({ resolution }: Analysis): Remark[] {
  const config = resolution.tentative;
  if (config === null || isSet(resolution, ["training", "learning_rate"])) return [];
  const rate = config.training.learning_rate;
  return [
    {
      path: ["training"],
      atKey: true,
      text: `learning_rate ${rate.toExponential()}`,
      tooltip: `The default for ${config.training.method} ${config.lora === null ? "of the whole model" : "with adapters"}. Write learning_rate to set another.`,
    },
  ];
}
