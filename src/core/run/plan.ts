/**
 * Contract A, second half: the plan, what the trainer gets. Every value is explicit; Python has no
 * defaults of its own and never reads YAML. No path of the host that made it: every local input is
 * `inputs[id]`, and the launcher passes an id → path map for the machine that trains (`inputs.json`).
 */
import * as z from "zod";

const name = z.string().min(1);
const positiveInt = z.int().positive();
const nullableInt = z.int().nullable();

export const DATA_FORMATS = [
  "auto",
  "alpaca",
  "messages",
  "sharegpt",
  "prompt_completion",
  "text",
  "preference",
  "unpaired_preference",
  "prompt_only",
] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];

export const METHODS = ["sft", "dpo", "orpo", "kto", "grpo"] as const;
export type Method = (typeof METHODS)[number];

/** A text that is either a plain value or the id of a local file in `inputs`. */
const inputOr = <T extends z.ZodType>(plain: T) => z.union([plain, z.strictObject({ input: name })]);

export const planModel = z.strictObject({
  /** Hub id as the user wrote it; it becomes `base_model_name_or_path`. */
  name,
  /** Id in `inputs` of a local model or adapter folder, else null. */
  input: name.nullable(),
  /** Name of an embedded base model that the trainer itself can make, else null. */
  embedded: z.enum(["smollm2-135m-instruct"]).nullable(),
  revision: name.nullable(),
  max_seq_length: positiveInt,
  dtype: z.enum(["auto", "bfloat16", "float16", "float32"]),
  load_in_4bit: z.boolean(),
  load_in_8bit: z.boolean(),
  load_in_16bit: z.boolean(),
  full_finetuning: z.boolean(),
  use_exact_model_name: z.boolean(),
  trust_remote_code: z.boolean(),
  attn_implementation: name.nullable(),
  offload_embedding: z.union([z.boolean(), z.literal("auto")]),
  rope_scaling: z.record(z.string(), z.unknown()).nullable(),
  use_gradient_checkpointing: z.union([z.literal("unsloth"), z.boolean()]),
  adapter_mode: z.enum(["continue", "merge_then_new"]).nullable(),
});

export const planLora = z.strictObject({
  r: positiveInt,
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).max(1),
  bias: z.enum(["none", "all", "lora_only"]),
  target_modules: z.union([z.array(name), z.literal("all-linear")]),
  use_rslora: z.boolean(),
  use_dora: z.boolean(),
  init_lora_weights: z.union([z.boolean(), name]),
  loftq_config: z.record(z.string(), z.unknown()).nullable(),
  modules_to_save: z.array(name).nullable(),
  layers_to_transform: z.array(z.int().nonnegative()).nullable(),
  layers_pattern: name.nullable(),
  finetune_last_n_layers: nullableInt,
  target_parameters: z.array(name).nullable(),
  random_state: z.int(),
});

export const planDataset = z.strictObject({
  /** What the user wrote: for messages only. */
  label: name,
  /** Id in `inputs` of a local file or folder; null for a Hub dataset. */
  input: name.nullable(),
  hub: z.strictObject({ id: name, name: name.nullable(), split: name, revision: name.nullable() }).nullable(),
  /** `auto` is settled by the trainer's reader, with the same rules as core/data. */
  format: z.enum(DATA_FORMATS),
  columns: z.record(z.string(), z.string()),
  prompt_template: z.string(),
  chat_template: inputOr(z.string()),
  train_on_responses_only: z.union([z.boolean(), z.enum(["auto", "last"])]),
  overlength: z.enum(["auto", "split", "drop", "truncate"]),
  system_message: z.string().nullable(),
  max_samples: positiveInt.nullable(),
  shuffle: z.boolean(),
  weight: z.number().positive(),
  dataset_num_proc: positiveInt.nullable(),
});

export const planTraining = z.strictObject({
  method: z.enum(METHODS),
  per_device_train_batch_size: positiveInt,
  per_device_eval_batch_size: positiveInt,
  gradient_accumulation_steps: positiveInt,
  /** Exactly one of the two is set. */
  num_train_epochs: z.number().positive().nullable(),
  max_steps: positiveInt.nullable(),
  learning_rate: z.number().nonnegative(),
  embedding_learning_rate: z.number().nonnegative().nullable(),
  loraplus_lr_ratio: z.number().positive().nullable(),
  lr_scheduler_type: name,
  lr_scheduler_kwargs: z.record(z.string(), z.unknown()).nullable(),
  /** Below 1 a share of all steps. */
  warmup_steps: z.number().nonnegative(),
  optim: name,
  weight_decay: z.number().nonnegative(),
  adam_beta1: z.number(),
  adam_beta2: z.number(),
  adam_epsilon: z.number(),
  max_grad_norm: z.number().nonnegative(),
  neftune_noise_alpha: z.number().nonnegative().nullable(),
  bf16: z.union([z.boolean(), z.literal("auto")]),
  fp16: z.union([z.boolean(), z.literal("auto")]),
  packing: z.boolean(),
  packing_strategy: name,
  eval_packing: z.boolean().nullable(),
  padding_free: z.union([z.boolean(), z.literal("auto")]),
  seed: z.int(),
  logging_steps: positiveInt,
  save_strategy: z.enum(["steps", "epoch", "no"]),
  /** null: by time (`save_minutes`) and at the end only. */
  save_steps: z.number().positive().nullable(),
  save_minutes: z.number().positive().nullable(),
  save_total_limit: positiveInt.nullable(),
  save_only_model: z.boolean(),
  eval_strategy: z.enum(["steps", "epoch", "no"]),
  eval_steps: z.number().positive().nullable(),
  eval_on_start: z.boolean(),
  load_best_model_at_end: z.boolean(),
  metric_for_best_model: name,
  greater_is_better: z.boolean(),
  early_stopping_patience: positiveInt.nullable(),
  eval_samples: z.int().nonnegative(),
  report_to: z.array(name),
  /** The section of the method, every key explicit; null for sft. */
  dpo: z.record(z.string(), z.unknown()).nullable(),
  orpo: z.record(z.string(), z.unknown()).nullable(),
  kto: z.record(z.string(), z.unknown()).nullable(),
  grpo: z.record(z.string(), z.unknown()).nullable(),
});

export const planSave = z.strictObject({
  method: z.enum(["merged_16bit", "merged_4bit", "gguf"]),
  quantization_method: z.array(name),
  push_to_hub: name.nullable(),
  private: z.boolean(),
  /** Whether a repository that holds files already may be written to. */
  overwrite: z.boolean(),
});

export const planCompute = z.strictObject({
  target: z.enum(["local", "modal"]),
  local: z.strictObject({
    gpus: z.union([z.literal("auto"), z.literal("all"), z.array(z.int().nonnegative())]),
    strategy: z.enum(["auto", "ddp", "balanced"]),
  }),
  modal: z.record(z.string(), z.unknown()).nullable(),
});

export const planInput = z.strictObject({
  /** As the user wrote it; never used to open anything on the machine that trains. */
  source: name,
  kind: z.enum(["file", "folder"]),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export const planSchema = z.strictObject({
  version: z.literal(1),
  /** SHA-256 over the canonical JSON of the plan without sources, labels, compute, name, save, logging and limits. */
  plan_id: z.string().regex(/^[0-9a-f]{64}$/),
  name,
  model: planModel,
  /** null: full fine-tuning. */
  lora: planLora.nullable(),
  dataset: z.array(planDataset).min(1),
  eval_dataset: z.array(planDataset).nullable(),
  /** Below 1 a share, from 1 on rows; null: no split. */
  test_size: z.number().positive().nullable(),
  training: planTraining,
  save: z.array(planSave),
  compute: planCompute,
  limits: z.strictObject({
    deadline_s: z.number().positive().nullable(),
    stall_s: z.number().positive().nullable(),
  }),
  inputs: z.record(z.string(), planInput),
});

export type Plan = z.infer<typeof planSchema>;
export type PlanDataset = z.infer<typeof planDataset>;
export type PlanTraining = z.infer<typeof planTraining>;

/** Everything of a plan that does not need a file to be read: what `resolve` yields. */
export type ResolvedConfig = Omit<Plan, "version" | "plan_id" | "inputs"> & {
  /** The local inputs that the plan will name: id → where it lies, relative to nothing (absolute path or URI). */
  locals: Record<string, { source: string; path: string; kind: "file" | "folder" }>;
};
