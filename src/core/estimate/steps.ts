/** How many steps a config makes of its data. */
import type { Facts } from "../facts.ts";
import type { ResolvedConfig } from "../run/plan.ts";
import { rowLengths } from "./row-lengths.ts";
import { datasetFacts } from "./setup-of-config.ts";
import type { Setup } from "./setup.ts";

export interface Steps {
  /** null: neither max_steps nor the number of rows is known. */
  readonly steps: number | null;
  readonly rows: number | null;
  readonly evalRows: number;
  readonly evaluations: number;
  /** Real tokens of one micro-batch on average. */
  readonly tokens: number;
  readonly sequence: number;
}

export function stepsOf(config: ResolvedConfig, setup: Setup, facts: Facts): Steps {
  const { training } = config;
  const found = datasetFacts(config, facts);
  const lengths = rowLengths(found, setup.sequence);
  const all = found.length === config.dataset.length ? weightedRows(config, facts) : null;
  const held = all === null ? 0 : heldOut(config.test_size, all);
  const rows = all === null ? null : Math.max(1, all - held);
  const mean = lengths === null ? setup.sequence : Math.min(setup.sequence, lengths.mean);
  const packed = setup.batch * setup.sequence;
  const pairs = setup.sequences / setup.batch;
  const tokens = pairs * (training.packing ? packed : setup.batch * mean);
  const samples = rows === null ? null : training.packing ? Math.ceil((rows * mean) / setup.sequence) : rows;
  const effective = setup.batch * setup.accumulation * (setup.strategy === "ddp" ? setup.gpus : 1);
  const epoch = samples === null ? null : Math.max(1, Math.ceil(samples / effective));
  const steps =
    training.max_steps ?? (epoch === null ? null : Math.ceil(epoch * (training.num_train_epochs ?? 1)));
  return {
    steps,
    rows,
    evalRows: config.eval_dataset ? evalRows(config, facts) : held,
    evaluations: evaluations(config, steps, epoch),
    tokens,
    sequence: training.packing ? setup.sequence : mean,
  };
}

function weightedRows(config: ResolvedConfig, facts: Facts): number {
  let rows = 0;
  for (const dataset of config.dataset) {
    const path = dataset.input === null ? undefined : config.locals[dataset.input]?.path;
    const there = (path === undefined ? undefined : facts.datasets?.[path]?.rows) ?? 0;
    rows += Math.min(there, dataset.max_samples ?? there) * dataset.weight;
  }
  return Math.max(1, Math.round(rows));
}

function evalRows(config: ResolvedConfig, facts: Facts): number {
  let rows = 0;
  for (const { input, max_samples: most } of config.eval_dataset ?? []) {
    const path = input === null ? undefined : config.locals[input]?.path;
    const there = (path === undefined ? undefined : facts.datasets?.[path]?.rows) ?? 0;
    rows += Math.min(there, most ?? there);
  }
  return rows;
}

const heldOut = (size: number | null, rows: number): number =>
  size === null ? 0 : Math.min(rows - 1, size < 1 ? Math.round(rows * size) : size);

function evaluations(config: ResolvedConfig, steps: number | null, epoch: number | null): number {
  const { eval_strategy: strategy, eval_steps: every, eval_on_start: first } = config.training;
  if (steps === null || strategy === "no") return 0;
  const interval =
    strategy === "epoch" ? (epoch ?? steps) : every === null ? steps : every < 1 ? every * steps : every;
  return Math.floor(steps / Math.max(1, interval)) + (first ? 1 : 0);
}
