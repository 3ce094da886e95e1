import { l10n } from "vscode";
import { hasEnded } from "../../core/run/status.ts";
import { stopRun } from "../../launch/start.ts";
import { modalSite } from "../modal/site.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** With a checkpoint. */
export const stopAtNextStep = (services: Services, argument: unknown): Promise<void> =>
  stop(services, "graceful", argument);

/** The process ends at once; the last checkpoint remains. */
export const stopNow = (services: Services, argument: unknown): Promise<void> =>
  stop(services, "now", argument);

async function stop(services: Services, how: "graceful" | "now", argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ state }) => !hasEnded(state),
    l10n.t("Nothing is running."),
  );
  if (view === undefined) return;
  const modal = view.info.target === "modal" ? await modalSite(services) : undefined;
  await stopRun(view.folder, how, modal);
  await services.store.refresh();
  services.panels.nudge(view.folder);
}
