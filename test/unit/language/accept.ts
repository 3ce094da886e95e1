import { TextDocument } from "vscode-languageserver-textdocument";
import { TextEdit, type CompletionItem } from "vscode-languageserver-types";

/** The text after the item was taken, with the snippet's suggestions as they are. */
export function accept(document: TextDocument, item: CompletionItem): string {
  if (item.textEdit === undefined || !TextEdit.is(item.textEdit))
    throw new Error(`${item.label} has no edit`);
  const { range, newText } = item.textEdit;
  if (range.start.line !== range.end.line) throw new Error(`${item.label} replaces more than its line`);
  return TextDocument.applyEdits(document, [{ range, newText: plain(newText) }]);
}

/** A snippet as text: `${1:16}` is 16, `${1|a,b|}` is a, `$1` is nothing. */
function plain(snippet: string): string {
  return snippet
    .replace(/(?<!\\)\$\{\d+:((?:\\.|[^}\\])*)\}/g, "$1")
    .replace(/(?<!\\)\$\{\d+\|([^,|]*)[^|]*\|\}/g, "$1")
    .replace(/(?<!\\)\$\d+/g, "")
    .replace(/\\([\\$}])/g, "$1");
}
