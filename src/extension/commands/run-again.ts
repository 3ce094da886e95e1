import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import { basename, dirname, join } from "node:path";
import { hasEnded } from "../../core/run/status.ts";
import { configTexts, runAgain as again } from "../../launch/run-again.ts";
import { signedInSite } from "../modal/site.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** The exact plan once more, whatever the config says today. */
export async function runAgain(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(services, argument, ({ state }) => hasEnded(state), l10n.t("No run has ended."));
  if (view === undefined) return;
  const modal = view.info.target === "modal" ? await signedInSite(services) : undefined;
  const site = await services.machine.site(view.folder, modal);
  await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t("Starting {0}", view.info.name) },
    async () => {
      await again(site, view.folder, { onFolder: (folder, name) => services.panels.show(folder, name) });
    },
  );
  await services.store.refresh();
}

/** The config of a run as a new file beside the old one, to be changed and run. */
export async function duplicateConfig(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view === undefined) return;
  const [{ path, text }] = await configTexts(view.folder);
  // Paths in it are relative to where it lay; where that folder is gone it can only be shown there.
  const target = await freeName(path);
  await workspace.fs.writeFile(target, new TextEncoder().encode(text));
  await window.showTextDocument(target);
}

/** "support-2.finetune.yaml" for "support.finetune.yaml", and so on. */
async function freeName(path: string): Promise<Uri> {
  const name = basename(path);
  const at = name.search(/\.?finetune\.ya?ml$/);
  const [stem, end] = at <= 0 ? ["copy", `.${name}`] : [name.slice(0, at), name.slice(at)];
  for (let nth = 2; ; nth += 1) {
    const uri = Uri.file(join(dirname(path), `${stem.replace(/-\d+$/, "")}-${nth}${end}`));
    const isFree = await workspace.fs.stat(uri).then(
      () => false,
      () => true,
    );
    if (isFree) return uri;
  }
}
