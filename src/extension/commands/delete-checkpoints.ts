import { l10n, window } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import { size } from "../../core/units.ts";
import { deleteSpare, spareCheckpoints } from "../../launch/spare-checkpoints.ts";
import { toTrash } from "../housekeeping/trash.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** Frees the disk: the newest whole checkpoint stays for a resume, the best one for a comparison. */
export async function deleteCheckpoints(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ state, job }) => hasEnded(state) && job.checkpoints.length > 1,
    l10n.t("No run that ended has checkpoints to spare."),
  );
  if (view === undefined) return;
  const spare = await spareCheckpoints(view);
  const bytes = size(spare.reduce((sum, one) => sum + one.bytes, 0));
  if (spare.length === 0) throw new Refusal(l10n.t("{0} keeps only what it needs.", view.info.name));
  const yes = l10n.t("Delete");
  const question = l10n.t("Delete {0} checkpoints of {1} ({2})?", spare.length, view.info.name, bytes);
  const detail = l10n.t("The best one and the newest one stay.");
  if ((await window.showWarningMessage(question, { modal: true, detail }, yes)) !== yes) return;
  await deleteSpare(spare, toTrash);
  await services.store.refresh();
}
