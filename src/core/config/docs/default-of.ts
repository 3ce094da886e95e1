/** The default of each key as hover and completion show it, from the tables that `settle` uses. */
import * as defaults from "../defaults.ts";
import { usualLearningRate } from "../defaults.ts";

const { eval_share: _, ...training } = defaults.TRAINING_DEFAULTS;

const BY_PATH: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries({
    model: {
      ...defaults.MODEL_DEFAULTS,
      dtype: defaults.MEMORY_DEFAULTS.gpu.dtype,
      use_gradient_checkpointing: defaults.MEMORY_DEFAULTS.gpu.use_gradient_checkpointing,
      offload_embedding: defaults.MEMORY_DEFAULTS.gpu.offload_embedding,
      load_in_4bit: true,
      load_in_8bit: false,
      load_in_16bit: false,
      full_finetuning: false,
    },
    lora: defaults.LORA_DEFAULTS,
    dataset: { ...defaults.DATASET_DEFAULTS, split: defaults.HUB_SPLIT, shuffle: true },
    eval_dataset: { ...defaults.DATASET_DEFAULTS, split: defaults.HUB_SPLIT, shuffle: false },
    training: {
      ...training,
      per_device_eval_batch_size: training.per_device_train_batch_size,
      learning_rate: usualLearningRate("sft", "lora"),
      optim: defaults.MEMORY_DEFAULTS.gpu.optim,
      greater_is_better: false,
      eval_strategy: "no",
      report_to: "none",
    },
    "training.dpo": defaults.METHOD_DEFAULTS.dpo,
    "training.orpo": defaults.METHOD_DEFAULTS.orpo,
    "training.kto": defaults.METHOD_DEFAULTS.kto,
    "training.grpo": defaults.METHOD_DEFAULTS.grpo,
    save: { quantization_method: defaults.QUANTIZATION, private: true, overwrite: false },
    compute: { target: "local" },
    "compute.local": defaults.LOCAL_DEFAULTS,
    "compute.modal": defaults.MODAL_DEFAULTS,
  }).flatMap(([section, keys]) => Object.entries(keys).map(([key, value]) => [`${section}.${key}`, value])),
);

/** Undefined when a key has no default, or null stands for "not set". */
export function defaultOf(path: string): unknown {
  return BY_PATH[path] ?? undefined;
}
