/** Sections of the training methods beside sft. */
import * as z from "zod";
import { above, flag, numberFrom, oneOrMany, section, text, whole } from "./section.ts";

const DPO_LOSSES = [
  "sigmoid",
  "hinge",
  "ipo",
  "exo_pair",
  "nca_pair",
  "robust",
  "bco_pair",
  "sppo_hard",
  "aot",
  "aot_unpaired",
  "apo_zero",
  "apo_down",
  "discopop",
  "sft",
  "sigmoid_norm",
] as const;

const share = z.number().min(0).max(1);

export const dpoSection = section({
  beta: above(0),
  loss_type: oneOrMany(z.enum(DPO_LOSSES)),
  loss_weights: z.array(numberFrom(0)).min(1),
  label_smoothing: z.number().min(0).lt(0.5),
  precompute_ref_log_probs: flag,
  sync_ref_model: flag,
  ref_model_mixup_alpha: share,
  ref_model_sync_steps: whole(1),
});

export const orpoSection = section({ beta: above(0) });

export const ktoSection = section({
  beta: above(0),
  loss_type: z.enum(["kto", "apo_zero_unpaired"]),
  desirable_weight: above(0),
  undesirable_weight: above(0),
  precompute_ref_log_probs: flag,
});

export const grpoSection = section({
  reward_funcs: oneOrMany(text),
  reward_weights: z.array(z.number()).min(1),
  num_generations: whole(2),
  max_completion_length: whole(1),
  temperature: above(0).lt(10),
  top_p: above(0).lte(1),
  top_k: whole(0),
  min_p: share,
  repetition_penalty: above(0),
  beta: numberFrom(0),
  num_iterations: whole(1),
  epsilon: above(0),
  epsilon_high: above(0),
  scale_rewards: z.enum(["group", "batch", "none"]),
  loss_type: z.enum(["dapo", "grpo", "dr_grpo", "bnpo"]),
  mask_truncated_completions: flag,
  use_vllm: flag,
  vllm_gpu_memory_utilization: above(0).lte(1),
});
