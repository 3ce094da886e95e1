/** Every default of a config in one place. The plan spells them all out; Python has none. */
import type { Method } from "../run/plan.ts";

export const EMBEDDED_MODEL = "smollm2-135m-instruct";
/** The Hub id of the embedded model: it becomes `base_model_name_or_path`. */
export const EMBEDDED_MODEL_ID = "HuggingFaceTB/SmolLM2-135M-Instruct";

export const SEVEN_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

/** What is being trained, as far as defaults depend on it. */
export type Mode = "lora" | "full";
export type Kind = Method | "pretraining";

/** The usual learning rate; ten times of it is `learning-rate-high`. */
const LEARNING_RATES: Readonly<Record<Kind, Readonly<Record<Mode, number>>>> = {
  sft: { lora: 2e-4, full: 2e-5 },
  pretraining: { lora: 5e-5, full: 1e-5 },
  dpo: { lora: 5e-6, full: 1e-6 },
  kto: { lora: 5e-6, full: 1e-6 },
  orpo: { lora: 8e-6, full: 1e-6 },
  grpo: { lora: 5e-6, full: 1e-6 },
};

export const usualLearningRate = (kind: Kind, mode: Mode): number => LEARNING_RATES[kind][mode];

export const MODEL_DEFAULTS = {
  max_seq_length: 2048,
  use_exact_model_name: false,
  trust_remote_code: false,
};

/** By the place where the model will run: the embedded one is small and made for the CPU. */
export const MEMORY_DEFAULTS = {
  gpu: {
    dtype: "auto",
    use_gradient_checkpointing: "unsloth",
    offload_embedding: "auto",
    optim: "adamw_8bit",
  },
  embedded: {
    dtype: "float32",
    use_gradient_checkpointing: false,
    offload_embedding: false,
    optim: "adamw_torch",
  },
} as const;

export const LORA_DEFAULTS = {
  r: 16,
  lora_alpha: 16,
  lora_dropout: 0,
  bias: "none",
  target_modules: SEVEN_TARGETS,
  use_rslora: false,
  use_dora: false,
  init_lora_weights: true,
  loftq_config: null,
  modules_to_save: null,
  layers_to_transform: null,
  layers_pattern: null,
  finetune_last_n_layers: null,
  target_parameters: null,
  random_state: 3407,
} as const;

export const DATASET_DEFAULTS = {
  format: "auto",
  prompt_template: "auto",
  chat_template: "auto",
  train_on_responses_only: "auto",
  overlength: "auto",
  system_message: null,
  max_samples: null,
  weight: 1,
  dataset_num_proc: null,
} as const;

export const HUB_SPLIT = "train";

export const TRAINING_DEFAULTS = {
  method: "sft",
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 4,
  num_train_epochs: 1,
  loraplus_lr_ratio: null,
  lr_scheduler_type: "linear",
  lr_scheduler_kwargs: null,
  warmup_steps: 0.1,
  weight_decay: 0.01,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1e-8,
  max_grad_norm: 1,
  neftune_noise_alpha: null,
  bf16: "auto",
  fp16: "auto",
  packing: false,
  packing_strategy: "bfd",
  eval_packing: null,
  padding_free: "auto",
  seed: 3407,
  logging_steps: 1,
  save_strategy: "steps",
  save_minutes: 10,
  save_total_limit: 2,
  save_only_model: false,
  /** With evaluation data and no cadence of its own: ten evaluations over the run. */
  eval_share: 0.1,
  eval_on_start: false,
  load_best_model_at_end: false,
  metric_for_best_model: "eval_loss",
  early_stopping_patience: null,
  /** Answers written at each evaluation, to be read by a person. */
  eval_samples: 2,
} as const;

/** Group-relative training clips harder than the others. */
export const maxGradNorm = (method: Method): number =>
  method === "grpo" ? 0.1 : TRAINING_DEFAULTS.max_grad_norm;

/** Trained embeddings move slower than the adapters beside them. */
export const EMBEDDING_SHARE = 0.1;

export const METHOD_DEFAULTS = {
  dpo: {
    beta: 0.1,
    loss_type: ["sigmoid"],
    loss_weights: null,
    label_smoothing: 0,
    precompute_ref_log_probs: false,
    sync_ref_model: false,
    ref_model_mixup_alpha: 0.6,
    ref_model_sync_steps: 512,
  },
  orpo: { beta: 0.1 },
  kto: {
    beta: 0.1,
    loss_type: "kto",
    desirable_weight: 1,
    undesirable_weight: 1,
    precompute_ref_log_probs: false,
  },
  grpo: {
    reward_weights: null,
    num_generations: 8,
    max_completion_length: 512,
    temperature: 1,
    top_p: 1,
    top_k: 0,
    min_p: null,
    repetition_penalty: 1,
    beta: 0,
    num_iterations: 1,
    epsilon: 0.2,
    epsilon_high: null,
    scale_rewards: "group",
    loss_type: "dapo",
    mask_truncated_completions: false,
    use_vllm: false,
    vllm_gpu_memory_utilization: 0.3,
  },
} as const;

export const QUANTIZATION = "q4_k_m";

export const LOCAL_DEFAULTS = { gpus: "auto", strategy: "auto" } as const;

export const MODAL_DEFAULTS = {
  gpu: "L40S",
  timeout: "4h",
  max_cost_usd: 15,
  stall_timeout: "15m",
  max_attempts: 3,
  cpu: null,
  memory: null,
  region: null,
  image: null,
  volume: null,
  secrets: [],
} as const;
