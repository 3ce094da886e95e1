import { commands, l10n, Uri } from "vscode";
import type { RunView } from "../../launch/runs.ts";
import { editConfig } from "../commands/edit-config.ts";
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
  await editConfig(uri, diagnosis.edits);
  await commands.executeCommand(COMMANDS.run, uri);
}
