import type { ConfigPath, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  fix,
  hint,
  setEdit,
  warning,
  type Rule,
  type RuleContext,
} from "../rule.ts";
import { usualLearningRate } from "../defaults.ts";
import { kindOfTraining } from "../settle/training.ts";

const at = (key: string): ConfigPath => ["training", key];

/** Rows that are trained, when every dataset was counted exactly or nearly. */
function trainedRows({ config, facts }: RuleContext): number | undefined {
  if (config === null) return undefined;
  let rows = 0;
  for (const dataset of config.dataset) {
    const place = dataset.input === null ? undefined : config.locals[dataset.input]?.path;
    const fact = place === undefined ? undefined : facts.datasets?.[place];
    if (fact === undefined) return undefined;
    rows += Math.min(fact.rows, dataset.max_samples ?? Infinity) * dataset.weight;
  }
  const held = config.test_size ?? 0;
  return Math.max(0, held < 1 ? rows * (1 - held) : rows - held);
}

const effectiveBatch = ({ config }: RuleContext): number =>
  (config?.training.per_device_train_batch_size ?? 2) * (config?.training.gradient_accumulation_steps ?? 4);

/** Optimiser steps of the run, or undefined when they hang on rows that nobody counted. */
function totalSteps(context: RuleContext): number | undefined {
  const training = context.config?.training;
  if (training === undefined || training.packing) return training?.max_steps ?? undefined;
  if (training.max_steps !== null) return training.max_steps;
  const rows = trainedRows(context);
  return rows === undefined
    ? undefined
    : Math.ceil(rows / effectiveBatch(context)) * (training.num_train_epochs ?? 1);
}

const stepsOrEpochs: Rule = (context) => {
  const { max_steps: steps, num_train_epochs: epochs } = context.draft.training ?? {};
  if (steps === undefined || epochs === undefined) return [];
  const rows = trainedRows(context);
  const share = rows
    ? ` = ${Math.round(((steps * effectiveBatch(context)) / rows) * 100) / 100} epochs of this data`
    : "";
  return [
    warning("steps-and-epochs", at("num_train_epochs"), {
      message: `max_steps wins: ${steps} steps${share}; num_train_epochs has no effect.`,
      at: "item",
      related: [{ path: at("max_steps"), message: "max_steps is set here" }],
      fixes: [
        bestFix("Remove num_train_epochs", deleteEdit(at("num_train_epochs"))),
        fix("Remove max_steps", deleteEdit(at("max_steps"))),
      ],
    }),
  ];
};

const beyond: Rule = (context) => {
  const training = context.draft.training ?? {};
  const total = totalSteps(context);
  if (total === undefined) return [];
  const problems: Problem[] = [];
  const { warmup_steps: warmup, save_steps: save, eval_steps: evaluate, logging_steps: log } = training;
  if (warmup !== undefined && warmup >= 1 && warmup >= total) {
    problems.push(
      warning("warmup-too-long", at("warmup_steps"), {
        message: `The warm-up of ${warmup} steps is not shorter than the training of ${total}: the learning rate never gets there.`,
        fixes: [bestFix("Use a tenth of the steps (0.1)", setEdit(at("warmup_steps"), 0.1))],
      }),
    );
  }
  if (save !== undefined && save > total) {
    problems.push(
      warning("beyond-the-end", at("save_steps"), {
        message: `The run has ${total} steps: no checkpoint would be written every ${save}, only one at the end.`,
        fixes: [
          bestFix("Remove it (a checkpoint every 10 minutes)", deleteEdit(at("save_steps"))),
          fix("Save four times", setEdit(at("save_steps"), 0.25)),
        ],
      }),
    );
  }
  if (evaluate !== undefined && evaluate > total) {
    problems.push(
      warning("beyond-the-end", at("eval_steps"), {
        message: `The run has ${total} steps: it would never be evaluated every ${evaluate}.`,
        fixes: [bestFix("Evaluate ten times (0.1)", setEdit(at("eval_steps"), 0.1))],
      }),
    );
  }
  if (log !== undefined && log > total) {
    problems.push(
      warning("beyond-the-end", at("logging_steps"), {
        message: `The run has ${total} steps: no point would be logged every ${log}.`,
        fixes: [bestFix("Log every step", setEdit(at("logging_steps"), 1))],
      }),
    );
  }
  return problems;
};

const METHOD_NAMES = {
  sft: "supervised fine-tuning",
  pretraining: "continued pretraining",
  dpo: "DPO",
  kto: "KTO",
  orpo: "ORPO",
  grpo: "GRPO",
} as const;

const rate: Rule = ({ draft }) => {
  const { learning_rate: asked, embedding_learning_rate: embeddings } = draft.training ?? {};
  const { kind, mode } = kindOfTraining(draft);
  const usual = usualLearningRate(kind, mode);
  const problems: Problem[] = [];
  const what = `${METHOD_NAMES[kind]} ${mode === "full" ? "of all weights" : "with adapters"}`;
  // Compared with room for the rounding of 2e-3 / 2e-4.
  if (asked !== undefined && asked >= usual * 9.999) {
    problems.push(
      warning("learning-rate-high", at("learning_rate"), {
        message: `${asked} is ${Math.round(asked / usual)} times the usual ${usual} for ${what}: the loss may diverge.`,
        fixes: [bestFix(`Use ${usual}`, setEdit(at("learning_rate"), usual))],
      }),
    );
  } else if (asked !== undefined && asked <= usual / 99) {
    problems.push(
      warning("learning-rate-low", at("learning_rate"), {
        message: `${asked} is ${Math.round(usual / asked)} times below the usual ${usual} for ${what}: little would be learnt.`,
        fixes: [bestFix(`Use ${usual}`, setEdit(at("learning_rate"), usual))],
      }),
    );
  }
  const settled = asked ?? usual;
  if (embeddings !== undefined && embeddings > settled) {
    problems.push(
      warning("embedding-rate-high", at("embedding_learning_rate"), {
        message: `Embeddings would move faster than the adapters (${embeddings} against ${settled}); a tenth is usual.`,
        fixes: [bestFix(`Use ${settled / 10}`, setEdit(at("embedding_learning_rate"), settled / 10))],
      }),
    );
  }
  return problems;
};

const kwargs: Rule = ({ draft }) => {
  const { lr_scheduler_type: type = "linear", lr_scheduler_kwargs: given } = draft.training ?? {};
  const path = at("lr_scheduler_kwargs");
  const has = (key: string): boolean => given !== undefined && Object.hasOwn(given, key);
  if (type === "cosine_with_min_lr" || type === "cosine_warmup_with_min_lr") {
    if (has("min_lr") && has("min_lr_rate")) {
      return [
        error("scheduler-kwargs", path, {
          message: "min_lr and min_lr_rate both name the floor. Keep one.",
          fixes: [
            bestFix("Keep min_lr_rate", deleteEdit([...path, "min_lr"])),
            fix("Keep min_lr", deleteEdit([...path, "min_lr_rate"])),
          ],
        }),
      ];
    }
    if (!has("min_lr") && !has("min_lr_rate")) {
      return [
        error("scheduler-kwargs", at("lr_scheduler_type"), {
          message: `${type} needs its floor: lr_scheduler_kwargs with min_lr_rate (a share) or min_lr.`,
          fixes: [
            bestFix("Add min_lr_rate: 0.1", setEdit([...path, "min_lr_rate"], 0.1)),
            fix("Use cosine", setEdit(at("lr_scheduler_type"), "cosine")),
          ],
        }),
      ];
    }
  }
  if (type === "warmup_stable_decay" && !has("num_decay_steps")) {
    return [
      error("scheduler-kwargs", at("lr_scheduler_type"), {
        message: "warmup_stable_decay needs lr_scheduler_kwargs with num_decay_steps.",
        fixes: [fix("Use cosine", setEdit(at("lr_scheduler_type"), "cosine"))],
      }),
    ];
  }
  const takesNone = new Set(["linear", "constant", "constant_with_warmup"]);
  if (given !== undefined && takesNone.has(type)) {
    return [
      error("scheduler-kwargs", path, {
        message: `${type} takes no arguments: the run would stop at its start.`,
        at: "key",
        fixes: [bestFix("Remove them", deleteEdit(path))],
      }),
    ];
  }
  return [];
};

const warmup: Rule = ({ draft }) => {
  const { lr_scheduler_type: type, warmup_steps: steps } = draft.training ?? {};
  if (type !== "constant" || steps === undefined || steps === 0) return [];
  return [
    warning("no-effect", at("warmup_steps"), {
      message: "constant has no warm-up; constant_with_warmup has.",
      at: "key",
      fixes: [
        bestFix("Use constant_with_warmup", setEdit(at("lr_scheduler_type"), "constant_with_warmup")),
        fix("Remove it", deleteEdit(at("warmup_steps"))),
      ],
    }),
  ];
};

const tinyBatch: Rule = (context) => {
  const { config, draft } = context;
  if (config === null || config.model.embedded !== null || config.training.method === "grpo") return [];
  const effective = effectiveBatch(context);
  if (effective >= 4 || draft.training === undefined) return [];
  const key =
    draft.training.gradient_accumulation_steps === undefined
      ? "per_device_train_batch_size"
      : "gradient_accumulation_steps";
  const needed = Math.ceil(8 / config.training.per_device_train_batch_size);
  return [
    hint("small-effective-batch", at(key), {
      message: `The weights move after every ${effective === 1 ? "row" : `${effective} rows`}: a noisy signal. Accumulation costs no memory.`,
      fixes: [fix(`Accumulate ${needed} batches`, setEdit(at("gradient_accumulation_steps"), needed))],
    }),
  ];
};

const epochs: Rule = ({ draft }) => {
  const { num_train_epochs: passes, max_steps: steps } = draft.training ?? {};
  if (passes === undefined || steps !== undefined || passes <= 10) return [];
  return [
    hint("many-epochs", at("num_train_epochs"), {
      message: `After ${passes} passes the model knows the rows by heart. One to three is usual; evaluation data shows when it turns.`,
    }),
  ];
};

const plateau: Rule = ({ draft, isSet }) => {
  if (draft.training?.lr_scheduler_type !== "reduce_lr_on_plateau") return [];
  const has =
    draft.eval_dataset !== undefined ||
    [draft.dataset ?? []].flat().some(({ test_size }) => test_size !== undefined);
  if (has && draft.training.eval_strategy !== "no") return [];
  return [
    error("plateau-needs-eval", at("lr_scheduler_type"), {
      message: "reduce_lr_on_plateau waits for evaluations, and there are none.",
      fixes: [fix("Use cosine", setEdit(at("lr_scheduler_type"), "cosine"))],
      ...(isSet(["training", "eval_strategy"])
        ? { related: [{ path: at("eval_strategy"), message: "evaluation is decided here" }] }
        : {}),
    }),
  ];
};

export const schedule: Rule = (context) =>
  [stepsOrEpochs, beyond, rate, kwargs, warmup, tinyBatch, epochs, plateau].flatMap((rule) => rule(context));
