import { l10n, ProgressLocation, Uri, window } from "vscode";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasEnded } from "../../core/run/status.ts";
import { size } from "../../core/units.ts";
import { RUNS_VOLUME, runOnVolume } from "../../launch/modal/names.ts";
import type { VolumeEntry } from "../../launch/modal/session.ts";
import { withModal } from "../modal/with-session.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

const AT_ONCE = 4;

/** Everything of a run that lies on the volume, into a folder that the person chooses. */
export async function modalDownload(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const id = runOf(argument);
  const [parent] =
    (await window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: l10n.t("Download Here"),
    })) ?? [];
  if (parent === undefined) return;
  await downloadRun(services, id, Uri.joinPath(parent, id).fsPath);
}

/** @param folder absolute; made when it is missing */
async function downloadRun(services: Services, id: string, folder: string): Promise<void> {
  const home = runOnVolume(id);
  await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Downloading {0}", id), cancellable: true },
    (progress, token) =>
      withModal(services, async (session) => {
        const abort = new AbortController();
        token.onCancellationRequested(() => abort.abort());
        const files = (await session.list(RUNS_VOLUME, home, true)).filter(({ kind }) => kind === "file");
        const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
        const done = new Map<string, number>();
        const one = async ({ path }: VolumeEntry): Promise<void> => {
          const to = join(folder, path.slice(home.length + 1));
          await mkdir(dirname(to), { recursive: true });
          const told = (bytes: number): void => {
            done.set(path, bytes);
            const sum = [...done.values()].reduce((all, each) => all + each, 0);
            progress.report({ message: l10n.t("{0} of {1}", size(sum), size(total)) });
          };
          await session.download(RUNS_VOLUME, path, to, told, abort.signal);
        };
        const left = [...files];
        const work = async (): Promise<void> => {
          for (let file = left.shift(); file !== undefined; file = left.shift()) await one(file);
        };
        await Promise.all(Array.from({ length: AT_ONCE }, work));
      }),
  );
}

/** Asks, and never deletes what a run still needs. */
export async function modalDelete(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const id = runOf(argument);
  const view = services.store.views().find((each) => each.id === id);
  if (view !== undefined && !hasEnded(view.state))
    throw new Refusal(l10n.t("{0} has not ended: stop it first, or its next checkpoint is lost.", id));
  const remove = l10n.t("Delete");
  const chosen = await window.showWarningMessage(
    l10n.t("Delete {0} from Modal's volume?", id),
    {
      modal: true,
      detail: l10n.t(
        "Its checkpoints and results there are gone then. What was downloaded into the run folder stays.",
      ),
    },
    remove,
  );
  if (chosen !== remove) return;
  await withModal(services, (session) => session.remove(RUNS_VOLUME, runOnVolume(id)));
  services.renewed.fire();
}

function runOf(argument: unknown): string {
  if (
    typeof argument === "object" &&
    argument !== null &&
    "run" in argument &&
    typeof argument.run === "string"
  )
    return argument.run;
  throw new Refusal(l10n.t("Choose a run of the volume in the view Targets."));
}

/** Prices and the volume are asked for again. */
export async function modalRefresh({ modal, renewed }: Services): Promise<void> {
  requireTrust();
  await modal.credentials();
  renewed.fire();
}
