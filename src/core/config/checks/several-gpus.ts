/** Which GPUs a run takes, and what several of them do to it. */
import type { ConfigPath, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  fix,
  information,
  setEdit,
  warning,
  type Rule,
  type RuleContext,
} from "../rule.ts";
import { modelFacts } from "./model-facts.ts";

const indices: Rule = ({ draft, facts }) => {
  const wanted = draft.compute?.local?.gpus;
  if (draft.compute?.target === "modal" || !Array.isArray(wanted)) return [];
  const problems: Problem[] = [];
  const seen = new Set<number>();
  for (const [position, index] of wanted.entries()) {
    const path: ConfigPath = ["compute", "local", "gpus", position];
    if (seen.has(index)) {
      problems.push(
        error("duplicate-item", path, {
          message: `GPU ${index} is in the list already.`,
          fixes: [bestFix("Remove it", deleteEdit(path))],
        }),
      );
    } else if (
      facts.gpus !== undefined &&
      facts.gpus.length > 0 &&
      !facts.gpus.some((gpu) => gpu.index === index)
    ) {
      problems.push(
        error("gpu-missing", path, {
          message: `There is no GPU ${index} here; there is ${facts.gpus.map((gpu) => `${gpu.index} (${gpu.name})`).join(", ")}.`,
          fixes: [fix("Use auto", setEdit(["compute", "local", "gpus"], "auto"))],
        }),
      );
    }
    seen.add(index);
  }
  return problems;
};

/** How many GPUs a run uses, as far as the file and the machine say. */
function gpuCount({ config, facts }: RuleContext): number | undefined {
  if (config === null) return undefined;
  if (config.compute.target === "modal") {
    const gpu = config.compute.modal?.["gpu"];
    return typeof gpu === "string" ? Number(/:(\d+)$/.exec(gpu)?.[1] ?? 1) : 1;
  }
  const wanted = config.compute.local.gpus;
  if (wanted === "auto") return 1;
  return wanted === "all" ? facts.gpus?.length : wanted.length;
}

/** By the catalogue, or by the config.json of a local model. */
function hangs({ config, draft, facts }: RuleContext): boolean {
  if (config === null || config.training.method !== "sft" || config.training.padding_free !== false)
    return false;
  const { input } = config.model;
  const local = input === null ? undefined : facts.modelConfigs?.[config.locals[input]?.path ?? ""];
  const named =
    typeof local === "object" && local !== null && "model_type" in local ? local.model_type : undefined;
  return /^gemma3(_text)?$/.test(String(named ?? modelFacts(draft.model?.name)?.type));
}

const several: Rule = (context) => {
  const { config, draft } = context;
  const count = gpuCount(context);
  if (config === null || count === undefined) return [];
  const strategy = config.compute.local.strategy;
  const path: ConfigPath = ["compute", "local", "strategy"];
  if (count < 2) {
    if (
      draft.compute?.local?.strategy === undefined ||
      strategy === "auto" ||
      context.facts.gpus?.length === 0
    )
      return [];
    return [
      warning("no-effect", path, {
        message: `${strategy} shares work between GPUs, and one is used.`,
        at: "key",
        fixes: [
          bestFix("Remove it", deleteEdit(path)),
          fix("Use all GPUs", setEdit(["compute", "local", "gpus"], "all")),
        ],
      }),
    ];
  }
  if (config.model.full_finetuning && strategy !== "balanced") {
    return [
      warning("ddp-full-finetuning", strategy === "ddp" ? path : ["model", "full_finetuning"], {
        message:
          "Each GPU holds the whole model with its gradients and optimiser: balanced spreads one copy instead.",
        at: "item",
        fixes: [
          bestFix("Spread one copy (balanced)", setEdit(path, "balanced")),
          fix("Use one GPU", setEdit(["compute", "local", "gpus"], "auto")),
        ],
      }),
    ];
  }
  if (strategy === "balanced") return [];
  if (hangs(context)) {
    return [
      error("ddp-padded-gemma3", ["training", "padding_free"], {
        message:
          "Gemma 3 with padded batches and a copy on each GPU never ends its first step (seen on two H100). auto trains.",
        at: "item",
        fixes: [
          bestFix("Use auto", setEdit(["training", "padding_free"], "auto")),
          fix("Spread one copy (balanced)", setEdit(path, "balanced")),
          fix("Use one GPU", setEdit(["compute", "local", "gpus"], "auto")),
        ],
      }),
    ];
  }
  const { per_device_train_batch_size: batch, gradient_accumulation_steps: accumulation } = config.training;
  return [
    information(
      "ddp-effective-batch",
      strategy === "ddp"
        ? path
        : config.compute.target === "modal"
          ? ["compute", "modal", "gpu"]
          : ["compute", "local", "gpus"],
      {
        message: `${count} GPUs with a copy each make the effective batch ${batch * accumulation * count}, not ${batch * accumulation}: fewer steps, and perhaps a higher learning rate.`,
        at: "item",
      },
    ),
  ];
};

export const severalGpus: Rule = (context) => [indices, several].flatMap((rule) => rule(context));
