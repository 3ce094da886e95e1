import { l10n, window } from "vscode";
import { resetCorrections as forget } from "../../launch/corrections.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

/** Estimates are corrected by what runs have measured; from now on only new runs count. */
export async function resetCorrections({ machine }: Services): Promise<void> {
  requireTrust();
  const yes = l10n.t("Forget");
  const question = l10n.t(
    "Forget what finished runs have measured? Estimates then start from the model again.",
  );
  if ((await window.showWarningMessage(question, { modal: true }, yes)) !== yes) return;
  await forget(machine.data, new Date());
  machine.forgot();
}
