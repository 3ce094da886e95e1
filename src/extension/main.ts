/** The extension: everything is built here, by hand and in order. Views and commands come before what can fail. */
import type { ExtensionContext } from "vscode";
import type { PanelAction } from "../core/panel.ts";
import { Comparisons } from "./compare/comparisons.ts";
import { registerCommands } from "./commands/register.ts";
import { DisposableStore } from "./dispose.ts";
import { followConfigs } from "./has-config.ts";
import { notifyAtTheEnd } from "./jobs/notify.ts";
import { createStatusBar } from "./jobs/status-bar.ts";
import { JobStore } from "./jobs/store.ts";
import { RunsTree } from "./jobs/tree.ts";
import { startLanguageClient } from "./language-client.ts";
import { createLog, detail, reason } from "./log.ts";
import { Machine } from "./machine.ts";
import { Panels } from "./panel/panels.ts";
import type { Services } from "./services.ts";
import { TextPages } from "./text-pages.ts";
import { TargetsTree } from "./targets/tree.ts";

export function activate(context: ExtensionContext): void {
  const disposables = new DisposableStore();
  context.subscriptions.push(disposables);

  const log = disposables.add(createLog());
  const store = disposables.add(new JobStore(log));
  const machine = disposables.add(new Machine(context.extensionUri, log));
  const act = async (folder: string, action: PanelAction): Promise<void> => {
    const { performAction } = await import("./on-demand.ts");
    await performAction(services, folder, action);
  };
  const panels = disposables.add(new Panels(context.extensionUri, act, log));
  const comparisons = disposables.add(new Comparisons(context.extensionUri, log));
  const pages = disposables.add(new TextPages());
  const services: Services = {
    extension: context.extensionUri,
    log,
    store,
    panels,
    comparisons,
    machine,
    pages,
  };

  const tree = disposables.add(new RunsTree(store));
  disposables.add(new TargetsTree(services));
  disposables.add(createStatusBar(store));
  disposables.add(notifyAtTheEnd(store));
  disposables.add(registerCommands(services));
  disposables.add(followConfigs(log));

  void store.start();
  void machine.lookForEnvironment();
  startLanguageClient(context, services).catch((error: unknown) => {
    log.error(`Language server: ${detail(error)}`);
    tree.say(`Checks and completion are off: ${reason(error)}`);
  });
}
