import { l10n, ProgressLocation, window, type CancellationToken, type Progress } from "vscode";
import { size } from "../../core/units.ts";
import { neededBytes } from "../../machine/disk-space.ts";
import { requirementSet } from "../../machine/requirement-set.ts";
import {
  previewSetup,
  setUp,
  type SetupProgress,
  type SetupResult,
  type SetupWish,
} from "../../machine/setup.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";

/** Makes the pinned Python environment, visibly and cancellable. Cut off, the next one begins anew. */
export async function setUpEnvironment(services: Services): Promise<void> {
  requireTrust();
  const { log, machine } = services;
  const wish = await wishOf(services);
  if (!(await agreed(wish))) return;
  const result = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t("Python environment"), cancellable: true },
    (progress, token) => make(services, wish, progress, token),
  );
  if (result === null) return;
  await machine.python();
  const words = result.made
    ? l10n.t("The Python environment is ready.")
    : l10n.t("The Python environment was there already.");
  log.info(`${words} ${result.python}`);
  await window.showInformationMessage(words);
}

type Wish = Omit<SetupWish, "signal" | "onProgress">;

async function wishOf({ log, machine }: Services): Promise<Wish> {
  const gpus = await machine.gpus();
  const choice = requirementSet(process.platform, "gpus" in gpus ? gpus.gpus : []);
  log.info(`Set-up of ${choice.set}: ${choice.why}`);
  const { cache, requirements } = machine;
  return { cache, requirements, set: choice.set, env: process.env };
}

/** The commands are shown before any of them runs; nothing to ask where everything is there. */
async function agreed(wish: Wish): Promise<boolean> {
  const preview = await previewSetup({ ...wish, onProgress: () => {} });
  if (preview === null) return true;
  const yes = l10n.t("Set Up");
  const question = l10n.t("Make the Python environment in {0}?", preview.folder);
  const detail = l10n.t(
    "At most {0} are downloaded and installed there; nothing else on this computer changes. It can be cancelled at any time. Commands:\n\n{1}",
    size(neededBytes(wish.set)),
    preview.commands.join("\n\n"),
  );
  return (await window.showInformationMessage(question, { modal: true, detail }, yes)) === yes;
}

/** null: cancelled by the person, who knows. */
async function make(
  { log }: Services,
  wish: Wish,
  progress: Progress<{ message?: string; increment?: number }>,
  token: CancellationToken,
): Promise<SetupResult | null> {
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort());
  let shown = 0;
  try {
    return await setUp({
      ...wish,
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
