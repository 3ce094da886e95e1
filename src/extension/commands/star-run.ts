import { l10n } from "vscode";
import { writeMarks } from "../../launch/marks.ts";
import { isRunNode } from "../jobs/tree.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** Of the selected rows each; runs with a star stand before the others that have ended. */
export async function starRun(services: Services, argument: unknown, selection: unknown): Promise<void> {
  requireTrust();
  const selected = Array.isArray(selection) ? selection.filter(isRunNode) : [];
  for (const node of selected.length > 1 ? selected : [argument]) {
    const view = await pickRun(services, node, () => true, l10n.t("Nothing has run in this workspace yet."));
    if (view !== undefined) await writeMarks(view.folder, { ...view.marks, starred: !view.marks.starred });
  }
  await services.store.refresh();
}
