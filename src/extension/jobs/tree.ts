import {
  commands,
  EventEmitter,
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
  type Disposable,
  type TreeDataProvider,
  type TreeView,
} from "vscode";
import { join } from "node:path";
import { withKeptCheckpoints } from "../../launch/kept-checkpoints.ts";
import type { RunView } from "../../launch/runs.ts";
import { diskUse } from "../../launch/disk-use.ts";
import { stateWord } from "../../core/run/words.ts";
import { COMMANDS, CONTEXTS, VIEWS } from "../contributions.ts";
import { DisposableStore } from "../dispose.ts";
import { sayer } from "../say.ts";
import { Throttle } from "../throttle.ts";
import { arranged, isFiltered } from "./arrangement.ts";
import { checkpointRows, contextValue, detailRows, diskText, labels, runRow, type Row } from "./items.ts";
import type { KeptArrangement } from "./kept-arrangement.ts";
import { kindWord } from "./kind-word.ts";
import type { JobStore } from "./store.ts";

/** A person cannot read faster, and a hundred runs may be moving. */
const REFRESH_EVERY_MS = 500;
const TIMES_EVERY_MS = 60_000;

export type Node =
  | { readonly kind: "run"; readonly folder: string }
  | { readonly kind: "detail"; readonly folder: string; readonly row: Row };

/** What a command gets when it is called on the row of a run. */
export const isRunNode = (value: unknown): value is Extract<Node, { kind: "run" }> =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "run" && "folder" in value;

export class RunsTree implements TreeDataProvider<Node>, Disposable {
  readonly #changed = new EventEmitter<Node[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #nodes = new Map<string, Node>();
  #labels: ReadonlyMap<string, string> = new Map();
  readonly #disposables = new DisposableStore();
  readonly view: TreeView<Node>;

  constructor(
    private readonly store: JobStore,
    private readonly arrangement: KeptArrangement,
  ) {
    const list = Symbol("list");
    const throttle = this.#disposables.add(
      new Throttle<string | symbol>(REFRESH_EVERY_MS, (keys) => {
        const nodes = [...keys].flatMap((key) =>
          typeof key === "string" ? (this.#nodes.get(key) ?? []) : [],
        );
        this.#changed.fire(keys.has(list) ? undefined : nodes);
      }),
    );
    let order = "";
    this.#disposables.add(
      store.onDidChange(({ changed, removed }) => {
        // A run that came, went or ended moves others: only then is the whole list drawn again.
        const next = this.#listed()
          .map(({ folder }) => folder)
          .join("\n");
        throttle.push(...(next === order ? changed.map(({ folder }) => folder) : [list]));
        order = next;
        for (const folder of removed) this.#nodes.delete(folder);
      }),
    );
    this.view = this.#disposables.add(
      window.createTreeView(VIEWS.runs, {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.#disposables.add(store.onDidFail((trouble) => this.say(trouble)));
    this.#disposables.add(arrangement.onDidChange(() => throttle.push(list)));
    // "12 min ago" is true for a minute.
    const clock = setInterval(() => this.view.visible && throttle.push(list), TIMES_EVERY_MS);
    this.#disposables.add({ dispose: () => clearInterval(clock) });
    // "yesterday" was "3 h ago" when the view was hidden.
    this.#disposables.add(this.view.onDidChangeVisibility(({ visible }) => visible && throttle.push(list)));
  }

  /** A sentence above the list: why something is missing. */
  say(message: string | null): void {
    this.view.message = message ?? "";
  }

  #listed(): RunView[] {
    const views = this.store.views();
    this.#labels = labels(views);
    return arranged(views, this.#labels, this.arrangement.now, this.store.places());
  }

  /** A list that hides something says so. */
  #describe(shown: number): void {
    const { now } = this.arrangement;
    const all = this.store.views().length;
    void commands.executeCommand("setContext", CONTEXTS.filtered, isFiltered(now) && all > 0);
    if (!isFiltered(now)) {
      this.view.description = "";
      return;
    }
    const what = [now.kind === "all" ? "" : kindWord(now.kind), now.text === "" ? "" : `"${now.text}"`];
    const words = what.filter((part) => part !== "").join(", ");
    this.view.description = l10n.t("{0} of {1}: {2}", shown, all, words);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (node === undefined) {
      const listed = this.#listed();
      this.#describe(listed.length);
      return listed.map(({ folder }) => this.#runNode(folder));
    }
    const found = this.store.find(node.folder);
    if (found === undefined) return [];
    const view = await withKeptCheckpoints(found);
    if (node.kind === "run")
      return detailRows(view, sayer).map((row) => ({ kind: "detail", folder: node.folder, row }));
    return node.row.children === "none"
      ? []
      : checkpointRows(view, sayer).map((row) => ({ kind: "detail", folder: node.folder, row }));
  }

  getTreeItem(node: Node): TreeItem {
    if (node.kind === "detail") return item(node.row, node.folder);
    const view = this.store.find(node.folder);
    if (view === undefined) return new TreeItem("");
    const name = this.#labels.get(node.folder) ?? view.info.name;
    const row = runRow(view, name, Date.now() / 1000, sayer);
    const run = item(row, node.folder);
    // The editor asks `resolveTreeItem` only for what has none.
    delete run.tooltip;
    run.contextValue = contextValue(row.flags);
    run.command = { command: COMMANDS.openPanel, title: "", arguments: [node] };
    run.accessibilityInformation = { label: `${name}, ${stateWord(view.state, sayer)}, ${row.description}` };
    return run;
  }

  /** On hover: what a run takes on the disk is not worth the reading before. */
  async resolveTreeItem(tree: TreeItem, node: Node): Promise<TreeItem> {
    const view = node.kind === "run" ? this.store.find(node.folder) : undefined;
    if (view === undefined) return tree;
    const words = runRow(view, view.info.name, Date.now() / 1000).tooltip ?? "";
    const use = await diskUse(view.folder).catch(() => null); // deleted in this moment
    tree.tooltip = use === null ? words : `${words}\n${diskText(use)}`;
    return tree;
  }

  getParent(node: Node): Node | undefined {
    return node.kind === "run" ? undefined : this.#runNode(node.folder);
  }

  dispose(): void {
    this.#disposables.dispose();
    this.#changed.dispose();
  }

  /** The editor knows rows by identity: a run keeps its node. */
  #runNode(folder: string): Node {
    const known = this.#nodes.get(folder);
    if (known !== undefined) return known;
    const node: Node = { kind: "run", folder };
    this.#nodes.set(folder, node);
    return node;
  }
}

const COLLAPSE = {
  none: TreeItemCollapsibleState.None,
  closed: TreeItemCollapsibleState.Collapsed,
  open: TreeItemCollapsibleState.Expanded,
} as const;

function item(row: Row, folder: string): TreeItem {
  const tree = new TreeItem(row.label, COLLAPSE[row.children]);
  tree.id = row.id;
  tree.description = row.description;
  tree.tooltip = row.tooltip;
  tree.iconPath = new ThemeIcon(
    row.icon.name,
    row.icon.colour === undefined ? undefined : new ThemeColor(row.icon.colour),
  );
  if (row.reveals !== undefined) {
    const target = Uri.file(join(folder, row.reveals));
    tree.command = { command: "revealInExplorer", title: "", arguments: [target] };
  }
  return tree;
}
