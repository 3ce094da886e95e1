import { l10n, Range, Uri, window, type TextEditor } from "vscode";
import { stat } from "node:fs/promises";
import { outputFile } from "../../launch/run-files.ts";
import type { RunView } from "../../launch/runs.ts";
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

/** The log of the newest attempt, at a line (from 1) or at its end. */
export async function showLog(view: RunView, line?: number): Promise<void> {
  const file = outputFile(view.folder, view.attemptNumber);
  if (!(await exists(file))) throw new Refusal(l10n.t("{0} has written no log yet.", view.info.name));
  const editor = await window.showTextDocument(Uri.file(file), { preview: true });
  reveal(editor, line === undefined ? editor.document.lineCount - 1 : line - 1);
}

function reveal(editor: TextEditor, line: number): void {
  const range = editor.document.lineAt(Math.min(Math.max(0, line), editor.document.lineCount - 1)).range;
  editor.revealRange(new Range(range.start, range.start));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false, // Whatever the reason, there is nothing to open.
  );
}
