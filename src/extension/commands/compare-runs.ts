import { l10n, window } from "vscode";
import { describe } from "../../core/run/words.ts";
import type { RunView } from "../../launch/runs.ts";
import { inOrder, labels } from "../jobs/items.ts";
import { isRunNode } from "../jobs/tree.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";

/** The selected rows, or runs picked from a list. */
export async function compareRuns(services: Services, _argument: unknown, selection: unknown): Promise<void> {
  const selected = Array.isArray(selection) ? selection.filter(isRunNode).map(({ folder }) => folder) : [];
  const folders = selected.length > 1 ? selected : await pickFolders(services);
  if (folders.length === 0) return;
  if (folders.length === 1) throw new Refusal(l10n.t("Choose two runs or more."));
  services.comparisons.show(folders, l10n.t("{0} runs", folders.length));
}

async function pickFolders({ store }: Services): Promise<string[]> {
  const views = inOrder(store.views()).filter(({ job }) => job.step > 0);
  if (views.length < 2) throw new Refusal(l10n.t("There are no two runs with steps to compare yet."));
  const names = labels(views);
  const now = Date.now() / 1000;
  const chosen = await window.showQuickPick(
    views.map((view: RunView) => ({
      label: names.get(view.folder) ?? view.info.name,
      description: describe(view, now),
      folder: view.folder,
    })),
    { canPickMany: true, placeHolder: l10n.t("Which runs?") },
  );
  return (chosen ?? []).map(({ folder }) => folder);
}
