import { l10n, window } from "vscode";
import { describe } from "../../core/run/words.ts";
import type { RunView } from "../../launch/runs.ts";
import { inOrder, labels } from "../jobs/items.ts";
import { isRunNode } from "../jobs/tree.ts";
import { withoutIcons } from "../plain-message.ts";
import { Refusal } from "../refusal.ts";
import { sayer } from "../say.ts";
import type { Services } from "../services.ts";

/** The selected rows, or runs picked from a list, in which the run of `argument` is picked already. */
export async function compareRuns(services: Services, argument: unknown, selection: unknown): Promise<void> {
  const selected = Array.isArray(selection) ? selection.filter(isRunNode).map(({ folder }) => folder) : [];
  const own = isRunNode(argument) ? [argument.folder] : [];
  const folders = selected.length > 1 ? selected : await chooseRuns(services, own);
  if (folders.length > 0) services.comparisons.show(folders, l10n.t("{0} runs", folders.length));
}

/** Two or more, or none when the person wants none. `picked`: those that are picked already. */
export async function chooseRuns({ store }: Services, picked: readonly string[]): Promise<string[]> {
  const views = inOrder(store.views()).filter(({ job, folder }) => job.step > 0 || picked.includes(folder));
  if (views.length < 2) throw new Refusal(l10n.t("There are no two runs with steps to compare yet."));
  const names = labels(store.views());
  const now = Date.now() / 1000;
  const chosen = await window.showQuickPick(
    views.map((view: RunView) => ({
      label: withoutIcons(names.get(view.folder) ?? view.info.name),
      description: describe(view, now, sayer),
      picked: picked.includes(view.folder),
      folder: view.folder,
    })),
    { canPickMany: true, placeHolder: l10n.t("Which runs?") },
  );
  if (chosen?.length === 1) throw new Refusal(l10n.t("Choose two runs or more."));
  return (chosen ?? []).map(({ folder }) => folder);
}
