import { CompletionItemKind, type CompletionItem } from "vscode-languageserver-types";
import { ROOT, keyAt, type KeyNode } from "../core/config/keys.ts";
import { keyOf } from "../core/config/value.ts";
import type { Cursor } from "./cursor.ts";
import type { Choice } from "./insertion.ts";
import { defaultOf, keyMarkdown, sentenceOf } from "./key-markdown.ts";
import { inSnippet, writeScalar } from "./scalar.ts";
import { sectionBody } from "./snippets.ts";

/** What a config cannot do without; offered before the rest, which follow in the order of the schema. */
const REQUIRED = new Set([
  "model",
  "dataset",
  "model.name",
  "dataset.path",
  "eval_dataset.path",
  "save.method",
]);

/** The keys that may be added to the map around the cursor. */
export function keyChoices(cursor: Cursor): Choice[] {
  const section = cursor.path.length === 0 ? ROOT : keyAt(keyOf(cursor.path));
  const keys = [...(section?.children?.values() ?? [])].filter((key) => !cursor.present.includes(key.name));
  const required = keys.filter((key) => REQUIRED.has(key.path));
  const rest = keys.filter((key) => !REQUIRED.has(key.path));
  return [...required, ...rest].map((key) => keyChoice(key, cursor));
}

function keyChoice(key: KeyNode, cursor: Cursor): Choice {
  const { insert, suggest } = keyInsert(key, cursor);
  return {
    label: key.name,
    insert,
    suggest,
    item: {
      kind: key.children ? CompletionItemKind.Module : CompletionItemKind.Property,
      detail: `${REQUIRED.has(key.path) ? "needed · " : ""}${key.takes}`,
      ...detailsOf(key.path),
    },
  };
}

function keyInsert(key: KeyNode, cursor: Cursor): { insert: string; suggest: boolean } {
  if (cursor.colon || cursor.quote !== "") return { insert: key.name, suggest: false };
  const free = key.accepts.has("text") || key.accepts.has("number") || key.accepts.has("whole");
  if (key.accepts.has("section") && !key.accepts.has("text")) {
    if (cursor.flow) return { insert: `${key.name}: {$1}`, suggest: true };
    const body = sectionBody(key, cursor.indent);
    return { insert: `${key.name}:${body}`, suggest: body.trim() === "$1" };
  }
  if (key.values.length > 0) return { insert: `${key.name}: `, suggest: true };
  const fallback = defaultOf(key.path);
  if (typeof fallback === "number" || typeof fallback === "string") {
    return {
      insert: `${key.name}: \${1:${inSnippet(writeScalar(fallback, { quote: "", flow: cursor.flow }))}}`,
      suggest: false,
    };
  }
  if (key.accepts.has("list") && !free) return { insert: `${key.name}: [$1]`, suggest: true };
  return { insert: `${key.name}: `, suggest: true };
}

function detailsOf(path: string): Pick<CompletionItem, "labelDetails" | "documentation"> {
  const description = sentenceOf(path);
  const documentation = keyMarkdown(path);
  return {
    ...(description === undefined ? {} : { labelDetails: { description } }),
    ...(documentation === undefined ? {} : { documentation }),
  };
}
