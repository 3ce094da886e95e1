/** The page `media/docs/estimates.md`: how figures come about, and how far they were off. */
import { memory } from "../../src/core/estimate/memory.ts";
import { LIBRARY_VERSION } from "../../src/core/estimate/constants.ts";
import { SIZE_CLASSES } from "../../src/core/estimate/size-class.ts";
import {
  H200,
  MEASURED_RUNS,
  setupOfRun,
  shapeOfRun,
  type MeasuredRun,
} from "../unit/core/estimate/measured-runs.ts";
import { llamaFactory, sizeClass, studio } from "./other-estimators.ts";

const GIB = 2 ** 30;

interface Line {
  readonly run: MeasuredRun;
  readonly ours: number;
  /** Errors as shares of what was measured; null: no figure. */
  readonly errors: readonly (number | null)[];
}

const ESTIMATORS = ["ours", "Studio's formula", "LLaMA-Factory's table", "size class"] as const;

function lineOf(run: MeasuredRun): Line {
  const shape = shapeOfRun(run);
  const setup = setupOfRun(run);
  const ours = memory(shape, setup, H200).used;
  const figures = [
    ours,
    studio(shape, setup, run.trainable_params),
    llamaFactory(shape, setup),
    sizeClass(shape, setup),
  ];
  const measured = run.nvml_peak * GIB;
  return { run, ours, errors: figures.map((figure) => (figure === null ? null : figure / measured - 1)) };
}

/** A forced number of loss chunks is an experiment, not a setting. */
const lines = (): Line[] => MEASURED_RUNS.filter((run) => !("n_chunks" in run)).map(lineOf);

const percent = (share: number | null): string =>
  share === null
    ? "–"
    : `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`;

function runText({ model, method, b, s, r, gc, optim, ga, targets }: MeasuredRun): string {
  const checkpointing =
    gc === "unsloth" ? "" : gc === "true" ? ", plain checkpointing" : ", no checkpointing";
  return [
    `${model}, ${method === "qlora" ? "4-bit" : method === "lora8" ? "8-bit" : method === "lora16" ? "16-bit" : "full"}`,
    `${b} × ${s.toLocaleString("en-US")}`,
    ...(r === null ? [] : [`r ${r}`]),
  ]
    .join(", ")
    .concat(checkpointing)
    .concat(optim === "adamw_torch" ? ", adamw_torch" : "")
    .concat(ga > 1 ? `, accumulation ${ga}` : "")
    .concat(targets !== null && targets.length < 7 ? `, only ${targets.join(" and ")}` : "");
}

function summary(all: readonly Line[], column: number): string {
  const errors = all.flatMap(({ errors: found }) => (found[column] == null ? [] : [found[column]]));
  const sizes = errors.map(Math.abs).toSorted((a, b) => a - b);
  const worst = errors.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? 0;
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  return `${(100 * median).toFixed(1)} % | ${percent(worst)} | ${errors.length}`;
}

const range = ([low, high]: readonly [number, number | null]): string =>
  high === null ? `${low}+` : `${low}–${high}`;

function classTable(): string[] {
  return [
    "| size | 4-bit, GB | 16-bit, GB | cards usually named |",
    "|---|---|---|---|",
    ...SIZE_CLASSES.map(
      ({ name, fourBit, sixteenBit, cards }) =>
        `| ${name} | ${range(fourBit)} | ${range(sixteenBit)} | ${cards} |`,
    ),
  ];
}

export function accuracyPage(): string {
  const all = lines();
  return `${[
    "# Estimates",
    "",
    "What a run will need is computed from the shape of the model and the settings, part by part; nothing is",
    "loaded or downloaded. The parts: weights, adapters, optimiser states, shared buffers, the activations of",
    "one layer and the layer inputs that wait, the loss, what PyTorch's allocator reserves beyond that, and what",
    "CUDA and the libraries hold outside it. They are not at their maximum together, so the figure is the worst",
    "of four moments: loading, the loss, the backward pass, the optimiser step. It is what `nvidia-smi` will show",
    "for the process at its peak.",
    "",
    "Rows are counted at full length (batch × `max_seq_length`); where the data is known, the lower edge of the",
    "band follows its rows.",
    "",
    "## How far off",
    "",
    `Measured on one H200 (${LIBRARY_VERSION}), rows of exactly the length named, memory by nvidia-smi. The`,
    "constants of our model were fitted to these runs, so this table shows that the formulas hold across settings;",
    "25 further runs of other models, predicted before they were measured, were off by 0.8 % in the median and",
    "5.1 % at worst.",
    "",
    `| run | measured, GB | ${ESTIMATORS.join(" | ")} |`,
    `|---|---|${ESTIMATORS.map(() => "---|").join("")}`,
    ...all.map(
      ({ run, errors }) =>
        `| ${runText(run)} | ${run.nvml_peak.toFixed(2)} | ${errors.map(percent).join(" | ")} |`,
    ),
    "",
    "| | median error | worst | runs |",
    "|---|---|---|---|",
    ...ESTIMATORS.map((name, column) => `| ${name} | ${summary(all, column)} |`),
    "",
    "Studio's formula is Unsloth Studio's of August 2026; LLaMA-Factory's table counts bytes a parameter by method;",
    "the size class is the middle of the usual range for such a model. The last two know no batch and no length:",
    "they answer another question, and their distance shows how much the settings matter.",
    "",
    "## The band",
    "",
    "Adapters: ±(150 MB + 2 %). Full fine-tuning: ±(150 MB + 4 %), because fragmentation follows no rule there.",
    "It reaches further up, with the reason beside the figure, for what was not measured or is not modelled: cards",
    'other than Hopper, repositories that keep some weights in 16 bit ("dynamic" 4-bit), mixtures of experts, DoRA,',
    "dropout, trained embeddings, vision towers, hybrid layers, families whose loss nobody looked at, reference",
    "models, several cards. A model of which only the size is known gets the usual range of its class.",
    "",
    "Finished runs correct the next estimate of the same card, code path and version, by a quarter at most; the",
    "figure then says by how many runs.",
    "",
    "## Usual values by size",
    "",
    "Shown beside our figure for orientation. They name no batch and no length, and a short batch needs less.",
    "",
    ...classTable(),
    "",
    "## Time and cost",
    "",
    "Steps follow from rows, batch, accumulation and epochs; seconds from floating-point operations and the speed",
    "of the card. The speed of one H100 was measured (four settings, all within 5 %); other cards are scaled by",
    "their data sheets, from half to double. Cost is Modal's price of GPU, cores and memory of the sandbox by a",
    "dated table. Waiting for a GPU is not counted.",
    "",
    "On a CPU memory and time are scaled from measured steps of a 135M model.",
  ].join("\n")}\n`;
}
