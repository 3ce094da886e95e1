import { commands, l10n, Uri } from "vscode";
import type { Services } from "../services.ts";
import { pickRun } from "./pick-run.ts";

/** In the explorer when the run lies in the workspace; the editor falls back to the system's file manager. */
export async function openRunFolder(services: Services, argument: unknown): Promise<void> {
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view !== undefined) await commands.executeCommand("revealInExplorer", Uri.file(view.folder));
}
