import { l10n, Position, Range, Selection, TextEditorRevealType, window, workspace } from "vscode";
import { stat } from "node:fs/promises";
import { outputFile } from "../../launch/run-files.ts";
import { readLogWindow } from "../../launch/log-window.ts";
import type { RunView } from "../../launch/runs.ts";
import { logUri } from "../log-pages/address.ts";
import { headingLines } from "../log-pages/pages.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { pickRun } from "./pick-run.ts";

export async function openLog(services: Services, argument: unknown): Promise<void> {
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view !== undefined) await showLog(view);
}

/** The log of the newest attempt, read-only, at a line (from 1) or at its end. */
export async function showLog(view: RunView, line?: number): Promise<void> {
  const file = outputFile(view.folder, view.attemptNumber);
  if (!(await exists(file))) throw new Refusal(l10n.t("{0} has written no log yet.", view.info.name));
  const whole = await readLogWindow(file);
  // A log that fits is one document, wherever in it somebody looks.
  const address = whole.before === 0 || line === undefined ? { file } : { file, line };
  const shown = address.line === undefined ? whole : await readLogWindow(file, line);
  const { name: run } = view.info;
  const name = view.attemptNumber === 0 ? run : l10n.t("{0}, attempt {1}", run, view.attemptNumber + 1);
  const document = await workspace.openTextDocument(logUri(name, address));
  const editor = await window.showTextDocument(document, { preview: true });
  const wanted = line === undefined ? document.lineCount - 1 : line - 1 - shown.before + headingLines(shown);
  const at = new Position(Math.min(Math.max(0, wanted), document.lineCount - 1), 0);
  editor.selection = new Selection(at, at);
  editor.revealRange(new Range(at, at), TextEditorRevealType.InCenter);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // Whatever the reason, there is nothing to open.
  );
}
