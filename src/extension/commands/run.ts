import { l10n, ProgressLocation, Selection, Uri, window, workspace } from "vscode";
import { isError } from "../../core/config/problem.ts";
import type { LoadedConfig, Unsaved } from "../../launch/load-config.ts";
import { ConfigRefused } from "../../launch/config-refused.ts";
import { startRun } from "../../launch/start.ts";
import { detail } from "../log.ts";
import { configForModal, readyForModal } from "../modal/ready.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { requireTrust } from "../trust.ts";
import { pickConfig } from "./pick-config.ts";
import { tellSurvival } from "./survival-notice.ts";
import { unsavedTexts } from "./unsaved-texts.ts";

/** Starts what the editor shows, unsaved text included, and opens the panel as soon as the run exists. */
export async function run(services: Services, argument: unknown): Promise<void> {
  requireTrust();
  await startConfig(services, argument);
}

/** `after`: the folder of a run that must have ended first. */
export async function startConfig(
  services: Services,
  argument: unknown,
  wish: { readonly after?: string; readonly unsaved?: Unsaved } = {},
): Promise<void> {
  const config = await pickConfig(argument);
  if (config === undefined) return;
  if (config.scheme !== "file")
    throw new Refusal(l10n.t("Running needs a folder on a disk; {0} is not on one.", config.toString()));
  const unsaved = wish.unsaved ?? unsavedTexts();
  const facts = await services.machine.facts();
  const elsewhere = await configForModal(config, unsaved, facts);
  const modal = elsewhere === null ? undefined : await readyForModal(services, config, elsewhere);
  if (modal === null) return;
  const site = await services.machine.site(config.fsPath, modal);
  if (modal === undefined) await tellSurvival(services);
  const name = workspace.asRelativePath(config);
  try {
    await window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t("Starting {0}", name) },
      async () => {
        await startRun(site, {
          ...wish,
          config: config.fsPath,
          unsaved,
          facts,
          onPlan: (plan, folder) => void show(services, folder, plan.name),
        });
      },
    );
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error;
    await showFirstError(error.loaded);
    throw new Refusal(error.message, [
      { title: l10n.t("Show Problems"), command: "workbench.actions.view.problems" },
    ]);
  } finally {
    await services.store.refresh();
  }
}

/** A panel that cannot be shown is no reason not to train. */
async function show({ log, panels, store }: Services, folder: string, name: string): Promise<void> {
  try {
    panels.show(folder, name);
    await store.refresh();
  } catch (error) {
    log.error(`Showing ${folder}: ${detail(error)}`);
  }
}

/** The cursor goes to the line that has to change. */
async function showFirstError({ path, problems, parsed }: LoadedConfig): Promise<void> {
  const problem = problems.find(isError);
  if (problem === undefined) return;
  const file = problem.file !== undefined && parsed.has(problem.file) ? problem.file : path;
  const span = problem.span ?? parsed.get(file)?.spanOf(problem.path, problem.at);
  const editor = await window.showTextDocument(Uri.file(file));
  if (span === undefined) return;
  editor.selection = new Selection(
    editor.document.positionAt(span.start),
    editor.document.positionAt(span.end),
  );
  editor.revealRange(editor.selection);
}
