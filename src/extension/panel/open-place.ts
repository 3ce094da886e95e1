import { l10n, Range, Uri, window, workspace } from "vscode";
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { mayRead } from "../../launch/confinement.ts";
import type { RunView } from "../../launch/runs.ts";
import { Refusal } from "../refusal.ts";
import { confinement } from "../trust.ts";

/** Opens the place that a line of a log names. Such lines are written by whatever trained. */
export async function openPlace(view: RunView, path: string, line: number): Promise<void> {
  for (const file of candidates(view, path)) {
    if (!(await isRegularFile(file)) || !(await mayRead(file, confinement()))) continue;
    const document = await workspace.openTextDocument(Uri.file(file));
    const { range } = document.lineAt(Math.min(Math.max(0, line - 1), document.lineCount - 1));
    await window.showTextDocument(document, {
      preview: true,
      selection: new Range(range.start, range.start),
    });
    return;
  }
  throw new Refusal(l10n.t("{0} is not on this machine.", path));
}

/** A relative path begins where the config lies, in the run folder, or in a folder that is open. */
function candidates({ folder, info }: RunView, path: string): string[] {
  // A network share would be asked with this user's name and password.
  if (/^[\\/]{2}/.test(path)) return [];
  const open = (workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const bases = [...(info.source === undefined ? [] : [dirname(info.source)]), folder, ...open];
  const home = /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : null;
  const named = home ?? (isAbsolute(path) ? path : null);
  return named === null ? bases.map((base) => resolve(base, path)) : [named];
}

/** Devices and pipes would never end. */
const isRegularFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false, // Not there, or not ours to read: the next candidate.
  );
