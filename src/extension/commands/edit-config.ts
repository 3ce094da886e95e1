import { l10n, Range, window, workspace, WorkspaceEdit, type Uri } from "vscode";
import { textEdits } from "../../core/config/edits.ts";
import { parse } from "../../core/config/parse.ts";
import type { Edit } from "../../core/config/problem.ts";
import { Refusal } from "../refusal.ts";

/** Changes a config in its editor, so that the change is seen and can be undone. Nothing is saved. */
export async function editConfig(uri: Uri, edits: readonly Edit[]): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const edit = new WorkspaceEdit();
  for (const { span, text } of textEdits(parse(document.getText()), edits)) {
    edit.replace(uri, new Range(document.positionAt(span.start), document.positionAt(span.end)), text);
  }
  if (!(await workspace.applyEdit(edit))) {
    throw new Refusal(l10n.t("{0} could not be changed.", workspace.asRelativePath(uri)));
  }
  await window.showTextDocument(document);
}
