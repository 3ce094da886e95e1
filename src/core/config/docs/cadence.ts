/** When a run logs, saves and evaluates. */
import { effect, NO_EFFECT, type KeyText } from "./text.ts";

const args = (argument: string): string => `SFTConfig(${argument})`;

export const CADENCE_TEXTS = {
  per_device_eval_batch_size: {
    sentence: "Rows a GPU evaluates at once.",
    becomes: args("per_device_eval_batch_size"),
    example: "per_device_eval_batch_size: 2",
    effect: effect(
      "evaluation has a peak of its own: a large value can end a run that trained well",
      "larger evaluates faster",
      "none",
    ),
    defaultNote: "as per_device_train_batch_size",
  },
  logging_steps: {
    sentence: "Steps between two points of the loss curve.",
    becomes: args("logging_steps"),
    example: "logging_steps: 1",
    effect: NO_EFFECT,
  },
  save_strategy: {
    sentence: "When checkpoints are written.",
    becomes: args("save_strategy"),
    example: "save_strategy: steps",
    effect: effect("disk for each", "seconds each", "none"),
    values: {
      steps: "every save_steps or save_minutes, and at the end",
      epoch: "after each epoch",
      no: "only what is left at the end",
    },
  },
  save_steps: {
    sentence: "Steps between checkpoints: a number, or a share of all steps below 1.",
    becomes: args("save_steps"),
    example: "save_steps: 100",
    effect: effect("disk for each", "seconds each", "none"),
    defaultNote: "by time: save_minutes",
  },
  save_minutes: {
    sentence: "Minutes after which a checkpoint is due, whatever the steps.",
    becomes: "the trainer",
    example: "save_minutes: 10",
    effect: effect("disk for each", "seconds each", "none"),
  },
  save_total_limit: {
    sentence: "Checkpoints kept: the newest, and the best beside them.",
    becomes: "the trainer, once the newest is whole",
    example: "save_total_limit: 2",
    effect: effect("disk", "none", "none"),
  },
  save_only_model: {
    sentence: "Leaves the optimiser out of checkpoints; a run cannot be resumed from them.",
    becomes: args("save_only_model"),
    example: "save_only_model: false",
    effect: effect("smaller checkpoints", "faster saving", "none"),
  },
  eval_strategy: {
    sentence: "When the held-out rows are evaluated.",
    becomes: args("eval_strategy"),
    example: "eval_strategy: steps",
    effect: effect("a peak of its own", "each evaluation takes time", "shows overfitting"),
    values: { steps: "every eval_steps", epoch: "after each epoch", no: "never" },
    defaultNote: "steps with evaluation data, else no",
  },
  eval_steps: {
    sentence: "Steps between evaluations: a number, or a share of all steps below 1.",
    becomes: args("eval_steps"),
    example: "eval_steps: 0.1",
    effect: effect("none", "each evaluation takes time", "none"),
    defaultNote: "as save_steps, else a tenth of all steps",
  },
  eval_on_start: {
    sentence: "Evaluates once before the first step: the base to compare with.",
    becomes: args("eval_on_start"),
    example: "eval_on_start: true",
    effect: effect("none", "one more evaluation", "none"),
  },
  load_best_model_at_end: {
    sentence: "Ends with the checkpoint that evaluated best, not the last.",
    becomes: args("load_best_model_at_end"),
    example: "load_best_model_at_end: true",
    effect: effect("disk for the best checkpoint", "none", "guards against overfitting at the end"),
  },
  metric_for_best_model: {
    sentence: "What decides which checkpoint is best.",
    becomes: args("metric_for_best_model"),
    example: "metric_for_best_model: eval_loss",
    effect: NO_EFFECT,
  },
  greater_is_better: {
    sentence: "Whether more of that metric is better.",
    becomes: args("greater_is_better"),
    example: "greater_is_better: false",
    effect: NO_EFFECT,
    defaultNote: "false for a loss, else true",
  },
  early_stopping_patience: {
    sentence: "Ends the run after this many evaluations without improvement.",
    becomes: "EarlyStoppingCallback(early_stopping_patience)",
    example: "early_stopping_patience: 3",
    effect: effect("none", "may end early", "guards against overfitting"),
    defaultNote: "off",
  },
  eval_samples: {
    sentence: "How many questions of the evaluation rows the model answers at each evaluation.",
    more: "Always the same questions, so that the answers can be compared over the run; at most 64 tokens each. `0` writes none.",
    becomes: "generate after each evaluation, greedy",
    example: "eval_samples: 4",
    effect: effect("none", "some seconds an evaluation", "shows early what is learnt"),
  },
  report_to: {
    sentence: "Other trackers that get the metrics too.",
    becomes: args("report_to"),
    example: "report_to: tensorboard",
    effect: NO_EFFECT,
    defaultNote: "none",
  },
} as const satisfies Readonly<Record<string, KeyText>>;
