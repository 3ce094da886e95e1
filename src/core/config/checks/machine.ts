/** What this machine, or the one that is rented, can and cannot do. */
import type { ConfigPath, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  information,
  setEdit,
  warning,
  type Rule,
  type RuleContext,
} from "../rule.ts";
import { loadingMode } from "../settle/model.ts";
import { billionsOf, modelFacts } from "./model-facts.ts";

/** The run would train on the CPU of this machine. */
const onCpu = ({ config, facts }: RuleContext): boolean =>
  config !== null &&
  config.compute.target === "local" &&
  (config.model.embedded !== null || facts.gpus?.length === 0);

const needsGpu = /8bit|paged|bnb/;

const cpu: Rule = (context) => {
  if (!onCpu(context)) return [];
  const { draft, config } = context;
  const problems: Problem[] = [];
  if (draft.training?.optim !== undefined && needsGpu.test(draft.training.optim)) {
    problems.push(
      error("optimiser-needs-gpu", ["training", "optim"], {
        message: `${draft.training.optim} needs bitsandbytes and a GPU; this run trains on the CPU.`,
        fixes: [bestFix("Use adamw_torch", setEdit(["training", "optim"], "adamw_torch"))],
      }),
    );
  }
  if (draft.training?.loraplus_lr_ratio !== undefined) {
    const path = ["training", "loraplus_lr_ratio"];
    problems.push(
      error("loraplus-needs-gpu", path, {
        message: "LoRA+ needs a GPU; this run trains on the CPU.",
        at: "item",
        fixes: [bestFix("Remove it", deleteEdit(path))],
      }),
    );
  }
  const mode = loadingMode(draft.model);
  if (mode === "load_in_4bit" || mode === "load_in_8bit") {
    problems.push(
      warning("quantised-on-cpu", ["model", mode], {
        message: "On a CPU the model is loaded in 16-bit mode instead, or trains several times slower.",
        at: "item",
        fixes: [
          bestFix(
            "Use load_in_16bit",
            setEdit(["model", "load_in_16bit"], true),
            setEdit(["model", "load_in_4bit"], false),
            ...(mode === "load_in_8bit" ? [deleteEdit(["model", mode])] : []),
          ),
        ],
      }),
    );
  }
  const merged = config?.save.findIndex(({ method }) => method === "merged_4bit") ?? -1;
  if (merged >= 0) {
    const path: ConfigPath = Array.isArray(draft.save) ? ["save", merged, "method"] : ["save", "method"];
    problems.push(
      error("merged-4bit-on-cpu", path, {
        message: "Merging into 4-bit needs a GPU.",
        fixes: [bestFix("Use merged_16bit", setEdit(path, "merged_16bit"))],
      }),
    );
  }
  return problems;
};

const CONSUMER = /\b(?:rtx|gtx|geforce|titan)\b/i;
const GIB = 2 ** 30;

/** 16-bit weights of more than 7 billion parameters on a card for games. */
const sixteenBit: Rule = ({ draft, config, facts }) => {
  const mode = loadingMode(draft.model);
  const size = billionsOf(draft.model?.name);
  const gpu = facts.gpus?.find(({ name }) => CONSUMER.test(name));
  if (config?.compute.target !== "local" || gpu === undefined || size === undefined || size < 6.5) return [];
  if (mode !== "load_in_16bit" || gpu.total > 33 * GIB) return [];
  return [
    warning("sixteen-bit-large", ["model", "load_in_16bit"], {
      message: `The 16-bit weights alone are ${Math.round((size * 2e9) / GIB)} GB; ${gpu.name} has ${Math.round(gpu.total / GIB)}. 4-bit needs about a third.`,
      at: "item",
      fixes: [
        bestFix(
          "Use load_in_4bit",
          setEdit(["model", "load_in_4bit"], true),
          deleteEdit(["model", "load_in_16bit"]),
        ),
      ],
    }),
  ];
};

const windows: Rule = ({ draft, facts, config }) => {
  if (facts.platform !== "win32" || config?.compute.target !== "local") return [];
  const problems: Problem[] = [];
  for (const [index, dataset] of [draft.dataset ?? []].flat().entries()) {
    if (dataset.dataset_num_proc === undefined) continue;
    const path: ConfigPath = Array.isArray(draft.dataset)
      ? ["dataset", index, "dataset_num_proc"]
      : ["dataset", "dataset_num_proc"];
    problems.push(
      warning("windows-workers", path, {
        message: "On Windows rows are tokenised in the trainer's own process: workers often die there.",
        at: "item",
        fixes: [bestFix("Remove it", deleteEdit(path))],
      }),
    );
  }
  if (draft.training?.grpo?.use_vllm) {
    problems.push(
      error("vllm-on-windows", ["training", "grpo", "use_vllm"], {
        message: "vLLM does not run on Windows; WSL does.",
        at: "item",
        fixes: [bestFix("Remove it", deleteEdit(["training", "grpo", "use_vllm"]))],
      }),
    );
  }
  return problems;
};

const gemma2: Rule = (context) => {
  if (onCpu(context) || modelFacts(context.draft.model?.name)?.type !== "gemma2") return [];
  return [
    information("gemma2-uncompiled", ["model", "name"], {
      message:
        "Gemma 2 fails to compile with the pinned torch 2.11: it is run without compilation, in padded batches.",
    }),
  ];
};

export const machine: Rule = (context) => [cpu, sixteenBit, windows, gemma2].flatMap((rule) => rule(context));
