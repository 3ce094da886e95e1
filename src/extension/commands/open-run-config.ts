import { l10n, Selection, Uri, window, workspace } from "vscode";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { spanOfKey } from "../../core/config/dotted-path.ts";
import { parse } from "../../core/config/parse.ts";
import type { RunView } from "../../launch/runs.ts";
import { mayRead } from "../../launch/confinement.ts";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";
import { confinement } from "../trust.ts";
import { pickRun } from "./pick-run.ts";

export async function openRunConfig(services: Services, argument: unknown): Promise<void> {
  const view = await pickRun(
    services,
    argument,
    () => true,
    l10n.t("Nothing has run in this workspace yet."),
  );
  if (view !== undefined) await showConfig(view);
}

/** The file that was launched while it exists, else the copy in the run folder; `path` is the key to show. */
export async function showConfig(view: RunView, path?: string): Promise<void> {
  const file = await sourceOrCopy(view);
  const editor = await window.showTextDocument(Uri.file(file));
  if (path === undefined) return;
  const span = spanOfKey(parse(editor.document.getText()), path);
  if (span === null) return;
  const { document } = editor;
  editor.selection = new Selection(document.positionAt(span.start), document.positionAt(span.end));
  editor.revealRange(editor.selection);
}

async function sourceOrCopy({ folder, info }: RunView): Promise<string> {
  const { source } = info;
  const copy = join(folder, "config", basename(info.config));
  // A run that somebody else made may name any file of this computer as its config.
  const where = confinement();
  if (source === undefined || !(await mayRead(source, where))) {
    if (await mayRead(copy, where)) return copy;
    throw new Refusal(l10n.t("The config of {0} cannot be read here.", info.name));
  }
  if (workspace.textDocuments.some(({ uri }) => uri.fsPath === source)) return source;
  return readFile(source).then(
    () => source,
    () => copy, // Moved, deleted or not for us: the copy is what ran.
  );
}
