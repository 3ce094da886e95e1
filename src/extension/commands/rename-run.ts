import { l10n, window } from "vscode";
import { writeMarks } from "../../launch/marks.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** A name of one's own for a run; an empty one gives back the config's. */
export async function renameRun(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view === undefined) return;
  const { title, starred } = view.marks;
  const name = await window.showInputBox({
    prompt: l10n.t("Name of this run; empty: {0}", view.info.name),
    value: title ?? view.info.name,
  });
  if (name === undefined) return;
  const trimmed = name.trim();
  await writeMarks(view.folder, {
    title: trimmed === "" || trimmed === view.info.name ? null : trimmed,
    starred,
  });
  await services.store.refresh();
}
