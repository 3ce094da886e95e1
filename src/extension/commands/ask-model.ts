import { l10n, ProgressLocation, window } from "vscode";
import { askRun, type Answer } from "../../launch/ask.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

/** One question to the tuned model and to the one it came from, side by side. */
export async function askModel(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  const view = await pickRun(
    services,
    argument,
    ({ job }) => job.artifacts.length > 0,
    l10n.t("No run has a model to ask yet."),
  );
  if (view === undefined) return;
  const { name } = view.info;
  const question = await window.showInputBox({
    title: l10n.t("Ask {0}", name),
    prompt: l10n.t("A question for the tuned model and for the base model"),
  });
  if (question === undefined || question.trim() === "") return;
  const site = await services.machine.site(view.folder);
  const answers = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Asking {0}", name), cancellable: true },
    (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return askRun(site, view.folder, { about: { question }, compare: true, signal: abort.signal });
    },
  );
  await services.pages.show(`${view.id} answer.txt`, answers.map(readable).join("\n\n"));
}

/** Plain text: what a model writes is not ours to render. */
const readable = ({ prompt, base, tuned }: Answer): string =>
  [
    `${l10n.t("Question")}\n${prompt}`,
    ...(base === undefined || base === null ? [] : [`${l10n.t("Base model")}\n${base}`]),
    `${l10n.t("Tuned model")}\n${tuned}`,
  ].join("\n\n");
