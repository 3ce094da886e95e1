import type { PlanTraining } from "../../run/plan.ts";
import {
  EMBEDDING_SHARE,
  maxGradNorm,
  METHOD_DEFAULTS,
  TRAINING_DEFAULTS,
  usualLearningRate,
  type Kind,
  type Mode,
} from "../defaults.ts";
import type { Draft, TrainingInput } from "../schema.ts";
import { addLocal, type SettleContext } from "./context.ts";
import { isPlainText, testSize } from "./dataset.ts";
import { loadingMode, memoryDefaults } from "./model.ts";

/** What is trained, as far as learning rates care: plain text with its embeddings is pretraining. */
export function kindOfTraining(draft: Draft): { kind: Kind; mode: Mode } {
  const method = draft.training?.method ?? TRAINING_DEFAULTS.method;
  const mode = loadingMode(draft.model) === "full_finetuning" ? "full" : "lora";
  const embeddings =
    draft.lora?.modules_to_save?.some((name) => /^(embed_tokens|lm_head)$/.test(name)) ?? false;
  const pretraining = method === "sft" && isPlainText(draft) && (embeddings || mode === "full");
  return { kind: pretraining ? "pretraining" : method, mode };
}

export const hasEvalData = (draft: Draft): boolean =>
  draft.eval_dataset !== undefined || testSize(draft) !== null;

/** When to evaluate and to save: the two agree unless the file says otherwise. */
export function cadence(
  draft: Draft,
): Pick<PlanTraining, "save_strategy" | "save_steps" | "eval_strategy" | "eval_steps"> {
  const training = draft.training ?? {};
  const best = training.load_best_model_at_end ?? false;
  const saving = training.save_strategy ?? TRAINING_DEFAULTS.save_strategy;
  const evaluating =
    training.eval_strategy ?? (!hasEvalData(draft) ? "no" : best && saving === "epoch" ? "epoch" : "steps");
  const evalSteps =
    evaluating === "steps"
      ? (training.eval_steps ?? training.save_steps ?? TRAINING_DEFAULTS.eval_share)
      : null;
  const saveSteps = saving === "steps" ? (training.save_steps ?? (best ? evalSteps : null)) : null;
  return { save_strategy: saving, save_steps: saveSteps, eval_strategy: evaluating, eval_steps: evalSteps };
}

function duration(training: TrainingInput): Pick<PlanTraining, "max_steps" | "num_train_epochs"> {
  if (training.max_steps !== undefined) return { max_steps: training.max_steps, num_train_epochs: null };
  return {
    max_steps: null,
    num_train_epochs: training.num_train_epochs ?? TRAINING_DEFAULTS.num_train_epochs,
  };
}

/** "rewards.py:accuracy" names a function in a local file; a bare name is one of TRL's own. */
function rewards(context: SettleContext, names: string | readonly string[] | undefined): unknown[] {
  const all = names === undefined ? [] : typeof names === "string" ? [names] : names;
  return all.map((name, index) => {
    const [, file, callable] = /^(.*\.py)(?::([A-Za-z_]\w*))?$/.exec(name) ?? [];
    if (file === undefined) return name;
    const input = addLocal(
      context,
      `grpo.reward_funcs.${index}`,
      ["training", "grpo", "reward_funcs"],
      file,
      "file",
    );
    return { input, function: callable ?? null };
  });
}

function methodSections(
  context: SettleContext,
  training: TrainingInput,
): Pick<PlanTraining, "dpo" | "orpo" | "kto" | "grpo"> {
  const losses = training.dpo?.loss_type;
  return {
    dpo:
      training.method === "dpo"
        ? {
            ...METHOD_DEFAULTS.dpo,
            ...training.dpo,
            loss_type: losses === undefined ? METHOD_DEFAULTS.dpo.loss_type : [losses].flat(),
          }
        : null,
    orpo: training.method === "orpo" ? { ...METHOD_DEFAULTS.orpo, ...training.orpo } : null,
    kto: training.method === "kto" ? { ...METHOD_DEFAULTS.kto, ...training.kto } : null,
    grpo:
      training.method === "grpo"
        ? {
            ...METHOD_DEFAULTS.grpo,
            ...training.grpo,
            reward_funcs: rewards(context, training.grpo?.reward_funcs),
          }
        : null,
  };
}

export function settleTraining(context: SettleContext, draft: Draft): PlanTraining {
  const training = draft.training ?? {};
  const { kind, mode } = kindOfTraining(draft);
  const method = training.method ?? TRAINING_DEFAULTS.method;
  const batch = training.per_device_train_batch_size ?? TRAINING_DEFAULTS.per_device_train_batch_size;
  const rate = training.learning_rate ?? usualLearningRate(kind, mode);
  const embeddings = kind === "pretraining" && mode === "lora";
  const metric = training.metric_for_best_model ?? TRAINING_DEFAULTS.metric_for_best_model;
  const { eval_share: _, ...defaults } = TRAINING_DEFAULTS;
  return {
    ...defaults,
    ...training,
    method,
    per_device_train_batch_size: batch,
    per_device_eval_batch_size: training.per_device_eval_batch_size ?? batch,
    ...duration(training),
    learning_rate: rate,
    embedding_learning_rate: training.embedding_learning_rate ?? (embeddings ? rate * EMBEDDING_SHARE : null),
    optim: training.optim ?? memoryDefaults(draft).optim,
    max_grad_norm: training.max_grad_norm ?? maxGradNorm(method),
    ...cadence(draft),
    metric_for_best_model: metric,
    greater_is_better: training.greater_is_better ?? !metric.endsWith("loss"),
    report_to: [training.report_to ?? []].flat().filter((name) => name !== "none"),
    ...methodSections(context, training),
  };
}
