import { l10n, ProgressLocation, window, type CancellationToken, type Progress } from "vscode";
import { requirementSet } from "../../machine/requirement-set.ts";
import { setUp, type SetupProgress, type SetupResult } from "../../machine/setup.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

/** Makes the pinned Python environment, visibly and cancellable. Cut off, the next one begins anew. */
export async function setUpEnvironment(services: Services): Promise<void> {
  requireTrust();
  const { log, machine } = services;
  const result = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Python environment"), cancellable: true },
    (progress, token) => make(services, progress, token),
  );
  if (result === null) return;
  await machine.python();
  const words = result.made
    ? l10n.t("The Python environment is ready.")
    : l10n.t("The Python environment was there already.");
  log.info(`${words} ${result.python}`);
  await window.showInformationMessage(words);
}

/** null: cancelled by the person, who knows. */
async function make(
  { log, machine }: Services,
  progress: Progress<{ message?: string; increment?: number }>,
  token: CancellationToken,
): Promise<SetupResult | null> {
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  const gpus = await machine.gpus();
  const choice = requirementSet(process.platform, "gpus" in gpus ? gpus.gpus : []);
  log.info(`Set-up of ${choice.set}: ${choice.why}`);
  let shown = 0;
  try {
    return await setUp({
      cache: machine.cache,
      requirements: machine.requirements,
      set: choice.set,
      env: process.env,
      signal: abort.signal,
      onProgress: (step) => {
        log.info(sentence(step));
        const reached = step.kind === "package" ? (100 * step.done) / step.total : shown;
        progress.report({ message: short(step), increment: Math.max(0, reached - shown) });
        shown = Math.max(shown, reached);
      },
    });
  } catch (error) {
    if (abort.signal.aborted) return null;
    throw error;
  }
}

const sentence = (step: SetupProgress): string =>
  step.kind === "package" ? `${step.done}/${step.total} ${step.name}` : step.text;

/** A command line is for the log; the message says what it is about. */
function short(step: SetupProgress): string {
  switch (step.kind) {
    case "package":
      return l10n.t("{0} of {1}: {2}", step.done, step.total, step.name);
    case "stage":
      return step.text;
    case "command":
      return l10n.t("preparing");
  }
}
