import * as z from "zod";
import { METHODS } from "../../run/plan.ts";
import { dpoSection, grpoSection, ktoSection, orpoSection } from "./methods.ts";
import { above, flag, freeform, numberFrom, oneOrMany, section, text, whole } from "./section.ts";

const SCHEDULERS = [
  "linear",
  "cosine",
  "cosine_with_restarts",
  "cosine_with_min_lr",
  "cosine_warmup_with_min_lr",
  "polynomial",
  "constant",
  "constant_with_warmup",
  "inverse_sqrt",
  "warmup_stable_decay",
  "reduce_lr_on_plateau",
] as const;

/** Optimisers that run with the pinned packages and need no argument of their own. */
export const OPTIMISERS = [
  "adamw_8bit",
  "adamw_torch",
  "adamw_torch_fused",
  "adamw_bnb_8bit",
  "paged_adamw_8bit",
  "paged_adamw_32bit",
  "ademamix",
  "ademamix_8bit",
  "paged_ademamix_8bit",
  "paged_ademamix_32bit",
  "lion_8bit",
  "lion_32bit",
  "paged_lion_8bit",
  "paged_lion_32bit",
  "adafactor",
  "rmsprop",
  "rmsprop_bnb",
  "rmsprop_bnb_8bit",
  "rmsprop_bnb_32bit",
  "adagrad",
  "sgd",
] as const;

const when = z.enum(["steps", "epoch", "no"]);
const precision = z.union([flag, z.literal("auto")]);
const fraction = z.number().min(0).lt(1);
/** A share of all steps below 1, whole steps from 1 on. */
const steps = z.union([z.number().gt(0).lt(1), whole(1)]);

export const trainingSection = section({
  method: z.enum(METHODS),
  per_device_train_batch_size: whole(1),
  per_device_eval_batch_size: whole(1),
  gradient_accumulation_steps: whole(1),
  num_train_epochs: above(0),
  max_steps: whole(1),
  learning_rate: above(0).lte(1),
  embedding_learning_rate: above(0).lte(1),
  loraplus_lr_ratio: above(0),
  lr_scheduler_type: z.enum(SCHEDULERS),
  lr_scheduler_kwargs: freeform,
  warmup_steps: z.union([z.number().min(0).lt(1), whole(1)]),
  optim: z.enum(OPTIMISERS),
  weight_decay: numberFrom(0),
  adam_beta1: fraction,
  adam_beta2: fraction,
  adam_epsilon: above(0),
  max_grad_norm: numberFrom(0),
  neftune_noise_alpha: numberFrom(0),
  bf16: precision,
  fp16: precision,
  packing: flag,
  packing_strategy: z.enum(["bfd", "bfd_split", "wrapped"]),
  eval_packing: flag,
  padding_free: precision,
  seed: whole(0),
  logging_steps: whole(1),
  save_strategy: when,
  save_steps: steps,
  save_minutes: above(0),
  save_total_limit: whole(1),
  save_only_model: flag,
  eval_strategy: when,
  eval_steps: steps,
  eval_on_start: flag,
  load_best_model_at_end: flag,
  metric_for_best_model: text,
  greater_is_better: flag,
  early_stopping_patience: whole(1),
  eval_samples: whole(0),
  report_to: oneOrMany(z.enum(["none", "tensorboard", "wandb", "trackio"])),
  dpo: dpoSection,
  orpo: orpoSection,
  kto: ktoSection,
  grpo: grpoSection,
});
