import {
  EventEmitter,
  ThemeIcon,
  TreeItem,
  window,
  type Disposable,
  type TreeDataProvider,
  workspace,
} from "vscode";
import { VIEWS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import { detail } from "../log.ts";
import type { Machine } from "../machine.ts";
import type { Services } from "../services.ts";
import { targetRows, type TargetRow } from "./items.ts";

/** Where a run can go, with what it finds there. Looks at GPU and Python only when the view is opened. */
export class TargetsTree implements TreeDataProvider<TargetRow>, Disposable {
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables = new DisposableStore();
  readonly #machine: Machine;

  constructor({ machine, log }: Pick<Services, "machine" | "log">) {
    this.#machine = machine;
    this.#disposables.add(machine.onDidChange(() => this.#changed.fire(undefined)));
    const view = this.#disposables.add(window.createTreeView(VIEWS.targets, { treeDataProvider: this }));
    const look = (): void => {
      if (!view.visible || !workspace.isTrusted) return;
      machine.gpus().catch((error: unknown) => log.error(`Looking for GPUs: ${detail(error)}`));
      // Without an environment the row says so; that is no error of the view.
      machine.python().catch((error: unknown) => log.info(`Looking for Python: ${detail(error)}`));
    };
    this.#disposables.add(view.onDidChangeVisibility(look));
    this.#disposables.add(
      workspace.onDidGrantWorkspaceTrust(() => {
        this.#changed.fire(undefined);
        look();
      }),
    );
    look();
  }

  getChildren(row?: TargetRow): TargetRow[] {
    return row === undefined && workspace.isTrusted ? targetRows(this.#machine.state) : [];
  }

  getTreeItem(row: TargetRow): TreeItem {
    const item = new TreeItem(row.label);
    item.id = row.id;
    item.description = row.description;
    item.tooltip = row.tooltip;
    item.iconPath = new ThemeIcon(row.icon);
    item.contextValue = row.kind;
    return item;
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#changed.dispose();
  }
}
