/** Methods, schedule, evaluation, saving. */
import { error, hint, information, warning, type CodeTable } from "./code.ts";

export const TRAINING_CODES: CodeTable = {
  "method-section-unused": warning(
    "The section belongs to another method and has no effect.",
    "Set training.method, or remove the section.",
    "training:\n  dpo: {beta: 0.1}",
  ),
  "weights-count": error(
    "Each loss or reward needs one weight.",
    "Give as many weights, or none.",
    "training:\n  method: dpo\n  dpo: {loss_type: [sigmoid, sft], loss_weights: [1.0]}",
  ),
  "sync-ref-model": error(
    "A moving reference works with full fine-tuning only, and cannot be computed in advance.",
    "Remove sync_ref_model.",
    "training:\n  method: dpo\n  dpo: {sync_ref_model: true}",
  ),
  "kto-batch": error(
    "kto compares rows of one batch.",
    "Use at least 2.",
    "training:\n  method: kto\n  per_device_train_batch_size: 1",
  ),
  "reward-missing": error(
    "Without a reward there is nothing to learn.",
    "Add reward_funcs: file.py:function.",
    "training:\n  method: grpo",
  ),
  "generations-batch": error(
    "The answers to one prompt must fill whole batches.",
    "Make batch × accumulation a multiple of num_generations.",
    "training:\n  method: grpo\n  gradient_accumulation_steps: 3\n  grpo: {reward_funcs: rewards.py:correct}",
  ),
  "completion-too-long": error(
    "Answers of this length leave no room for the prompt.",
    "Raise model.max_seq_length.",
    "training:\n  method: grpo\n  grpo: {reward_funcs: rewards.py:correct, max_completion_length: 4096}",
  ),
  "grpo-without-vllm": hint(
    "Sampling with the model itself is several times slower than with vLLM.",
    "Nothing to do, or use_vllm: true.",
    "training:\n  method: grpo\n  grpo: {reward_funcs: rewards.py:correct}",
  ),
  "steps-and-epochs": warning(
    "max_steps and num_train_epochs both set the length; max_steps wins.",
    "Keep one.",
    "training:\n  max_steps: 60\n  num_train_epochs: 3",
  ),
  "warmup-too-long": warning(
    "The warm-up does not end before the training.",
    "Use a share: 0.1.",
    "training:\n  max_steps: 60\n  warmup_steps: 100",
  ),
  "beyond-the-end": warning(
    "The run ends before this would happen once.",
    "Use a share of the steps, or a smaller number.",
    "training:\n  max_steps: 60\n  save_steps: 500",
  ),
  "learning-rate-high": warning(
    "Ten times the usual learning rate of this method, or more: the loss may diverge.",
    "Use the usual one; the message names it.",
    "training:\n  learning_rate: 0.01",
  ),
  "learning-rate-low": warning(
    "A hundredth of the usual learning rate: little would be learnt.",
    "Use the usual one; the message names it.",
    "training:\n  learning_rate: 1e-6",
  ),
  "embedding-rate-high": warning(
    "Embeddings that move faster than the adapters forget words.",
    "Use a tenth of learning_rate.",
    "lora:\n  modules_to_save: [embed_tokens, lm_head]\ntraining:\n  embedding_learning_rate: 1e-3",
  ),
  "scheduler-kwargs": error(
    "The schedule needs arguments that are not there, or takes none.",
    "Set lr_scheduler_kwargs as the message says.",
    "training:\n  lr_scheduler_type: cosine_with_min_lr",
  ),
  "plateau-needs-eval": error(
    "The schedule waits for evaluations, and there are none.",
    "Add evaluation data, or use cosine.",
    "training:\n  lr_scheduler_type: reduce_lr_on_plateau",
  ),
  "small-effective-batch": hint(
    "Weights that move after every few rows follow noise.",
    "Accumulate more batches: it costs no memory.",
    "training:\n  per_device_train_batch_size: 1\n  gradient_accumulation_steps: 1",
  ),
  "adamw-32bit": hint(
    "The 32-bit optimiser keeps four times the state of adamw_8bit.",
    "Use adamw_8bit.",
    "training:\n  optim: adamw_torch",
  ),
  "many-epochs": hint(
    "After many passes the model knows the rows by heart.",
    "Use one to three, or hold rows out and watch.",
    "training:\n  num_train_epochs: 20",
  ),
  "packing-ignored": warning(
    "Unsloth switches packing off here with one printed line.",
    "Remove it.",
    "model: unsloth/gemma-2-2b-it\ntraining:\n  packing: true",
  ),
  "packing-changes-steps": hint(
    "A packed step holds batch × max_seq_length tokens, so there are fewer steps.",
    "Nothing to do; check warm-up and save_steps.",
    "training:\n  packing: true",
  ),
  "eval-without-data": error(
    "The run would stop at its first evaluation, after most of the work.",
    "Hold rows out with test_size, name eval_dataset, or do not evaluate.",
    "training:\n  eval_strategy: steps",
  ),
  "best-model-needs-eval": error(
    "The best checkpoint is one that was both evaluated and saved.",
    "Evaluate and save at the same steps, with evaluation data.",
    "training:\n  load_best_model_at_end: true",
  ),
  "early-stopping-needs-eval": error(
    "Early stopping looks at evaluations, and there are none.",
    "Add evaluation data.",
    "training:\n  early_stopping_patience: 3",
  ),
  "early-stopping-keeps-last": information(
    "Without load_best_model_at_end the run ends with its last checkpoint.",
    "Set load_best_model_at_end: true.",
    "dataset:\n  path: chats.jsonl\n  test_size: 0.1\ntraining:\n  early_stopping_patience: 3",
  ),
  "metric-unknown": error(
    "Evaluation gives the loss (and rewards in preference training) only: Unsloth does not keep whole logits.",
    "Use eval_loss.",
    "dataset:\n  path: chats.jsonl\n  test_size: 0.1\ntraining:\n  load_best_model_at_end: true\n  metric_for_best_model: eval_accuracy",
  ),
  "metric-direction": error(
    "The worst checkpoint would be kept as the best.",
    "Remove greater_is_better.",
    "dataset:\n  path: chats.jsonl\n  test_size: 0.1\ntraining:\n  load_best_model_at_end: true\n  greater_is_better: true",
  ),
  "eval-data-unused": hint(
    "Evaluation data is named and never used.",
    "Remove eval_strategy.",
    'dataset:\n  path: chats.jsonl\n  test_size: 0.1\ntraining:\n  eval_strategy: "no"',
  ),
  "eval-batch-large": information(
    "Evaluation has a memory peak of its own.",
    "Use the training batch.",
    "dataset:\n  path: chats.jsonl\n  test_size: 0.1\ntraining:\n  per_device_eval_batch_size: 16",
  ),
  "save-only-model": warning(
    "Checkpoints without the optimiser cannot be resumed.",
    "Remove it.",
    "training:\n  save_only_model: true",
  ),
  "whole-model-saves": warning(
    "Many checkpoints of a whole model fill the disk.",
    "Keep two, and the best.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  full_finetuning: true\ntraining:\n  save_total_limit: 10",
  ),
  "save-method-missing": error(
    "An output needs a method.",
    "Choose merged_16bit, merged_4bit or gguf.",
    "save:\n  - {push_to_hub: me/model}",
  ),
  "save-twice": warning(
    "The same output is named twice.",
    "Remove one.",
    "save:\n  - {method: gguf}\n  - {method: gguf}",
  ),
  "nothing-to-merge": warning(
    "Full fine-tuning writes the whole model anyway (an error for merged_4bit).",
    "Remove it.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  full_finetuning: true\nsave:\n  - {method: merged_16bit}",
  ),
  "merged-4bit-loss": warning(
    "Merging into 4-bit rounds what was learnt.",
    "Use merged_16bit, and quantise later.",
    "save:\n  - {method: merged_4bit}",
  ),
  "merge-downloads": hint(
    "Merging after 4-bit training downloads the 16-bit base.",
    "Nothing to do; have the disk space ready.",
    "save:\n  - {method: merged_16bit}",
  ),
  "hub-id-invalid": error(
    "A Hub repository is owner/name.",
    "Write it so.",
    "save:\n  - {method: gguf, push_to_hub: my model}",
  ),
  "push-public": warning(
    "Anyone could download what was learnt from your data.",
    "Keep it private.",
    "save:\n  - {method: gguf, push_to_hub: me/model, private: false}",
  ),
};
