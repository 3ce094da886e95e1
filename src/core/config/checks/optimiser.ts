/** The optimiser and the learning rates of its own. */
import type { ConfigPath, Problem } from "../problem.ts";
import { bestFix, deleteEdit, hint, setEdit, warning, type Rule } from "../rule.ts";
import { loadingMode } from "../settle/model.ts";
import { billionsOf } from "./model-facts.ts";

const at = (key: string): ConfigPath => ["training", key];

const family: Rule = ({ draft, config }) => {
  const { optim, adam_beta1, adam_beta2, adam_epsilon } = draft.training ?? {};
  const problems: Problem[] = [];
  if ((optim === "adamw_torch" || optim === "adamw_torch_fused") && config?.model.embedded == null) {
    const size = billionsOf(draft.model?.name);
    const full = loadingMode(draft.model) === "full_finetuning";
    const much =
      full && size !== undefined
        ? `about ${Math.round((size * 6e9) / 2 ** 30)} GB`
        : "three quarters of the optimiser's state";
    problems.push(
      hint("adamw-32bit", at("optim"), {
        message: `${optim} keeps eight bytes a trained parameter where adamw_8bit keeps two: ${much} saved.`,
        fixes: [bestFix("Use adamw_8bit", setEdit(at("optim"), "adamw_8bit"))],
      }),
    );
  }
  if (optim !== undefined && !/adam|ademamix|lion/.test(optim)) {
    for (const [key, value] of Object.entries({ adam_beta1, adam_beta2, adam_epsilon })) {
      if (value === undefined) continue;
      problems.push(
        warning("no-effect", at(key), {
          message: `${optim} is not an Adam: ${key} has no effect.`,
          at: "key",
          fixes: [bestFix("Remove it", deleteEdit(at(key)))],
        }),
      );
    }
  }
  return problems;
};

const embeddings: Rule = ({ draft }) => {
  const path = at("embedding_learning_rate");
  if (draft.training?.embedding_learning_rate === undefined || draft.lora?.modules_to_save !== undefined)
    return [];
  const targets = draft.lora?.target_modules;
  if (Array.isArray(targets) && targets.some((name) => /^(embed_tokens|lm_head)$/.test(name))) return [];
  return [
    warning("no-effect", path, {
      message: "embedding_learning_rate has no effect without lora.modules_to_save: [embed_tokens, lm_head].",
      at: "key",
      fixes: [bestFix("Remove it", deleteEdit(path))],
    }),
  ];
};

const loraPlus: Rule = ({ draft }) => {
  const path = at("loraplus_lr_ratio");
  if (draft.training?.loraplus_lr_ratio === undefined || loadingMode(draft.model) !== "full_finetuning")
    return [];
  return [
    warning("no-effect", path, {
      message: "loraplus_lr_ratio is for adapters; full fine-tuning has none.",
      at: "key",
      fixes: [bestFix("Remove it", deleteEdit(path))],
    }),
  ];
};

export const optimiser: Rule = (context) => [family, embeddings, loraPlus].flatMap((rule) => rule(context));
