import { l10n, ProgressLocation, window } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import { LaunchError } from "../../launch/launcher.ts";
import { resumeRun } from "../../launch/start.ts";
import { signedInSite } from "../modal/site.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { askAboutChanges } from "./config-changes.ts";
import { pickRun } from "./pick-run.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

/** Goes on from the newest whole checkpoint; without one it asks before beginning again. */
export async function resume(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ state }) => hasEnded(state) && state !== "succeeded",
    l10n.t("No run has stopped before its end."),
  );
  if (view === undefined) return;
  const modal = view.info.target === "modal" ? await signedInSite(services) : undefined;
  const site = await services.machine.site(view.folder, modal);
  const choice = await askAboutChanges(view);
  if (choice === undefined) return;
  const wish = { withConfig: choice === "with-config", unsaved: unsavedTexts() };
  const begin = (fromStart: boolean): Thenable<void> =>
    window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t("Resuming {0}", view.info.name) },
      async () => {
        await resumeRun(site, view.folder, { ...wish, fromStart });
      },
    );
  try {
    await begin(false);
  } catch (error) {
    if (!(error instanceof LaunchError) || error.code !== "no-checkpoint") throw error;
    const again = l10n.t("Begin Again");
    if ((await window.showWarningMessage(error.message, { modal: true }, again)) !== again) return;
    await begin(true);
  }
  await services.store.refresh();
  services.panels.show(view.folder, view.info.name);
  services.panels.nudge(view.folder);
}
