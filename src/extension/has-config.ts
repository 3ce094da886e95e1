import { commands, workspace, type Disposable, type LogOutputChannel } from "vscode";
import { CONTEXTS } from "./contributions.ts";
import { DisposableStore } from "./dispose.ts";
import { findConfigs } from "./commands/pick-config.ts";
import { detail } from "./log.ts";

/** Keeps the context key that decides which welcome view is shown. */
export function followConfigs(log: LogOutputChannel): Disposable {
  const disposables = new DisposableStore();
  const look = async (): Promise<void> => {
    try {
      const found = await findConfigs(1);
      await commands.executeCommand("setContext", CONTEXTS.hasConfig, found.length > 0);
    } catch (error) {
      log.error(`Looking for configs: ${detail(error)}`);
    }
  };
  const watcher = disposables.add(
    workspace.createFileSystemWatcher("**/*finetune.{yaml,yml}", false, true, false),
  );
  disposables.add(watcher.onDidCreate(look));
  disposables.add(watcher.onDidDelete(look));
  disposables.add(workspace.onDidChangeWorkspaceFolders(look));
  void look();
  return disposables;
}
