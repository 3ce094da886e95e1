import {
  ViewColumn,
  window,
  type Disposable,
  type LogOutputChannel,
  type Uri,
  type WebviewPanel,
} from "vscode";
import { PANELS } from "../contributions.ts";
import { pageOf, panelIcon, panelResources } from "./page.ts";
import { RunPanel, type Act } from "./run-panel.ts";

/** One panel a run; opened again it is shown, and after a reload it comes back by its folder. */
export class Panels implements Disposable {
  readonly #open = new Map<string, RunPanel>();
  readonly #serializer: Disposable;

  constructor(
    private readonly extension: Uri,
    private readonly act: Act,
    private readonly log: LogOutputChannel,
  ) {
    this.#serializer = window.registerWebviewPanelSerializer(PANELS.run, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const folder = folderOf(state);
        if (folder === null || this.#open.has(folder)) panel.dispose();
        else this.#adopt(panel, folder);
      },
    });
  }

  show(folder: string, title: string): void {
    const open = this.#open.get(folder);
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const panel = window.createWebviewPanel(PANELS.run, title, ViewColumn.Beside);
    this.#adopt(panel, folder);
  }

  nudge(folder: string): void {
    this.#open.get(folder)?.nudge();
  }

  dispose(): void {
    this.#serializer.dispose();
    // The panels themselves stay: after a reload the editor brings them back.
    for (const open of this.#open.values()) open.dispose();
  }

  #adopt(panel: WebviewPanel, folder: string): void {
    panel.iconPath = panelIcon(this.extension);
    panel.webview.options = { enableScripts: true, localResourceRoots: panelResources(this.extension) };
    this.#open.set(folder, new RunPanel(panel, folder, this.act, this.log));
    panel.onDidDispose(() => this.#open.delete(folder));
    panel.webview.html = pageOf(panel.webview, this.extension, { page: "run", folder });
  }
}

/** What the page kept; of an earlier version or damaged it is not worth a panel. */
function folderOf(state: unknown): string | null {
  if (typeof state !== "object" || state === null || !("folder" in state)) return null;
  return typeof state.folder === "string" && state.folder !== "" ? state.folder : null;
}
