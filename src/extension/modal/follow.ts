import { commands, l10n, window, workspace, type Disposable } from "vscode";
import type { RunView } from "../../launch/runs.ts";
import { COMMANDS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import { detail } from "../log.ts";
import { plainMessage } from "../plain-message.ts";
import type { Services } from "../services.ts";

/** A pump that died is replaced by whoever sees it, and not more often than this. */
const PAUSE_MS = 60_000;
const LOOK_EVERY_MS = 15_000;
/** A pump writes every fifteen seconds at least: after this many it is worth a look whether there is one. */
const QUIET_S = 20;

/**
 * Looks after the runs on Modal that this window shows: a run without a pump gets one, a stop that Modal does
 * not confirm is told, and with the first look what nobody follows. Nothing is asked of Modal where nothing
 * of ours was ever started there.
 */
export function followModal(services: Services): Disposable {
  const { store, modal, log } = services;
  const disposables = new DisposableStore();
  const tried = new Map<string, number>();
  const told = new Set<string>();
  const quietly = (what: string, work: Promise<void>): void => {
    work.catch((error: unknown) => log.warn(`${what}: ${detail(error)}`));
  };
  const look = (views: readonly RunView[]): void => {
    if (!workspace.isTrusted) return;
    for (const view of views) {
      if (isUnconfirmed(view) && !told.has(view.folder)) {
        told.add(view.folder);
        quietly("Telling of a stop", tellUnconfirmed(view));
      }
      if (!isAlone(view) || Date.now() - (tried.get(view.folder) ?? 0) < PAUSE_MS) continue;
      tried.set(view.folder, Date.now());
      quietly(`Following ${view.id}`, followAgain(services, view.folder));
    }
  };
  disposables.add(store.onDidChange(({ changed }) => look(changed)));
  const clock = setInterval(() => look(store.views().filter(({ remote }) => remote !== null)), LOOK_EVERY_MS);
  disposables.add({ dispose: () => clearInterval(clock) });
  if (modal.used && workspace.isTrusted) quietly("Looking for sandboxes", lookForStrays(services));
  return disposables;
}

/** Nobody may be looking after it; a living pump that only has no contact is found, and left alone. */
const isAlone = ({ remote }: RunView): boolean =>
  remote !== null && remote.stage !== "ended" && Date.now() / 1000 - remote.written > QUIET_S;

const isUnconfirmed = ({ remote }: RunView): boolean => remote?.problem?.code === "modal-stop-unconfirmed";

/** Without a sign-in the row in the tree says that nobody is in contact; nobody is asked to sign in by surprise. */
async function followAgain(services: Services, folder: string): Promise<void> {
  if ((await services.modal.credentials()) === null) return;
  const { startFollowing } = await import("../on-demand.ts");
  await startFollowing(services, folder);
  await services.store.refresh();
}

async function lookForStrays(services: Services): Promise<void> {
  if ((await services.modal.credentials()) === null) return;
  const { tellStrays } = await import("../on-demand.ts");
  await tellStrays(services);
}

async function tellUnconfirmed({ info, remote }: RunView): Promise<void> {
  const dashboard = l10n.t("Open Dashboard");
  const words = `${info.name}: ${remote?.problem?.message ?? ""} ${remote?.problem?.hint ?? ""}`;
  if ((await window.showWarningMessage(plainMessage(words), dashboard)) === dashboard)
    await commands.executeCommand(COMMANDS.modalDashboard);
}
