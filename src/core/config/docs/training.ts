import type { TrainingInput } from "../schema.ts";
import { CADENCE_TEXTS } from "./cadence.ts";
import { effect, NO_EFFECT, type KeyText, type SectionTexts } from "./text.ts";

const args = (argument: string): string => `SFTConfig(${argument})`;

const method = (name: string, what: string): KeyText => ({
  sentence: `Settings of training.method: ${name} (${what}).`,
  becomes: `${name.toUpperCase()}Config`,
  example: `${name}: {beta: 0.1}`,
  effect: NO_EFFECT,
});

type Own = Exclude<keyof TrainingInput & string, keyof typeof CADENCE_TEXTS>;

const OWN_TEXTS: Readonly<Record<Own, KeyText>> = {
  method: {
    sentence: "What kind of training this is.",
    more: "Continued pretraining is `sft` on plain text with `lora.modules_to_save: [embed_tokens, lm_head]`.",
    becomes: "the trainer class: SFTTrainer, DPOTrainer, KTOTrainer, ORPOTrainer, GRPOTrainer",
    example: "method: sft",
    effect: effect(
      "dpo and orpo hold two answers a row, grpo many",
      "grpo samples answers: much slower",
      "preferences refine a model that already answers",
    ),
    values: {
      sft: "learn given answers or texts",
      dpo: "prefer one answer over another",
      orpo: "answers and preferences at once, no reference",
      kto: "single answers judged good or bad",
      grpo: "sample answers and reward them",
    },
  },
  per_device_train_batch_size: {
    sentence: "Rows a GPU works on at once.",
    more: "Times gradient_accumulation_steps (and GPUs) it is the effective batch, which is what training notices.",
    becomes: args("per_device_train_batch_size"),
    example: "per_device_train_batch_size: 2",
    effect: effect(
      "activations grow in proportion",
      "larger uses the GPU better",
      "only the effective batch matters",
    ),
  },
  gradient_accumulation_steps: {
    sentence: "Batches added up before the weights move.",
    becomes: args("gradient_accumulation_steps"),
    example: "gradient_accumulation_steps: 4",
    effect: effect(
      "none",
      "fewer, longer steps",
      "a larger effective batch is steadier; 8 to 32 rows suit most",
    ),
  },
  num_train_epochs: {
    sentence: "Passes over the data; instead of max_steps.",
    becomes: args("num_train_epochs"),
    example: "num_train_epochs: 1",
    effect: effect("none", "in proportion", "1 to 3; more memorises the rows"),
  },
  max_steps: {
    sentence: "Weight updates in all; instead of num_train_epochs.",
    becomes: args("max_steps"),
    example: "max_steps: 60",
    effect: effect("none", "in proportion", "fewer than one epoch leaves rows unseen"),
    defaultNote: "as many as num_train_epochs needs",
  },
  learning_rate: {
    sentence: "How far each step moves the weights.",
    more: "Usual values: sft 2e-4 with adapters, 2e-5 for full fine-tuning; continued pretraining 5e-5 and 1e-5; dpo, kto and grpo 5e-6 and 1e-6; orpo 8e-6 and 1e-6. Ten times that is reported.",
    becomes: args("learning_rate"),
    example: "learning_rate: 2e-4",
    effect: effect("none", "none", "too high diverges, too low learns nothing"),
    defaultNote: "by method and mode: 2e-4 for sft with adapters, 2e-5 for full fine-tuning",
  },
  embedding_learning_rate: {
    sentence: "A lower learning rate for embed_tokens and lm_head.",
    becomes: "UnslothTrainingArguments(embedding_learning_rate)",
    example: "embedding_learning_rate: 5e-6",
    effect: effect("none", "none", "embeddings that move too fast forget words"),
    defaultNote: "a tenth of learning_rate in continued pretraining",
  },
  loraplus_lr_ratio: {
    sentence: "LoRA+: the B matrices learn this many times faster.",
    becomes: "UnslothTrainingArguments(loraplus_lr_ratio)",
    example: "loraplus_lr_ratio: 16",
    effect: effect("none", "may converge in fewer steps", "lower learning_rate with it"),
    defaultNote: "off",
  },
  lr_scheduler_type: {
    sentence: "How the learning rate falls over the run.",
    becomes: args("lr_scheduler_type"),
    example: "lr_scheduler_type: cosine",
    effect: effect("none", "none", "linear and cosine are both safe"),
    values: {
      linear: "straight down to 0",
      cosine: "slow, fast, slow, down to 0",
      cosine_with_restarts: "cosine several times over",
      cosine_with_min_lr: "cosine down to a floor; lr_scheduler_kwargs names it",
      cosine_warmup_with_min_lr: "the same, with a warm-up from a floor",
      polynomial: "down by a power",
      constant: "never falls, no warm-up",
      constant_with_warmup: "rises, then never falls",
      inverse_sqrt: "falls with 1/√step",
      warmup_stable_decay: "rises, stays, falls; lr_scheduler_kwargs names the lengths",
      reduce_lr_on_plateau: "falls when evaluation stops improving",
    },
  },
  lr_scheduler_kwargs: {
    sentence: "Arguments of the schedule.",
    becomes: args("lr_scheduler_kwargs"),
    example: "lr_scheduler_kwargs: {min_lr_rate: 0.1}",
    effect: NO_EFFECT,
    defaultNote: "none",
  },
  warmup_steps: {
    sentence: "Steps over which the learning rate rises: a number, or a share of all steps below 1.",
    becomes: args("warmup_steps"),
    example: "warmup_steps: 0.1",
    effect: effect("none", "none", "avoids a bad start, above all with adapters"),
  },
  optim: {
    sentence: "The optimiser.",
    more: "adamw_8bit keeps two bytes a trained parameter where adamw_torch keeps eight. The 8-bit and paged ones need bitsandbytes and a GPU.",
    becomes: args("optim"),
    example: "optim: adamw_8bit",
    effect: effect("8-bit: a quarter of the optimiser's state", "about equal", "about equal"),
    defaultNote: "adamw_8bit; adamw_torch for the embedded model on the CPU",
  },
  weight_decay: {
    sentence: "Pulls weights towards zero a little each step.",
    becomes: args("weight_decay"),
    example: "weight_decay: 0.01",
    effect: effect("none", "none", "a little helps against overfitting"),
  },
  adam_beta1: {
    sentence: "Memory of the gradient's direction.",
    becomes: args("adam_beta1"),
    example: "adam_beta1: 0.9",
    effect: NO_EFFECT,
  },
  adam_beta2: {
    sentence: "Memory of the gradient's size.",
    becomes: args("adam_beta2"),
    example: "adam_beta2: 0.999",
    effect: effect("none", "none", "0.99 or 0.95 reacts faster in short runs"),
  },
  adam_epsilon: {
    sentence: "Keeps the optimiser from dividing by zero.",
    becomes: args("adam_epsilon"),
    example: "adam_epsilon: 1e-8",
    effect: NO_EFFECT,
  },
  max_grad_norm: {
    sentence: "Longer gradients are scaled down to this length; 0 never.",
    becomes: args("max_grad_norm"),
    example: "max_grad_norm: 1.0",
    effect: effect("none", "none", "tames spikes"),
    defaultNote: "1; 0.1 for grpo",
  },
  neftune_noise_alpha: {
    sentence: "NEFTune: noise on the input embeddings while training.",
    becomes: args("neftune_noise_alpha"),
    example: "neftune_noise_alpha: 5",
    effect: effect("none", "slightly slower", "may help chat quality on few rows"),
    defaultNote: "off",
  },
  bf16: {
    sentence: "Trains in bfloat16; leave it to auto.",
    becomes: args("bf16"),
    example: "bf16: auto",
    effect: effect("none", "needs compute capability 8.0", "none"),
    values: { auto: "where the GPU has it" },
  },
  fp16: {
    sentence: "Trains in float16; leave it to auto.",
    becomes: args("fp16"),
    example: "fp16: auto",
    effect: effect("none", "for GPUs without bfloat16", "can overflow"),
    values: { auto: "where the GPU has no bfloat16" },
  },
  packing: {
    sentence: "Puts several short rows into one of full length, kept apart.",
    more: "The number of steps changes: a step then holds batch × max_seq_length tokens. Unsloth already trains without padding, so it gains most on very short rows.",
    becomes: args("packing"),
    example: "packing: true",
    effect: effect(
      "every batch is full: batch × max_seq_length tokens",
      "fewer, fuller steps",
      "the effective batch grows; rows do not see each other",
    ),
  },
  packing_strategy: {
    sentence: "How rows are packed.",
    becomes: args("packing_strategy"),
    example: "packing_strategy: bfd",
    effect: NO_EFFECT,
    values: {
      bfd: "best fit, whole rows",
      bfd_split: "best fit, long rows split",
      wrapped: "end to end, rows cut wherever a pack is full",
    },
  },
  eval_packing: {
    sentence: "Packs evaluation rows too.",
    becomes: args("eval_packing"),
    example: "eval_packing: false",
    effect: NO_EFFECT,
    defaultNote: "as packing",
  },
  padding_free: {
    sentence: "Lays the rows of a batch end to end instead of padding them.",
    becomes: args("padding_free"),
    example: "padding_free: auto",
    effect: effect("no padding is stored", "faster on rows of unequal length", "none"),
    values: { auto: "wherever Unsloth can" },
  },
  seed: {
    sentence: "Seed of order, dropout and splits.",
    becomes: args("seed"),
    example: "seed: 3407",
    effect: NO_EFFECT,
  },
  dpo: method("dpo", "pairs of answers"),
  orpo: method("orpo", "pairs of answers, no reference"),
  kto: method("kto", "judged answers"),
  grpo: { ...method("grpo", "rewarded answers"), example: "grpo: {reward_funcs: rewards.py:correct}" },
};

export const TRAINING_TEXTS: SectionTexts<TrainingInput> = { ...OWN_TEXTS, ...CADENCE_TEXTS };
