import { l10n, window } from "vscode";
import { tellStrays } from "../modal/strays.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

/** Looks for sandboxes of ours that nobody follows. */
export async function modalStrays(services: Services): Promise<void> {
  requireTrust();
  if ((await tellStrays(services)) === 0)
    void window.showInformationMessage(l10n.t("Nothing of ours runs on Modal that is not followed here."));
}
