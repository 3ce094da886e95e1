import { CompletionItemKind } from "vscode-languageserver-types";
import { keyAt, type KeyNode } from "../core/config/keys.ts";
import { resolvePath } from "../core/config/paths.ts";
import { at, isMapping, keyOf } from "../core/config/value.ts";
import type { CompletionWorld, Suggestion } from "./completion-world.ts";
import type { Cursor } from "./cursor.ts";
import type { Choice } from "./insertion.ts";
import { defaultOf, valueSentence } from "./key-markdown.ts";
import { inSnippet, writeScalar } from "./scalar.ts";

/** Keys whose good values come from somewhere else than the schema. */
const SOURCES: Readonly<Record<string, (cursor: Cursor, world: CompletionWorld) => readonly Suggestion[]>> = {
  model: (_, world) => world.models,
  "model.name": (_, world) => world.models,
  "lora.target_modules": (_, world) => world.targetModules,
  "lora.modules_to_save": () => [
    { value: "embed_tokens", detail: "new words: trains the whole embedding" },
    { value: "lm_head", detail: "trains the whole output layer" },
  ],
  "compute.modal.gpu": (_, world) => world.modalGpus,
  "dataset.chat_template": (_, world) => world.chatTemplates,
  "eval_dataset.chat_template": (_, world) => world.chatTemplates,
  "dataset.split": () => [{ value: "train" }, { value: "validation" }, { value: "test" }],
  "eval_dataset.split": () => [{ value: "validation" }, { value: "test" }, { value: "train" }],
  "training.metric_for_best_model": () => [{ value: "eval_loss", detail: "the loss on the evaluation rows" }],
};

export function valueChoices(cursor: Cursor, world: CompletionWorld): Choice[] {
  const path = keyOf(cursor.path);
  const column = /^(?:eval_)?dataset\.columns\./.test(path) ? columnsAt(cursor, world) : undefined;
  if (column !== undefined) return column.map((value) => named({ value }, cursor, false));
  const key = keyAt(path);
  if (key === undefined) return [];
  const inList = typeof cursor.path.at(-1) === "number";
  const wrap = !inList && cursor.quote === "" && !acceptsOne(key);
  const words = key.values.filter((value) => wordFits(value, cursor, inList, key));
  const sourced = (SOURCES[path]?.(cursor, world) ?? []).filter(({ value }) => !cursor.items.includes(value));
  return [
    ...words.map((value) => word(value, key, cursor, wrap)),
    ...sourced.map((each) => named(each, cursor, wrap || (path === "lora.target_modules" && !inList))),
  ];
}

const acceptsOne = (key: KeyNode): boolean =>
  [...key.accepts].some((kind) => kind !== "list" && kind !== "section") || key.values.length > 0;

function wordFits(value: string | boolean, cursor: Cursor, inList: boolean, key: KeyNode): boolean {
  if (cursor.items.includes(String(value))) return false;
  // A flag in quotes is a text, and all-linear stands for the whole list.
  return !(cursor.quote !== "" && typeof value === "boolean") && !(inList && key.name === "target_modules");
}

function word(value: string | boolean, key: KeyNode, cursor: Cursor, wrap: boolean): Choice {
  const fallback = defaultOf(key.path) === value;
  const text = inSnippet(writeScalar(value, cursor));
  return {
    label: String(value),
    insert: wrap ? `[${text}]` : text,
    item: {
      kind: typeof value === "boolean" ? CompletionItemKind.Value : CompletionItemKind.EnumMember,
      preselect: fallback,
      ...(fallback ? { detail: "default" } : {}),
      ...valueDocumentation(key.path, value),
    },
  };
}

function valueDocumentation(path: string, value: string | boolean): { documentation?: string } {
  const sentence = valueSentence(path, value);
  return sentence === undefined ? {} : { documentation: sentence };
}

function named({ value, detail }: Suggestion, cursor: Cursor, wrap: boolean): Choice {
  const text = inSnippet(writeScalar(value, cursor));
  return {
    label: value,
    insert: wrap ? `[${text}$0]` : text,
    item: { kind: CompletionItemKind.Value, ...(detail === undefined ? {} : { detail }) },
  };
}

/** The columns that the rows of this dataset have, when its file was read. */
function columnsAt(cursor: Cursor, world: CompletionWorld): readonly string[] {
  const data = at(world.value, cursor.path.slice(0, cursor.path.indexOf("columns")));
  const path = isMapping(data) ? data["path"] : undefined;
  if (typeof path !== "string") return [];
  return world.facts.datasets?.[resolvePath(world.place, path)]?.columns ?? [];
}
