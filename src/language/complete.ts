import type { TextDocument } from "vscode-languageserver-textdocument";
import { CompletionItemKind, type CompletionList } from "vscode-languageserver-types";
import { keyAt } from "../core/config/keys.ts";
import { keyOf } from "../core/config/value.ts";
import { keyChoices } from "./complete-keys.ts";
import { pathChoices } from "./complete-paths.ts";
import { valueChoices } from "./complete-values.ts";
import type { CompletionWorld } from "./completion-world.ts";
import type { Cursor } from "./cursor.ts";
import { COLUMN_ROLES } from "../core/data/formats.ts";
import { toItem, type Choice } from "./insertion.ts";
import { wholeConfigs } from "./snippets.ts";

/** Completions at a cursor that `cursorAt` found in this very text. */
export function complete(
  document: TextDocument,
  offset: number,
  cursor: Cursor,
  world: CompletionWorld,
): CompletionList {
  const choices = choicesAt(document, offset, cursor, world);
  const items = choices.map((choice, order) => toItem(document, cursor, choice, order));
  // Paths change with every slash; the rest is filtered by the editor while the word grows.
  return { isIncomplete: false, items };
}

function choicesAt(document: TextDocument, offset: number, cursor: Cursor, world: CompletionWorld): Choice[] {
  const typed = document.getText().slice(cursor.span.start, offset);
  const values = (): Choice[] => {
    const paths = pathChoices(cursor, typed, world.place, world.entries);
    const others = valueChoices(cursor, world);
    // A model is more often a name than a folder.
    return keyOf(cursor.path).startsWith("model") ? [...others, ...paths] : [...paths, ...others];
  };
  if (cursor.want === "value") return values();
  const keys = isColumns(cursor) ? roleChoices(cursor) : keyChoices(cursor);
  if (cursor.want === "either") return [...keys, ...values()];
  const empty = cursor.path.length === 0 && cursor.present.length === 0 && !cursor.flow;
  return empty ? [...wholeConfigs(), ...keys] : keys;
}

const isColumns = (cursor: Cursor): boolean =>
  cursor.path.at(-1) === "columns" && keyAt(keyOf(cursor.path)) !== undefined;

function roleChoices(cursor: Cursor): Choice[] {
  return COLUMN_ROLES.filter((role) => !cursor.present.includes(role)).map((role) => ({
    label: role,
    insert: cursor.colon ? role : `${role}: `,
    suggest: !cursor.colon,
    item: { kind: CompletionItemKind.Property, detail: "the column that holds it" },
  }));
}
