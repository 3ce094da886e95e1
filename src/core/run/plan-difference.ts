/** What two plans train differently, key by key, and whether a run that goes on may take it over. */
import type { Plan } from "./plan.ts";

export interface Difference {
  /** As in the config: "training.learning_rate", "dataset[0].path". */
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
  /** A resume may change it: length, cadence, what is shown. */
  readonly free: boolean;
}

/** The trainer holds the same list (`checkpoints.py`): what says how long, how often and what is kept. */
export const FREE_TRAINING_KEYS: ReadonlySet<string> = new Set([
  "max_steps",
  "num_train_epochs",
  "per_device_eval_batch_size",
  "logging_steps",
  "save_strategy",
  "save_steps",
  "save_minutes",
  "save_total_limit",
  "eval_strategy",
  "eval_steps",
  "eval_on_start",
  "load_best_model_at_end",
  "metric_for_best_model",
  "greater_is_better",
  "early_stopping_patience",
  "eval_samples",
  "report_to",
  "per_device_train_batch_size",
  "gradient_accumulation_steps",
]);

/** Any number of processes makes the same rows. */
const PROCESSES = /^(?:eval_)?dataset\[\d+\]\.dataset_num_proc$/;

const COMPARED = ["model", "lora", "dataset", "eval_dataset", "test_size", "training", "inputs"] as const;

export function planDifferences(before: Plan, now: Plan): Difference[] {
  const found = COMPARED.flatMap((section) => differences(before[section], now[section], section));
  const sameBatch = effectiveBatch(before) === effectiveBatch(now);
  return found.map(({ path, ...values }) => {
    const key = /^training\.(\w+)$/.exec(path)?.[1];
    const isBatch = key === "per_device_train_batch_size" || key === "gradient_accumulation_steps";
    const free =
      PROCESSES.test(path) || (key !== undefined && FREE_TRAINING_KEYS.has(key) && (sameBatch || !isBatch));
    return { path, ...values, free };
  });
}

/** Their product decides what is learnt; how it is split does not. */
const effectiveBatch = ({ training }: Plan): number =>
  training.per_device_train_batch_size * training.gradient_accumulation_steps;

/** What the user wrote there; the files themselves are compared by their hash. */
const NAMES_ONLY = new Set(["label", "source"]);

type Found = Omit<Difference, "free">;

function differences(before: unknown, now: unknown, path: string): Found[] {
  if (isMapping(before) && isMapping(now)) {
    return [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .filter((key) => !NAMES_ONLY.has(key))
      .flatMap((key) => differences(before[key], now[key], `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    return before.flatMap((item, index) => differences(item, now[index], `${path}[${index}]`));
  }
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ path, before, now }];
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
