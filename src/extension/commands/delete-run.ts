import { l10n, window } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import type { RunView } from "../../launch/runs.ts";
import { deleteRun as deleteFolder } from "../../launch/delete-run.ts";
import { toTrash } from "../housekeeping/trash.ts";
import { isRunNode } from "../jobs/tree.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** Of the selected rows those that have ended, after one question; into the trash where there is one. */
export async function deleteRun(services: Services, argument: unknown, selection: unknown): Promise<void> {
  requireTrust();
  const views = Array.isArray(selection) ? selected(services, selection) : await one(services, argument);
  if (views.length === 0) return;
  const question =
    views.length === 1
      ? l10n.t("Delete {0} with its checkpoints and results?", views[0]?.id ?? "")
      : l10n.t("Delete {0} runs with their checkpoints and results?", views.length);
  const yes = l10n.t("Delete");
  const where = l10n.t("The folder goes to the trash where this system has one.");
  if ((await window.showWarningMessage(question, { modal: true, detail: where }, yes)) !== yes) return;
  for (const { folder } of views) await deleteFolder(folder, toTrash);
  await services.store.refresh();
}

function selected({ store }: Services, selection: readonly unknown[]): RunView[] {
  return selection
    .filter(isRunNode)
    .map(({ folder }) => store.find(folder))
    .filter((view) => view !== undefined)
    .filter(mayGo);
}

async function one(services: Services, argument: unknown): Promise<RunView[]> {
  const view = await pickRun(services, argument, mayGo, l10n.t("No run has ended."));
  return view === undefined ? [] : [view];
}

const mayGo = ({ state }: RunView): boolean => hasEnded(state) || state === "unknown";
