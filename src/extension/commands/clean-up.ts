import { l10n, window } from "vscode";
import { keepsAll } from "../../launch/retention.ts";
import { tidyRuns } from "../housekeeping/tidy.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { retention } from "../settings.ts";
import { requireTrust } from "../trust.ts";

/** Deletes now what the settings let go. */
export async function cleanUp(services: Services): Promise<void> {
  requireTrust();
  if (keepsAll(retention())) {
    throw new Refusal(l10n.t("All runs are kept: finetune.retention names no limit."), [
      {
        title: l10n.t("Open Settings"),
        command: "workbench.action.openSettings",
        args: ["finetune.retention"],
      },
    ]);
  }
  const gone = await tidyRuns(services);
  if (gone === 0) await window.showInformationMessage(l10n.t("There is nothing to delete."));
}
