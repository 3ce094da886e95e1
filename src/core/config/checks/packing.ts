import type { Problem } from "../problem.ts";
import { bestFix, deleteEdit, hint, warning, type Rule } from "../rule.ts";
import { modelFacts } from "./model-facts.ts";

const PATH = ["training", "packing"];

/** Why Unsloth would print one line and train without packing, or undefined. */
function ignored(context: Parameters<Rule>[0]): string | undefined {
  const { draft, config, facts } = context;
  const method = draft.training?.method ?? "sft";
  if (method !== "sft") return `${method} rows are pairs or prompts and are never packed`;
  const onCpu =
    config?.compute.target === "local" && (config.model.embedded !== null || facts.gpus?.length === 0);
  if (onCpu) return "on a CPU Unsloth switches it off";
  const model = modelFacts(draft.model?.name);
  if (model?.type === "gemma2" || model?.type === "gpt_oss")
    return `${model.display} is always trained in padded batches`;
  if (model?.hybrid) return `${model.display} has layers that carry state from one row into the next`;
  return undefined;
}

export const packing: Rule = (context) => {
  const training = context.draft.training ?? {};
  if (training.packing === true) {
    const problems: Problem[] = [];
    const why = ignored(context);
    problems.push(
      why === undefined
        ? hint("packing-changes-steps", PATH, {
            message:
              "Packed rows are kept apart, with or without flash-attention. A step then holds batch × max_seq_length tokens, so the number of steps falls.",
            at: "item",
          })
        : warning("packing-ignored", PATH, {
            message: `packing has no effect: ${why}.`,
            at: "item",
            fixes: [bestFix("Remove it", deleteEdit(PATH))],
          }),
    );
    if (training.padding_free === false) {
      problems.push(
        warning("no-effect", ["training", "padding_free"], {
          message: "Packed rows have no padding: padding_free: false has no effect.",
          at: "key",
          fixes: [bestFix("Remove it", deleteEdit(["training", "padding_free"]))],
        }),
      );
    }
    return problems;
  }
  const unused = (["packing_strategy", "eval_packing"] as const).filter(
    (key) => training[key] !== undefined && training[key] !== false,
  );
  return unused.map((key) =>
    warning("no-effect", ["training", key], {
      message: `${key} has no effect without packing: true.`,
      at: "key",
      fixes: [bestFix("Remove it", deleteEdit(["training", key]))],
    }),
  );
};
