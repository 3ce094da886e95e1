/** The extension: everything is built here, by hand and in order. Views and commands come before what can fail. */
import { l10n, EventEmitter, type ExtensionContext } from "vscode";
import type { PanelAction } from "../core/panel.ts";
import { Comparisons } from "./compare/comparisons.ts";
import { registerCommands } from "./commands/register.ts";
import { DisposableStore } from "./dispose.ts";
import { followConfigs } from "./has-config.ts";
import { tidyAtTheEnd } from "./housekeeping/follow.ts";
import { KeptArrangement } from "./jobs/kept-arrangement.ts";
import { notifyAtTheEnd } from "./jobs/notify.ts";
import { createStatusBar } from "./jobs/status-bar.ts";
import { JobStore } from "./jobs/store.ts";
import { RunsTree } from "./jobs/tree.ts";
import { startLanguageClient } from "./language-client.ts";
import { followLogs } from "./log-pages/outline.ts";
import { LogPages } from "./log-pages/pages.ts";
import { createLog, detail, reason } from "./log.ts";
import { Machine } from "./machine.ts";
import { ModalAccount } from "./modal/account.ts";
import { followModal } from "./modal/follow.ts";
import { Panels } from "./panel/panels.ts";
import type { Services } from "./services.ts";
import { registerTasks } from "./tasks/provider.ts";
import { offerTerminalCommand } from "./terminal-command/offer.ts";
import { TextPages } from "./text-pages.ts";
import { Tokens } from "./tokens.ts";
import { TargetsTree } from "./targets/tree.ts";

export function activate(context: ExtensionContext): void {
  const disposables = new DisposableStore();
  context.subscriptions.push(disposables);

  const log = disposables.add(createLog());
  const store = disposables.add(new JobStore(log));
  const tokens = new Tokens(context.secrets);
  const machine = disposables.add(new Machine(context.extensionUri, tokens, log));
  const act = async (folder: string, action: PanelAction): Promise<void> => {
    const { performAction } = await import("./on-demand.ts");
    await performAction(services, folder, action);
  };
  const panels = disposables.add(new Panels(context.extensionUri, act, log));
  const choose = async (folders: readonly string[]): Promise<readonly string[]> => {
    const { chooseRuns, guarded } = await import("./on-demand.ts");
    let chosen: readonly string[] = [];
    await guarded(log, "choose runs", async () => void (chosen = await chooseRuns(services, folders)))();
    return chosen;
  };
  const comparisons = disposables.add(new Comparisons(context.extensionUri, choose, log));
  const pages = disposables.add(new TextPages());
  const arrangement = disposables.add(new KeptArrangement(context.workspaceState));
  const modal = disposables.add(new ModalAccount(tokens, context.globalState));
  const services: Services = {
    extension: context.extensionUri,
    log,
    flags: context.globalState,
    store,
    panels,
    comparisons,
    machine,
    pages,
    arrangement,
    tokens,
    modal,
    renewed: disposables.add(new EventEmitter<void>()),
  };

  const tree = disposables.add(new RunsTree(store, arrangement));
  disposables.add(new TargetsTree(services));
  disposables.add(createStatusBar(store));
  disposables.add(notifyAtTheEnd(store));
  disposables.add(registerCommands(services));
  disposables.add(followConfigs(log));
  disposables.add(new LogPages());
  disposables.add(followLogs());
  disposables.add(tidyAtTheEnd(services));
  disposables.add(registerTasks(context.extensionUri));

  // What reads, loads and starts comes when `activate` has returned: the editor waits for it.
  const begin = setImmediate(() => {
    disposables.add(followModal(services));
    void store.start();
    void machine.lookForEnvironment();
    void offerTerminalCommand(context, log);
    startLanguageClient(context, services).catch((error: unknown) => {
      log.error(`Language server: ${detail(error)}`);
      tree.say(l10n.t("Checks and completion are off: {0}", reason(error)));
    });
  });
  disposables.add({ dispose: () => clearImmediate(begin) });
}
