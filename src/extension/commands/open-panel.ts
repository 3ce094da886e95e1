import { l10n } from "vscode";
import type { Services } from "../services.ts";
import { pickRun } from "./pick-run.ts";

export async function openPanel(services: Services, argument: unknown): Promise<void> {
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view !== undefined) services.panels.show(view.folder, view.info.name);
}
