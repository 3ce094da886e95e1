/** Preference and reward training. */
import { METHOD_DEFAULTS } from "../defaults.ts";
import type { Problem } from "../problem.ts";
import { bestFix, deleteEdit, error, fix, hint, setEdit, warning, type Rule } from "../rule.ts";
import { loadingMode } from "../settle/model.ts";

const SECTIONS = ["dpo", "orpo", "kto", "grpo"] as const;
const at = (...keys: string[]) => ["training", ...keys];

const sections: Rule = ({ draft }) => {
  const method = draft.training?.method ?? "sft";
  return SECTIONS.filter((section) => section !== method && draft.training?.[section] !== undefined).map(
    (section) =>
      warning("method-section-unused", at(section), {
        message: `The ${section} section has no effect with training.method: ${method}.`,
        at: "key",
        fixes: [
          bestFix(`Train with ${section}`, setEdit(at("method"), section)),
          fix("Remove the section", deleteEdit(at(section))),
        ],
      }),
  );
};

const dpo: Rule = ({ draft }) => {
  const section = draft.training?.dpo;
  if (draft.training?.method !== "dpo" || section === undefined) return [];
  const problems: Problem[] = [];
  const losses = [section.loss_type ?? "sigmoid"].flat();
  if (section.loss_weights !== undefined && section.loss_weights.length !== losses.length) {
    problems.push(
      error("weights-count", at("dpo", "loss_weights"), {
        message: `${losses.length} losses need ${losses.length} weights; there are ${section.loss_weights.length}.`,
        fixes: [fix("Remove the weights (1 each)", deleteEdit(at("dpo", "loss_weights")))],
      }),
    );
  }
  if (section.sync_ref_model) {
    const adapters = loadingMode(draft.model) !== "full_finetuning";
    const remove = bestFix("Remove it", deleteEdit(at("dpo", "sync_ref_model")));
    if (adapters) {
      problems.push(
        error("sync-ref-model", at("dpo", "sync_ref_model"), {
          message:
            "sync_ref_model works with full fine-tuning only: with adapters the reference is the base itself.",
          at: "item",
          fixes: [remove],
        }),
      );
    } else if (section.precompute_ref_log_probs) {
      problems.push(
        error("sync-ref-model", at("dpo", "sync_ref_model"), {
          message: "A reference that moves cannot be computed in advance.",
          at: "item",
          fixes: [
            remove,
            fix("Remove precompute_ref_log_probs", deleteEdit(at("dpo", "precompute_ref_log_probs"))),
          ],
        }),
      );
    }
  } else {
    for (const key of ["ref_model_mixup_alpha", "ref_model_sync_steps"] as const) {
      if (section[key] === undefined) continue;
      problems.push(
        warning("no-effect", at("dpo", key), {
          message: `${key} has no effect without sync_ref_model: true.`,
          at: "key",
          fixes: [bestFix("Remove it", deleteEdit(at("dpo", key)))],
        }),
      );
    }
  }
  return problems;
};

/** TRL compares answers within a batch: one row alone is refused. */
const kto: Rule = ({ draft, config }) => {
  if (
    draft.training?.method !== "kto" ||
    config === null ||
    draft.training.kto?.loss_type === "apo_zero_unpaired"
  )
    return [];
  if (config.training.per_device_train_batch_size > 1) return [];
  return [
    error("kto-batch", at("per_device_train_batch_size"), {
      message: "kto needs at least two rows in a batch: it compares them with each other.",
      fixes: [bestFix("Use 2", setEdit(at("per_device_train_batch_size"), 2))],
    }),
  ];
};

const grpo: Rule = ({ draft, config }) => {
  if (draft.training?.method !== "grpo" || config === null) return [];
  const section = draft.training.grpo ?? {};
  const problems: Problem[] = [];
  if (section.reward_funcs === undefined) {
    problems.push(
      error("reward-missing", at("grpo", "reward_funcs"), {
        message:
          "grpo needs something to reward: reward_funcs: rewards.py:function, or a reward of TRL by name.",
        at: "key",
      }),
    );
  }
  const rewards = [section.reward_funcs ?? []].flat();
  if (
    section.reward_weights !== undefined &&
    rewards.length > 0 &&
    section.reward_weights.length !== rewards.length
  ) {
    problems.push(
      error("weights-count", at("grpo", "reward_weights"), {
        message: `${rewards.length} rewards need ${rewards.length} weights; there are ${section.reward_weights.length}.`,
        fixes: [fix("Remove the weights (1 each)", deleteEdit(at("grpo", "reward_weights")))],
      }),
    );
  }
  const generations = section.num_generations ?? METHOD_DEFAULTS.grpo.num_generations;
  const { per_device_train_batch_size: batch, gradient_accumulation_steps: accumulation } = config.training;
  if ((batch * accumulation) % generations !== 0) {
    const needed = Math.ceil((batch * accumulation) / generations) * generations;
    const fits = needed % batch === 0;
    problems.push(
      error("generations-batch", at("grpo", "num_generations"), {
        message: `Batch × accumulation is ${batch * accumulation}; it must be a multiple of num_generations, ${generations}.`,
        at: "item",
        fixes: [
          fits
            ? bestFix(
                `Accumulate ${needed / batch} batches`,
                setEdit(at("gradient_accumulation_steps"), needed / batch),
              )
            : bestFix(
                `Batch ${generations}, accumulation 1`,
                setEdit(at("per_device_train_batch_size"), generations),
                setEdit(at("gradient_accumulation_steps"), 1),
              ),
        ],
      }),
    );
  }
  const longest = section.max_completion_length ?? METHOD_DEFAULTS.grpo.max_completion_length;
  if (longest >= config.model.max_seq_length) {
    problems.push(
      error("completion-too-long", at("grpo", "max_completion_length"), {
        message: `Answers of ${longest} tokens leave no room for a prompt in max_seq_length ${config.model.max_seq_length}.`,
        fixes: [fix(`Set max_seq_length ${longest * 2}`, setEdit(["model", "max_seq_length"], longest * 2))],
      }),
    );
  }
  if (!section.use_vllm) {
    problems.push(
      hint("grpo-without-vllm", at("method"), {
        message:
          "Without vLLM the answers are sampled by the model itself: it works, and is several times slower.",
      }),
    );
  }
  return problems;
};

const onlySft: Rule = ({ draft }) => {
  const training = draft.training ?? {};
  const method = training.method ?? "sft";
  if (method === "sft") return [];
  return (["neftune_noise_alpha", "eval_packing"] as const)
    .filter((key) => training[key] !== undefined)
    .map((key) =>
      warning("no-effect", at(key), {
        message: `${key} is for sft; ${method} does not use it.`,
        at: "key",
        fixes: [bestFix("Remove it", deleteEdit(at(key)))],
      }),
    );
};

export const methods: Rule = (context) =>
  [sections, dpo, kto, grpo, onlySft].flatMap((rule) => rule(context));
