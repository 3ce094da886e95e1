import {
  EventEmitter,
  l10n,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type Disposable,
  type TreeDataProvider,
  workspace,
} from "vscode";
import { COMMANDS, VIEWS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import { detail, reason } from "../log.ts";
import { sayer } from "../say.ts";
import type { Services } from "../services.ts";
import { targetRows, type TargetRow } from "./items.ts";
import { failedRow, modalGroups, modalRow } from "./modal-items.ts";

/** Where a run can go, with what it finds there. Looks at GPU, Python and Modal only when the view is opened. */
export class TargetsTree implements TreeDataProvider<TargetRow>, Disposable {
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables = new DisposableStore();

  constructor(private readonly services: Services) {
    const { machine, modal, log, renewed } = services;
    const again = (): void => this.#changed.fire(undefined);
    this.#disposables.add(machine.onDidChange(again));
    this.#disposables.add(modal.onDidChange(again));
    this.#disposables.add(renewed.event(again));
    const view = this.#disposables.add(window.createTreeView(VIEWS.targets, { treeDataProvider: this }));
    const look = (): void => {
      if (!view.visible || !workspace.isTrusted) return;
      machine.gpus().catch((error: unknown) => log.error(`Looking for GPUs: ${detail(error)}`));
      // Without an environment the row says so; that is no error of the view.
      machine.python().catch((error: unknown) => log.info(`Looking for Python: ${detail(error)}`));
      // Reads files only; a row says what is wrong with them.
      modal.credentials().catch((error: unknown) => log.info(`Looking for Modal: ${detail(error)}`));
    };
    this.#disposables.add(view.onDidChangeVisibility(look));
    this.#disposables.add(
      workspace.onDidGrantWorkspaceTrust(() => {
        again();
        look();
      }),
    );
    look();
  }

  async getChildren(row?: TargetRow): Promise<TargetRow[]> {
    if (!workspace.isTrusted) return [];
    if (row === undefined)
      return [...targetRows(this.services.machine.state), modalRow(this.services.modal.state, sayer)];
    try {
      switch (row.id) {
        case "modal":
          return modalGroups(sayer);
        case "modal.gpus":
          return await (await import("../on-demand.ts")).modalGpuRows(this.services);
        case "modal.volume":
          return await (await import("../on-demand.ts")).modalVolumeRows(this.services);
        default:
          return [];
      }
    } catch (error) {
      this.services.log.warn(`Modal: ${detail(error)}`);
      return [failedRow(row.id, reason(error))];
    }
  }

  getTreeItem(row: TargetRow): TreeItem {
    const item = new TreeItem(
      row.label,
      row.children === "closed" ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
    );
    item.id = row.id;
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.iconPath = new ThemeIcon(row.icon);
    item.contextValue = row.kind;
    if (row.signIn === true)
      item.command = { command: COMMANDS.modalSignIn, title: l10n.t("Sign in to Modal") };
    return item;
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#changed.dispose();
  }
}
