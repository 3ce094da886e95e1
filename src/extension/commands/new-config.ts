import { FileType, l10n, Uri, window, workspace } from "vscode";
import { Refusal } from "../refusal.ts";
import type { Services } from "../services.ts";

const SAMPLE = "support-triage";

/** Puts the sample into the workspace: a config that runs as it is, with its data. Never overwrites anything. */
export async function newConfig({ extension }: Services): Promise<void> {
  const folder = await pickFolder();
  if (folder === undefined) return;
  const sample = Uri.joinPath(extension, "media", "samples", SAMPLE);
  const names = (await workspace.fs.readDirectory(sample)).flatMap(([name, type]) =>
    type === FileType.File ? [name] : [],
  );
  const target = await freeFolder(folder, names);
  for (const name of names) {
    await workspace.fs.copy(Uri.joinPath(sample, name), Uri.joinPath(target, name), { overwrite: false });
  }
  const config = names.find((name) => name.endsWith(".finetune.yaml"));
  if (config === undefined)
    throw new Error(`No config lies in ${sample.toString()}: the installation is incomplete.`);
  await window.showTextDocument(Uri.joinPath(target, config));
}

async function pickFolder(): Promise<Uri | undefined> {
  const [only, ...others] = workspace.workspaceFolders ?? [];
  if (only === undefined) {
    throw new Refusal(l10n.t("Open a folder first: the config, its data and its runs lie in it."), [
      { title: l10n.t("Open Folder"), command: "vscode.openFolder" },
    ]);
  }
  if (others.length === 0) return only.uri;
  return (await window.showWorkspaceFolderPick({ placeHolder: l10n.t("Where does the config go?") }))?.uri;
}

/** The folder itself when none of the names is taken, else the first free `support-triage-2`, `-3` … in it. */
async function freeFolder(folder: Uri, names: readonly string[]): Promise<Uri> {
  const taken = new Set((await workspace.fs.readDirectory(folder)).map(([name]) => name));
  if (!names.some((name) => taken.has(name))) return folder;
  for (let nth = 2; ; nth++) {
    const name = `${SAMPLE}-${nth}`;
    if (!taken.has(name)) return Uri.joinPath(folder, name);
  }
}
