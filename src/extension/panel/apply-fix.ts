import { commands, l10n, Range, Uri, window, workspace, WorkspaceEdit } from "vscode";
import { textEdits } from "../../core/config/edits.ts";
import { parse } from "../../core/config/parse.ts";
import type { RunView } from "../../launch/runs.ts";
import { COMMANDS } from "../contributions.ts";
import { Refusal } from "../refusal.ts";
import { requireTrust } from "../trust.ts";
import { diagnose } from "./diagnosis.ts";

/** Changes the config as the diagnosis says, visibly and undoable, and runs it again. */
export async function applyFix(view: RunView): Promise<void> {
  requireTrust();
  const diagnosis = await diagnose(view);
  const { source } = view.info;
  if (diagnosis === null || diagnosis.edits.length === 0) return;
  if (source === undefined)
    throw new Refusal(l10n.t("It is not known from which file {0} was started.", view.id));
  const uri = Uri.file(source);
  const document = await workspace.openTextDocument(uri);
  const edit = new WorkspaceEdit();
  for (const { span, text } of textEdits(parse(document.getText()), diagnosis.edits)) {
    edit.replace(uri, new Range(document.positionAt(span.start), document.positionAt(span.end)), text);
  }
  if (!(await workspace.applyEdit(edit)))
    throw new Refusal(l10n.t("{0} could not be changed.", workspace.asRelativePath(uri)));
  await window.showTextDocument(document);
  await commands.executeCommand(COMMANDS.run, uri);
}
