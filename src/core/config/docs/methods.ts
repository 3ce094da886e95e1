import type { TrainingInput } from "../schema.ts";
import { effect, NO_EFFECT, type SectionTexts } from "./text.ts";

const dpo = (argument: string): string => `DPOConfig(${argument})`;
const kto = (argument: string): string => `KTOConfig(${argument})`;
const grpo = (argument: string): string => `GRPOConfig(${argument})`;
const reference = effect(
  "saves the reference's activations",
  "one pass over the data before training",
  "none",
);

export const DPO_TEXTS: SectionTexts<NonNullable<TrainingInput["dpo"]>> = {
  beta: {
    sentence: "How strongly the model is held to where it started.",
    becomes: dpo("beta"),
    example: "beta: 0.1",
    effect: effect("none", "none", "higher stays closer to the base"),
  },
  loss_type: {
    sentence: "The preference loss, one or a list that is added up.",
    becomes: dpo("loss_type"),
    example: "loss_type: sigmoid",
    effect: effect("none", "none", "sigmoid is DPO as published; ipo overfits less on clear pairs"),
  },
  loss_weights: {
    sentence: "Weight of each loss of a list.",
    becomes: dpo("loss_weights"),
    example: "loss_weights: [1.0, 0.2]",
    effect: NO_EFFECT,
    defaultNote: "1 each",
  },
  label_smoothing: {
    sentence: "Share of pairs believed to be labelled the wrong way round.",
    becomes: dpo("label_smoothing"),
    example: "label_smoothing: 0.1",
    effect: effect("none", "none", "helps with noisy labels"),
  },
  precompute_ref_log_probs: {
    sentence: "Computes the reference's answers once, before training.",
    becomes: dpo("precompute_ref_log_probs"),
    example: "precompute_ref_log_probs: true",
    effect: reference,
  },
  sync_ref_model: {
    sentence: "Moves the reference towards the model now and then; not with adapters.",
    becomes: dpo("sync_ref_model"),
    example: "sync_ref_model: false",
    effect: effect("a second model", "slower", "lets the model move further"),
  },
  ref_model_mixup_alpha: {
    sentence: "How far each of those moves goes.",
    becomes: dpo("ref_model_mixup_alpha"),
    example: "ref_model_mixup_alpha: 0.6",
    effect: NO_EFFECT,
  },
  ref_model_sync_steps: {
    sentence: "Steps between those moves.",
    becomes: dpo("ref_model_sync_steps"),
    example: "ref_model_sync_steps: 512",
    effect: NO_EFFECT,
  },
};

export const ORPO_TEXTS: SectionTexts<NonNullable<TrainingInput["orpo"]>> = {
  beta: {
    sentence: "Weight of the preference beside the ordinary loss.",
    becomes: "ORPOConfig(beta)",
    example: "beta: 0.1",
    effect: effect("none", "none", "higher prefers harder"),
  },
};

export const KTO_TEXTS: SectionTexts<NonNullable<TrainingInput["kto"]>> = {
  beta: {
    sentence: "How strongly the model is held to where it started.",
    becomes: kto("beta"),
    example: "beta: 0.1",
    effect: effect("none", "none", "higher stays closer to the base"),
  },
  loss_type: {
    sentence: "The loss for single judged answers.",
    becomes: kto("loss_type"),
    example: "loss_type: kto",
    effect: NO_EFFECT,
    values: { kto: "as published", apo_zero_unpaired: "raises good and lowers bad answers apart" },
  },
  desirable_weight: {
    sentence: "Weight of good answers: raise it when they are fewer.",
    becomes: kto("desirable_weight"),
    example: "desirable_weight: 1.0",
    effect: effect("none", "none", "balances unequal numbers of good and bad"),
  },
  undesirable_weight: {
    sentence: "Weight of bad answers.",
    becomes: kto("undesirable_weight"),
    example: "undesirable_weight: 1.0",
    effect: effect("none", "none", "balances unequal numbers of good and bad"),
  },
  precompute_ref_log_probs: {
    sentence: "Computes the reference's answers once, before training.",
    becomes: kto("precompute_ref_log_probs"),
    example: "precompute_ref_log_probs: true",
    effect: reference,
  },
};

export const GRPO_TEXTS: SectionTexts<NonNullable<TrainingInput["grpo"]>> = {
  reward_funcs: {
    sentence: "What scores an answer: `file.py:function`, or a reward of TRL by name; one or a list.",
    becomes: "GRPOTrainer(reward_funcs)",
    example: "reward_funcs: rewards.py:correct",
    effect: effect("none", "slow rewards slow every step", "what is rewarded is what is learnt"),
  },
  reward_weights: {
    sentence: "Weight of each reward.",
    becomes: grpo("reward_weights"),
    example: "reward_weights: [1.0, 0.5]",
    effect: NO_EFFECT,
    defaultNote: "1 each",
  },
  num_generations: {
    sentence: "Answers sampled for each prompt, compared with each other.",
    more: "The batch times the accumulation must be a multiple of it.",
    becomes: grpo("num_generations"),
    example: "num_generations: 8",
    effect: effect("grows with it", "grows with it", "more make a steadier signal"),
  },
  max_completion_length: {
    sentence: "The longest sampled answer, tokens.",
    becomes: grpo("max_completion_length"),
    example: "max_completion_length: 512",
    effect: effect("grows with it", "most of the time of a step", "too short cuts reasoning off"),
  },
  temperature: {
    sentence: "How freely answers are sampled.",
    becomes: grpo("temperature"),
    example: "temperature: 1.0",
    effect: effect("none", "none", "too low and all answers are alike: nothing to compare"),
  },
  top_p: {
    sentence: "Samples from the most likely tokens that make up this share.",
    becomes: grpo("top_p"),
    example: "top_p: 1.0",
    effect: NO_EFFECT,
  },
  top_k: {
    sentence: "Samples from this many most likely tokens; 0 is all.",
    becomes: grpo("top_k"),
    example: "top_k: 0",
    effect: NO_EFFECT,
  },
  min_p: {
    sentence: "Leaves out tokens less likely than this share of the likeliest.",
    becomes: grpo("min_p"),
    example: "min_p: 0.1",
    effect: NO_EFFECT,
    defaultNote: "off",
  },
  repetition_penalty: {
    sentence: "Above 1 makes repeated tokens less likely.",
    becomes: grpo("repetition_penalty"),
    example: "repetition_penalty: 1.0",
    effect: NO_EFFECT,
  },
  beta: {
    sentence: "Penalty for leaving the base model; 0 needs no reference.",
    becomes: grpo("beta"),
    example: "beta: 0.0",
    effect: effect(
      "above 0: the reference's activations",
      "above 0 is slower",
      "higher stays closer to the base",
    ),
  },
  num_iterations: {
    sentence: "Updates for each set of sampled answers.",
    becomes: grpo("num_iterations"),
    example: "num_iterations: 1",
    effect: effect("none", "fewer samplings a step", "more drift from the samples"),
  },
  epsilon: {
    sentence: "How far one update may move an answer's likelihood, downwards.",
    becomes: grpo("epsilon"),
    example: "epsilon: 0.2",
    effect: NO_EFFECT,
  },
  epsilon_high: {
    sentence: "The same, upwards.",
    becomes: grpo("epsilon_high"),
    example: "epsilon_high: 0.28",
    effect: NO_EFFECT,
    defaultNote: "equal to epsilon",
  },
  scale_rewards: {
    sentence: "What rewards are divided by.",
    becomes: grpo("scale_rewards"),
    example: "scale_rewards: group",
    effect: NO_EFFECT,
    values: { group: "the spread within a group", batch: "the spread of the batch", none: "nothing" },
  },
  loss_type: {
    sentence: "How token losses are averaged.",
    becomes: grpo("loss_type"),
    example: "loss_type: dapo",
    effect: NO_EFFECT,
    values: {
      dapo: "over all tokens of the global batch",
      grpo: "within each answer first: favours short ones",
      dr_grpo: "by a constant",
      bnpo: "over the tokens of the local batch",
    },
  },
  mask_truncated_completions: {
    sentence: "Learns nothing from answers that hit the length limit.",
    becomes: grpo("mask_truncated_completions"),
    example: "mask_truncated_completions: true",
    effect: effect("none", "none", "steadier when many answers are cut off"),
  },
  use_vllm: {
    sentence: "Samples with vLLM in the same process.",
    becomes: `${grpo("use_vllm")} and from_pretrained(fast_inference)`,
    example: "use_vllm: false",
    effect: effect("a share of the card for vLLM", "much faster sampling", "none"),
  },
  vllm_gpu_memory_utilization: {
    sentence: "Share of the card that vLLM may take.",
    becomes: "from_pretrained(gpu_memory_utilization)",
    example: "vllm_gpu_memory_utilization: 0.3",
    effect: effect("this share", "more room for parallel answers", "none"),
  },
};
