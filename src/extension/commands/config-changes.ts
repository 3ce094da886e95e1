import { l10n, window } from "vscode";
import type { Difference } from "../../core/run/plan-difference.ts";
import { changedPlan } from "../../launch/changed-plan.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { readPlan } from "../../launch/resume.ts";
import type { RunView } from "../../launch/runs.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

/**
 * What the config of a run says now that it did not say then. "as-it-was" at once when nothing changed;
 * undefined when the person chose neither.
 */
export async function askAboutChanges(view: RunView): Promise<"as-it-was" | "with-config" | undefined> {
  const { plan } = await readPlan(view.folder);
  let differences: readonly Difference[];
  try {
    ({ differences } = await changedPlan(view, plan, unsavedTexts()));
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    // Gone, with errors, or another training by now: none of it stands in the way of going on as it was.
    if (error.code === "plan-differs") {
      void window.showInformationMessage(l10n.t("{0} It goes on as it was.", error.message));
    }
    return "as-it-was";
  }
  if (differences.length === 0) return "as-it-was";
  const taken = l10n.t("$(git-compare) With the config as it is now");
  const chosen = await window.showQuickPick(
    [
      { label: taken, detail: differences.map(changeText).join(" · ") },
      { label: l10n.t("$(debug-continue) As it was") },
    ],
    { placeHolder: l10n.t("The config of {0} has changed since. How does it go on?", view.info.name) },
  );
  if (chosen === undefined) return undefined;
  return chosen.label === taken ? "with-config" : "as-it-was";
}

const changeText = ({ path, before, now }: Difference): string =>
  `${path}: ${JSON.stringify(before)} → ${JSON.stringify(now)}`;
