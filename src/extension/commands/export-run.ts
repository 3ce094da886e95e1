import { commands, l10n, ProgressLocation, Uri, window } from "vscode";
import { join } from "node:path";
import { size } from "../../core/units.ts";
import { EXPORT_METHODS, exportRun as makeExports } from "../../launch/export-run.ts";
import { exportRunOnModal } from "../../launch/modal/export-run-on-modal.ts";
import type { RunView } from "../../launch/runs.ts";
import { signedInSite } from "../modal/site.ts";
import { withModal } from "../modal/with-session.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

type Method = (typeof EXPORT_METHODS)[number];

/** Makes a merged model, GGUF or a script of what a run has trained. */
export async function exportRun(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ job }) => job.checkpoints.length + job.artifacts.length > 0,
    l10n.t("No run has anything to export yet."),
  );
  if (view === undefined) return;
  const { name } = view.info;
  const chosen = await window.showQuickPick(methods(), { title: l10n.t("Export {0}", name) });
  if (chosen === undefined) return;
  const make = await maker(services, view);
  const made = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Exporting {0}", name), cancellable: true },
    (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return make({
        method: chosen.method,
        quantization: chosen.method === "gguf" ? ["q4_k_m"] : [],
        signal: abort.signal,
        onPhase: (message) => progress.report({ message }),
      });
    },
  );
  await services.store.refresh();
  services.panels.nudge(view.folder);
  const [first] = made;
  if (first === undefined) return;
  const reveal = l10n.t("Reveal");
  const words = l10n.t("{0}: {1} is ready, {2}.", name, first.kind, size(first.bytes));
  if ((await window.showInformationMessage(words, reveal)) !== reveal) return;
  await commands.executeCommand("revealInExplorer", Uri.file(join(view.folder, first.path)));
}

type Wish = Parameters<typeof makeExports>[2] & { readonly signal: AbortSignal };
type Make = (
  wish: Wish,
) => Promise<readonly { readonly kind: string; readonly path: string; readonly bytes: number }[]>;

/** Where the run has been: of a run on Modal the volume has it all, and a sandbox without a GPU is cheap. */
async function maker(services: Services, { info, folder }: RunView): Promise<Make> {
  if (info.target !== "modal") {
    const site = await services.machine.site(folder);
    return (wish) => makeExports(site, folder, wish);
  }
  const { env } = await signedInSite(services);
  return (wish) => withModal(services, (session) => exportRunOnModal(session, folder, { ...wish, env }));
}

const methods = (): { label: string; description: string; method: Method }[] => {
  const words: Readonly<Record<Method, string>> = {
    merged_16bit: l10n.t("base and adapter as one model, 16 bit"),
    merged_4bit: l10n.t("base and adapter as one model, 4 bit"),
    gguf: l10n.t("for llama.cpp and what builds on it, q4_k_m"),
    script: l10n.t("one plain Python file that trains the same thing"),
  };
  return EXPORT_METHODS.map((method) => ({ label: method, description: words[method], method }));
};
