import type { PlanDataset } from "../../run/plan.ts";
import { DATASET_DEFAULTS, HUB_SPLIT } from "../defaults.ts";
import { looksLocal } from "../paths.ts";
import type { ConfigPath } from "../problem.ts";
import type { DatasetInput, Draft } from "../schema.ts";
import { addLocal, type SettleContext } from "./context.ts";

/** One dataset of a config and where it stands. */
export interface Entry {
  readonly input: DatasetInput;
  readonly path: ConfigPath;
  /** Of the plan's inputs. */
  readonly id: string;
  readonly section: "dataset" | "eval_dataset";
}

/** The datasets of a section with their paths in the file: one or a list. */
export function entries(draft: Draft, section: Entry["section"]): Entry[] {
  const value = draft[section];
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [{ input: value, path: [section], id: `${section}.0`, section }];
  return value.map((input, index) => ({ input, path: [section, index], id: `${section}.${index}`, section }));
}

/** A place on this machine, by its looks or because something is there; else an id of the Hub. */
function isLocalData(context: SettleContext, at: ConfigPath, path: string): boolean {
  if (looksLocal(path)) return true;
  const kind = context.kindOf(context.locate(at, path));
  return kind === "file" || kind === "folder";
}

const isTemplateFile = (template: string): boolean =>
  /\.(jinja2?|j2)$/i.test(template) || /^(\.{1,2}|~)?[\\/]/.test(template);

function settleOne(
  context: SettleContext,
  section: "dataset" | "eval_dataset",
  { input, path, id }: { input: DatasetInput; path: ConfigPath; id: string },
  first: DatasetInput,
): PlanDataset | null {
  if (input.path === undefined) return null;
  const source: ConfigPath = [...path, "path"];
  const local = isLocalData(context, source, input.path);
  // Held-out rows are rendered like the rows that are trained, unless their section says otherwise.
  const template = input.chat_template ?? first.chat_template ?? DATASET_DEFAULTS.chat_template;
  const templateAt: ConfigPath =
    input.chat_template === undefined ? ["dataset", "chat_template"] : [...path, "chat_template"];
  return {
    label: input.path,
    input: local
      ? addLocal(context, id, source, input.path, /[\\/]$/.test(input.path) ? "folder" : "file")
      : null,
    hub: local
      ? null
      : {
          id: input.path,
          name: input.name ?? null,
          split: input.split ?? HUB_SPLIT,
          revision: input.revision ?? null,
        },
    format: input.format ?? DATASET_DEFAULTS.format,
    columns: input.columns ?? {},
    prompt_template: input.prompt_template ?? first.prompt_template ?? DATASET_DEFAULTS.prompt_template,
    chat_template: isTemplateFile(template)
      ? { input: addLocal(context, `${id}.chat_template`, templateAt, template, "file") }
      : template,
    train_on_responses_only:
      input.train_on_responses_only ??
      first.train_on_responses_only ??
      DATASET_DEFAULTS.train_on_responses_only,
    overlength: input.overlength ?? first.overlength ?? DATASET_DEFAULTS.overlength,
    system_message: input.system_message ?? first.system_message ?? DATASET_DEFAULTS.system_message,
    max_samples: input.max_samples ?? DATASET_DEFAULTS.max_samples,
    shuffle: input.shuffle ?? section === "dataset",
    weight: input.weight ?? DATASET_DEFAULTS.weight,
    dataset_num_proc: input.dataset_num_proc ?? first.dataset_num_proc ?? DATASET_DEFAULTS.dataset_num_proc,
  };
}

export function settleDatasets(
  context: SettleContext,
  draft: Draft,
  section: "dataset" | "eval_dataset",
): PlanDataset[] {
  const first = section === "dataset" ? {} : (entries(draft, "dataset")[0]?.input ?? {});
  return entries(draft, section)
    .map((entry) => settleOne(context, section, entry, first))
    .filter((each) => each !== null);
}

/** The share or number of rows held out, from whichever dataset names it. */
export const testSize = (draft: Draft): number | null =>
  entries(draft, "dataset").find(({ input }) => input.test_size !== undefined)?.input.test_size ?? null;

/** Everything is plain text: what is trained is a language, not answers. */
export const isPlainText = (draft: Draft): boolean => {
  const all = entries(draft, "dataset");
  return (
    all.length > 0 &&
    all.every(({ input }) => input.format === "text" || /\.(txt|md)$/i.test(input.path ?? ""))
  );
};
