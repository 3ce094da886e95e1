import {
  commands,
  l10n,
  ViewColumn,
  window,
  type Disposable,
  type LogOutputChannel,
  type Uri,
  type WebviewPanel,
} from "vscode";
import type { ComparisonLook, FromComparison, ToComparison } from "../../core/compare.ts";
import { COMMANDS, PANELS } from "../contributions.ts";
import { detail, reason } from "../log.ts";
import { pageOf, panelIcon, panelResources } from "../panel/page.ts";
import { confinement } from "../trust.ts";
import { sayer } from "../say.ts";
import type { ComparisonFeed } from "./feed.ts";

const MOVING_MS = 1000;

/** Panels that compare runs; each knows its runs by their folders, so it comes back after a reload. */
export class Comparisons implements Disposable {
  readonly #serializer: Disposable;

  constructor(
    private readonly extension: Uri,
    /** Asks for other runs than these; empty: the person wants none. */
    private readonly choose: (folders: readonly string[]) => Promise<readonly string[]>,
    private readonly log: LogOutputChannel,
  ) {
    this.#serializer = window.registerWebviewPanelSerializer(PANELS.compare, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const folders = foldersOf(state);
        if (folders.length < 2) panel.dispose();
        else this.#adopt(panel, folders);
      },
    });
  }

  show(folders: readonly string[], title: string): void {
    this.#adopt(window.createWebviewPanel(PANELS.compare, title, ViewColumn.Active), folders);
  }

  dispose(): void {
    this.#serializer.dispose();
  }

  #adopt(panel: WebviewPanel, folders: readonly string[]): void {
    panel.iconPath = panelIcon(this.extension);
    panel.webview.options = { enableScripts: true, localResourceRoots: panelResources(this.extension) };
    // The page carries its runs, so that it comes back with them.
    const show = (these: readonly string[]): void => {
      const data = { page: "compare", folders: JSON.stringify(these) };
      panel.webview.html = pageOf(panel.webview, this.extension, data);
    };
    serve(panel, folders, { choose: this.choose, show, log: this.log });
    show(folders);
  }
}

interface Serving {
  choose(folders: readonly string[]): Promise<readonly string[]>;
  show(folders: readonly string[]): void;
  readonly log: LogOutputChannel;
}

/** Answers a page while it is visible; reads again only while a run of it is moving. */
function serve(panel: WebviewPanel, first: readonly string[], { choose, show, log }: Serving): void {
  let folders = first;
  let feed: ComparisonFeed | null = null;
  let look: ComparisonLook | null = null;
  let timer: NodeJS.Timeout | undefined;
  const send = (message: ToComparison): void => void panel.webview.postMessage(message);
  const pull = async (always: boolean): Promise<void> => {
    clearTimeout(timer);
    const current = look;
    if (current === null) return;
    try {
      feed ??= new (await import("../on-demand.ts")).ComparisonFeed(folders, sayer, confinement);
      const comparison = await feed.read(current, always);
      if (comparison !== null) send({ type: "comparison", comparison });
      if (feed.isMoving) timer = setTimeout(() => void pull(false), MOVING_MS);
    } catch (error) {
      log.error(`Comparing ${folders.join(", ")}: ${detail(error)}`);
      send({ type: "trouble", message: sayer("These runs cannot be compared: {0}", reason(error)) });
    }
  };
  const chooseOthers = async (): Promise<void> => {
    const chosen = await choose(folders);
    if (chosen.length < 2) return;
    folders = chosen;
    feed = null;
    panel.title = l10n.t("{0} runs", chosen.length);
    show(chosen);
  };
  panel.webview.onDidReceiveMessage((message: FromComparison) => {
    switch (message.type) {
      case "ready":
      case "look":
        look = message.look;
        return void pull(true);
      case "open":
        return void commands.executeCommand(COMMANDS.openPanel, { kind: "run", folder: message.folder });
      case "choose":
        return void chooseOthers();
      case "saveChart":
        return void import("../on-demand.ts").then(({ keepChart }) => keepChart(log, message));
      case "failed":
        return log.error(`Comparison: ${message.message}`);
    }
  });
  panel.onDidChangeViewState(() => {
    // The page was ended with its view; shown again it says `ready`.
    if (!panel.visible) look = null;
  });
  panel.onDidDispose(() => {
    look = null;
    clearTimeout(timer);
  });
}

function foldersOf(state: unknown): string[] {
  if (typeof state !== "object" || state === null || !("folders" in state) || !Array.isArray(state.folders))
    return [];
  return state.folders.filter((folder) => typeof folder === "string");
}
