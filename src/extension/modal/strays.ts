import { env, l10n, Uri, window, workspace } from "vscode";
import { DASHBOARD } from "../../launch/modal/names.ts";
import { ensurePump } from "../../launch/modal/start-pump.ts";
import { findStrays, type Stray } from "../../launch/modal/strays.ts";
import { knownRoots } from "../../launch/roots.ts";
import { duration } from "../../core/units.ts";
import { workspaceRoots } from "../jobs/workspace-roots.ts";
import type { Services } from "../services.ts";
import { runsRoot } from "../settings.ts";
import { signedInSite } from "./site.ts";
import { withModal } from "./with-session.ts";

/** Sandboxes of ours that nobody looks after cost money: each is told once, with what can be done about it. */
export async function tellStrays(services: Services): Promise<number> {
  const strays = await withModal(services, async (session) => findStrays(session, await everyRoot(services)));
  const ours = strays.filter(({ isOurs }) => isOurs);
  await Promise.all(ours.map((stray) => tell(services, stray)));
  return ours.length;
}

async function everyRoot({ machine }: Services): Promise<string[]> {
  const open = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  const here = await workspaceRoots(
    open.map(({ uri }) => uri.fsPath),
    runsRoot(),
  );
  return [...new Set([...here, ...(await knownRoots(machine.data))])];
}

async function tell(services: Services, stray: Stray): Promise<void> {
  const follow = l10n.t("Follow It");
  const end = l10n.t("Terminate");
  const dashboard = l10n.t("Open Dashboard");
  const name = stray.run ?? stray.name;
  const since = duration(Math.max(1, Date.now() / 1000 - stray.created));
  const chosen = await window.showWarningMessage(
    stray.folder === null
      ? l10n.t(
          "{0} has been running on Modal for {1} and costs money. Its run folder is not on this computer.",
          name,
          since,
        )
      : l10n.t(
          "{0} has been running on Modal for {1} and costs money. Nothing here follows it.",
          name,
          since,
        ),
    ...(stray.folder === null ? [end, dashboard] : [follow, end, dashboard]),
  );
  if (chosen === follow && stray.folder !== null) {
    await ensurePump(stray.folder, await signedInSite(services));
    await services.store.refresh();
  }
  if (chosen === end) await withModal(services, (session) => session.terminate(stray.sandbox));
  if (chosen === dashboard) await env.openExternal(Uri.parse(DASHBOARD));
}
