import { Uri, workspace, type LogOutputChannel } from "vscode";
import { SETTINGS_SECTION, type ServerOptions } from "../core/server-options.ts";
import { COMMANDS, LANGUAGE } from "./contributions.ts";

export const SERVER_ID = "finetune";
export const SERVER_NAME = "Fine-tune configs";

/** What both clients, in a process and in a worker, ask of the server. */
export function languageOptions(extension: Uri, outputChannel: LogOutputChannel) {
  const initializationOptions: ServerOptions = {
    folders: (workspace.workspaceFolders ?? []).map(({ uri }) => uri.toString()),
    trusted: workspace.isTrusted,
    docs: Uri.joinPath(extension, "media", "docs", "diagnostics.md").toString(),
  };
  return {
    // Every scheme: unsaved files, remote and virtual ones.
    documentSelector: [{ language: LANGUAGE }],
    initializationOptions,
    outputChannel,
    // Hovers hold text of the config and of its data: of all commands, a link in them may call this one.
    markdown: { isTrusted: { enabledCommands: [COMMANDS.showEstimate] } },
    // Only tells that something changed; the server asks for the values itself.
    synchronize: { configurationSection: SETTINGS_SECTION },
    // A failed start is shown where the extension shows its state, not in a dialog that offers to try again.
    initializationFailedHandler: () => false,
  };
}
