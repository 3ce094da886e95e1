import { l10n, Range, Uri, window, workspace, WorkspaceEdit, type TextDocument } from "vscode";
import { secretAt, secretMoveSchema, type SecretMove } from "../../core/config/secret-move.ts";
import { secretName } from "../../core/config/secret-name.ts";
import { isForRuns } from "../../launch/token-names.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { askTokenName } from "./manage-tokens.ts";

/**
 * The quick fix of a secret in a config: into the storage first, and out of the text only when the storage
 * has given it back. Nothing is saved, so it can be undone.
 */
export async function moveSecret(
  { tokens }: Services,
  uri: unknown,
  version: unknown,
  place: unknown,
  edits: unknown,
): Promise<void> {
  requireTrust();
  const wish = secretMoveSchema.parse({ uri, version, place, edits });
  const document = await workspace.openTextDocument(Uri.parse(wish.uri, true));
  const secret = document.version === wish.version ? secretAt(document.getText(), wish.place) : undefined;
  if (secret === undefined) {
    throw new Refusal(l10n.t("The text has changed since the fix was offered. Choose it again."));
  }
  const { name: usual, sure } = secretName(wish.place.path, secret);
  const kept = await tokens.all();
  const free = kept[usual] === undefined || kept[usual] === secret;
  const name = sure && free ? usual : await askTokenName(usual, kept);
  if (name === undefined) return;
  await tokens.keep(name, secret);
  await applyEdits(document, wish);
  void window.showInformationMessage(
    isForRuns(name)
      ? l10n.t(
          "{0} is kept by the editor. Runs started here get it as an environment variable. Save the file.",
          name,
        )
      : l10n.t("{0} is kept by the editor. Save the file.", name),
  );
}

async function applyEdits(document: TextDocument, { version, edits }: SecretMove): Promise<void> {
  const edit = new WorkspaceEdit();
  for (const { range, newText } of edits) {
    const { start, end } = range;
    edit.replace(document.uri, new Range(start.line, start.character, end.line, end.character), newText);
  }
  const name = workspace.asRelativePath(document.uri);
  if (document.version !== version || !(await workspace.applyEdit(edit))) {
    throw new Refusal(l10n.t("The token is kept, but {0} could not be changed: take it out by hand.", name));
  }
}
