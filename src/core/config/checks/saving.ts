import type { ConfigPath, Problem } from "../problem.ts";
import { bestFix, deleteEdit, error, fix, hint, setEdit, warning, type Rule } from "../rule.ts";
import { loadingMode } from "../settle/model.ts";
import { billionsOf } from "./model-facts.ts";

const training = (key: string): ConfigPath => ["training", key];

const cadence: Rule = ({ draft }) => {
  const { save_strategy: strategy, ...keys } = draft.training ?? {};
  if (strategy !== "no" && strategy !== "epoch") return [];
  return (
    ["save_steps", "save_minutes", ...(strategy === "no" ? (["save_total_limit"] as const) : [])] as const
  )
    .filter((key) => keys[key] !== undefined)
    .map((key) =>
      warning("no-effect", training(key), {
        message: `${key} has no effect with save_strategy: ${strategy === "no" ? '"no"' : strategy}.`,
        at: "key",
        fixes: [bestFix("Remove it", deleteEdit(training(key)))],
      }),
    );
};

const resumable: Rule = ({ draft }) => {
  if (draft.training?.save_only_model !== true) return [];
  return [
    warning("save-only-model", training("save_only_model"), {
      message: "Checkpoints without the optimiser cannot be resumed: a stopped run starts over.",
      at: "item",
      fixes: [bestFix("Remove it", deleteEdit(training("save_only_model")))],
    }),
  ];
};

/** Whole models after every epoch, all kept: the disk fills before anyone looks. */
const wholeModels: Rule = ({ draft }) => {
  const keys = draft.training ?? {};
  const size = billionsOf(draft.model?.name);
  if (!draft.model?.full_finetuning || (keys.save_total_limit ?? 2) <= 3) return [];
  // Weights, master copies and 8-bit optimiser states: about 6 bytes a parameter.
  const each =
    size === undefined
      ? "as large as the model with its optimiser"
      : `about ${Math.round((size * 6e9) / 2 ** 30)} GB`;
  return [
    warning("whole-model-saves", training("save_total_limit"), {
      message: `Full fine-tuning writes whole models: each checkpoint is ${each}, and ${keys.save_total_limit} are kept.`,
      at: "item",
      fixes: [bestFix("Keep 2 (and the best)", setEdit(training("save_total_limit"), 2))],
    }),
  ];
};

/** One output or a list, with the path of each. */
function outputs(save: unknown): ConfigPath[] {
  return Array.isArray(save) ? save.map((_, index) => ["save", index]) : save === undefined ? [] : [["save"]];
}

const formats: Rule = ({ draft, isSet }) => {
  const list = [draft.save ?? []].flat();
  const paths = outputs(draft.save);
  const full = loadingMode(draft.model) === "full_finetuning";
  const seen = new Set<string>();
  return list.flatMap((output, index) => {
    const path = paths[index] ?? ["save"];
    const problems: Problem[] = [];
    const { method } = output;
    if (method === undefined) {
      const empty = Object.keys(output).length === 0 && path.length === 1;
      if (!empty && !isSet([...path, "method"])) {
        problems.push(
          error("save-method-missing", path, {
            message:
              "This output has no method: merged_16bit, merged_4bit or gguf. The adapter is always written.",
            at: "key",
            fixes: [fix("Merge into 16-bit", setEdit([...path, "method"], "merged_16bit"))],
          }),
        );
      }
      return problems;
    }
    if (seen.has(method)) {
      problems.push(
        warning("save-twice", [...path, "method"], {
          message: `${method} is written already; several quantisations go into one list.`,
          fixes: [bestFix("Remove it", deleteEdit(path))],
        }),
      );
    }
    seen.add(method);
    if (output.quantization_method !== undefined && method !== "gguf") {
      problems.push(
        warning("no-effect", [...path, "quantization_method"], {
          message: `quantization_method is for gguf; ${method} has none.`,
          at: "key",
          fixes: [
            bestFix("Remove it", deleteEdit([...path, "quantization_method"])),
            fix("Write GGUF", setEdit([...path, "method"], "gguf")),
          ],
        }),
      );
    }
    if (full && method !== "gguf") {
      problems.push(
        (method === "merged_4bit" ? error : warning)("nothing-to-merge", [...path, "method"], {
          message: "Full fine-tuning writes the whole model anyway; there is no adapter to merge.",
          fixes: [bestFix("Remove it", deleteEdit(path))],
        }),
      );
    }
    if (!full && method === "merged_4bit") {
      problems.push(
        warning("merged-4bit-loss", [...path, "method"], {
          message:
            "Merging into 4-bit rounds what was learnt. merged_16bit keeps it, and can be quantised later.",
          fixes: [fix("Use merged_16bit", setEdit([...path, "method"], "merged_16bit"))],
        }),
      );
    }
    return problems;
  });
};

const download: Rule = ({ draft, config }) => {
  if (loadingMode(draft.model) !== "load_in_4bit" || config === null || config.model.input !== null)
    return [];
  const index = config.save.findIndex(({ method }) => method === "merged_16bit" || method === "gguf");
  const size = billionsOf(draft.model?.name);
  const path = outputs(draft.save)[index];
  if (path === undefined || size === undefined) return [];
  return [
    hint("merge-downloads", [...path, "method"], {
      message: `Merging needs the 16-bit base: about ${Math.max(1, Math.round((size * 2e9) / 2 ** 30))} GB more to download after training, and the same again on disk.`,
    }),
  ];
};

const HUB_ID = /^[A-Za-z0-9][\w.-]*\/[\w.-]+$/;

const hub: Rule = ({ draft }) =>
  [draft.save ?? []].flat().flatMap((output, index) => {
    const path = outputs(draft.save)[index] ?? ["save"];
    const problems: Problem[] = [];
    if (output.push_to_hub !== undefined && !HUB_ID.test(output.push_to_hub)) {
      problems.push(
        error("hub-id-invalid", [...path, "push_to_hub"], {
          message: "A Hub repository is owner/name, of letters, digits, dots and dashes.",
        }),
      );
    }
    for (const key of ["private", "overwrite"] as const) {
      if (output[key] === undefined || output.push_to_hub !== undefined) continue;
      problems.push(
        warning("no-effect", [...path, key], {
          message: `${key} has no effect without push_to_hub.`,
          at: "key",
          fixes: [bestFix("Remove it", deleteEdit([...path, key]))],
        }),
      );
    }
    if (output.private === false && output.push_to_hub !== undefined) {
      problems.push(
        warning("push-public", [...path, "private"], {
          message: `${output.push_to_hub} will be public: anyone can download what was learnt from your data.`,
          at: "item",
          fixes: [bestFix("Keep it private", setEdit([...path, "private"], true))],
        }),
      );
    }
    return problems;
  });

export const saving: Rule = (context) =>
  [cadence, resumable, wholeModels, formats, download, hub].flatMap((rule) => rule(context));
