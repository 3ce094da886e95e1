import { l10n, Uri, type ExtensionContext, type LogOutputChannel } from "vscode";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { detail } from "../log.ts";
import { pathPrefix, shims, type Shim } from "./shim.ts";

/**
 * Puts `finetune` on the PATH of the editor's terminals. It lies in the storage of the extension, which an
 * update leaves alone, and is written again when it points elsewhere. Nobody waits for it.
 */
export async function offerTerminalCommand(context: ExtensionContext, log: LogOutputChannel): Promise<void> {
  try {
    const { platform } = process;
    const folder = Uri.joinPath(context.globalStorageUri, "bin").fsPath;
    const cli = Uri.joinPath(context.extensionUri, "dist", "cli.js").fsPath;
    for (const shim of shims({ platform, node: process.execPath, cli })) await put(folder, shim);
    const collection = context.environmentVariableCollection;
    collection.description = l10n.t("Adds the command `finetune`.");
    const wanted = pathPrefix(platform, folder);
    // A change marks every open terminal as out of date, so nothing is set that is there already.
    if (collection.get("PATH")?.value !== wanted) collection.prepend("PATH", wanted);
  } catch (error) {
    log.error(`The terminal command: ${detail(error)}`);
  }
}

async function put(folder: string, { name, text, mode }: Shim): Promise<void> {
  const path = join(folder, name);
  const before = await readFile(path, "utf8").catch(() => null);
  if (before === text) return;
  await mkdir(folder, { recursive: true });
  // A terminal may be starting it: it finds the old one or the new one.
  const writing = `${path}.${process.pid}`;
  await writeFile(writing, text);
  await chmod(writing, mode);
  await rename(writing, path);
}
