import type { TextDocument } from "vscode-languageserver-textdocument";
import { InsertTextFormat, InsertTextMode, type CompletionItem } from "vscode-languageserver-types";
import type { Cursor } from "./cursor.ts";

/** Opens the list of values right after a key was taken. */
const SUGGEST = { title: "Suggest values", command: "editor.action.triggerSuggest" };

export interface Choice {
  readonly label: string;
  /** In snippet syntax; lines after the first are indented as they stand. */
  readonly insert: string;
  readonly item?: Partial<CompletionItem>;
  readonly suggest?: boolean;
}

/**
 * A choice as an edit at the cursor. The word under the cursor goes, a missing blank after the colon and
 * the right column come with it; no line of the file but the cursor's is touched.
 */
export function toItem(
  document: TextDocument,
  cursor: Cursor,
  choice: Choice,
  order: number,
): CompletionItem {
  const text = document.getText();
  const { reindent, span, quote } = cursor;
  const word =
    (cursor.glued ? " " : "") + choice.insert + (quote !== "" && text[span.end] !== quote ? quote : "");
  const start = reindent === null ? span.start : reindent.span.start;
  const between = reindent === null ? "" : text.slice(reindent.span.end, span.start);
  const lead = reindent === null ? "" : " ".repeat(reindent.column) + between;
  return {
    label: choice.label,
    // The editor filters by the text that the edit replaces.
    filterText: text.slice(start, span.start) + choice.label,
    sortText: String(order).padStart(4, "0"),
    insertTextFormat: InsertTextFormat.Snippet,
    insertTextMode: InsertTextMode.asIs,
    textEdit: {
      range: { start: document.positionAt(start), end: document.positionAt(span.end) },
      newText: lead + word,
    },
    ...choice.item,
    ...(choice.suggest ? { command: SUGGEST } : {}),
  };
}
