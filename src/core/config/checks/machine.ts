/** What this machine, or the one that is rented, can and cannot do. */
import { MODAL_PRICES, modalName } from "../../estimate/prices.ts";
import { closest } from "../closest.ts";
import { seconds } from "../duration.ts";
import type { ConfigPath, Problem } from "../problem.ts";
import {
  bestFix,
  deleteEdit,
  error,
  fix,
  hint,
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

const gpus: Rule = ({ draft, facts }) => {
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
      error("ddp-full-finetuning", strategy === "ddp" ? path : ["model", "full_finetuning"], {
        message: "Full fine-tuning with a copy on each GPU hangs in its first step with the pinned versions.",
        at: "item",
        fixes: [
          bestFix("Spread one copy (balanced)", setEdit(path, "balanced")),
          fix("Use one GPU", setEdit(["compute", "local", "gpus"], "auto")),
        ],
      }),
    ];
  }
  if (strategy === "balanced") return [];
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

const MODAL_LONGEST = 86_400;

const modal: Rule = ({ draft, config, isSet }) => {
  const section = draft.compute?.modal;
  const problems: Problem[] = [];
  const gpu = section?.gpu;
  if (gpu !== undefined && modalName(gpu) === undefined) {
    const bare = gpu.replace(/:\d+$/, "");
    const like = closest(bare, [...Object.keys(MODAL_PRICES.gpus), "A100"]);
    const count = /:\d+$/.exec(gpu)?.[0] ?? "";
    problems.push(
      warning("modal-gpu-unknown", ["compute", "modal", "gpu"], {
        message: `${bare} is not a GPU of Modal that we know.${like ? ` Did you mean ${like}?` : ""}`,
        ...(like
          ? {
              fixes: [
                bestFix(`Use ${like}${count}`, setEdit(["compute", "modal", "gpu"], `${like}${count}`)),
              ],
            }
          : {}),
      }),
    );
  }
  if (gpu !== undefined && /^A10:[5-8]$/i.test(gpu)) {
    problems.push(
      error("modal-gpu-count", ["compute", "modal", "gpu"], {
        message: "Modal rents at most four A10 together.",
        fixes: [bestFix("Use A10:4", setEdit(["compute", "modal", "gpu"], "A10:4"))],
      }),
    );
  }
  const time = seconds(section?.timeout);
  if (time !== undefined && time > MODAL_LONGEST) {
    problems.push(
      error("modal-timeout-long", ["compute", "modal", "timeout"], {
        message: "A sandbox of Modal lives at most 24 hours. Longer runs are resumed from their checkpoints.",
        fixes: [bestFix("Use 24h", setEdit(["compute", "modal", "timeout"], "24h"))],
      }),
    );
  }
  const stall = seconds(section?.stall_timeout);
  if (stall !== undefined && stall < 120) {
    problems.push(
      warning("stall-timeout-short", ["compute", "modal", "stall_timeout"], {
        message: "The first step compiles and may take minutes: a run would be ended before it began.",
        fixes: [bestFix("Use 15m", setEdit(["compute", "modal", "stall_timeout"], "15m"))],
      }),
    );
  }
  if (section !== undefined && config?.compute.target === "local" && !isSet(["compute", "target"])) {
    problems.push(
      hint("modal-not-chosen", ["compute", "modal"], {
        message: "The run happens on this machine unless compute.target is modal.",
        at: "key",
        fixes: [fix("Set target: modal", setEdit(["compute", "target"], "modal"))],
      }),
    );
  }
  return problems;
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
        message:
          "Worker processes often die on Windows. Left out, rows are tokenised in the trainer's own process.",
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

export const machine: Rule = (context) =>
  [cpu, sixteenBit, gpus, several, modal, windows, gemma2].flatMap((rule) => rule(context));
