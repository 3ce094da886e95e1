import type { LogOutputChannel, WebviewPanel } from "vscode";
import type { FromPanel, PanelAction, ToPanel, View } from "../../core/panel.ts";
import { hasEnded } from "../../core/run/status.ts";
import { detail, reason } from "../log.ts";
import { DisposableStore } from "../dispose.ts";
import type { PanelFeed } from "./feed.ts";
import { searchLog } from "./log-search.ts";

/** While a run moves; what has ended is looked at seldom, for a resume elsewhere. */
const MOVING_MS = 250;
const ENDED_MS = 2000;

export type Act = (folder: string, action: PanelAction) => Promise<void>;

/**
 * The host's side of one panel. It reads only while the panel is visible and its page has said `ready`;
 * a page that comes back says so again and gets everything anew.
 */
export class RunPanel {
  readonly #disposables = new DisposableStore();
  /** Loaded with the first page: windows without a panel do without it. */
  #feed: PanelFeed | null = null;
  #look: View | null = null;
  #timer: NodeJS.Timeout | null = null;
  #work: Promise<void> = Promise.resolve();
  #search: AbortController | null = null;
  #disposed = false;

  constructor(
    readonly panel: WebviewPanel,
    readonly folder: string,
    private readonly act: Act,
    private readonly log: LogOutputChannel,
  ) {
    this.#disposables.add(panel.webview.onDidReceiveMessage((message: FromPanel) => this.#receive(message)));
    this.#disposables.add(
      panel.onDidChangeViewState(() => {
        // A hidden page is ended by the editor: it will say `ready` when it is shown again.
        if (!panel.visible) this.#look = null;
      }),
    );
    panel.onDidDispose(() => this.dispose());
  }

  /** Looks now: after an action whose effect should be seen at once. */
  nudge(): void {
    if (this.#look !== null) this.#then(() => this.#pull());
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#search?.abort();
    this.#disposables.dispose();
  }

  #receive(message: FromPanel): void {
    switch (message.type) {
      case "ready":
        this.#look = message.view;
        return this.#then(() => this.#open(message.view));
      case "view":
        this.#look = message.view;
        return this.#then(() => {
          if (this.#feed !== null) this.#send([this.#feed.curves(message.view)]);
        });
      case "search":
        return void this.#searched(message.query);
      case "action":
        return void this.act(this.folder, message.action);
      case "failed":
        return this.log.error(`Panel of ${this.folder}: ${message.message}`);
    }
  }

  async #open(look: View): Promise<void> {
    this.#feed ??= new (await import("../on-demand.ts")).PanelFeed(this.folder);
    this.#send(await this.#feed.open(look, Date.now() / 1000));
  }

  /** One thing after the other: the feed has a state. */
  #then(work: () => Promise<void> | void): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => {
        this.log.error(`Panel of ${this.folder}: ${detail(error)}`);
        this.#send([{ type: "trouble", message: `This run cannot be read: ${reason(error)}` }]);
      })
      .then(() => this.#again());
  }

  #again(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#disposed || this.#look === null) return;
    const view = this.#feed?.view ?? null;
    const pause = view === null || hasEnded(view.state) ? ENDED_MS : MOVING_MS;
    this.#timer = setTimeout(() => this.#then(() => this.#pull()), pause);
  }

  async #pull(): Promise<void> {
    if (this.#look === null || this.#feed === null) return;
    this.#send(await this.#feed.more(this.#look, Date.now() / 1000));
  }

  #send(messages: readonly ToPanel[]): void {
    if (this.#disposed || this.#look === null) return;
    for (const message of messages) {
      if (message.type === "facts") this.panel.title = message.facts.name;
      void this.panel.webview.postMessage(message);
    }
  }

  async #searched(query: string): Promise<void> {
    this.#search?.abort();
    const file = this.#feed?.logFile ?? null;
    if (query === "" || file === null) return;
    const search = new AbortController();
    this.#search = search;
    try {
      const result = await searchLog(file, query, search.signal);
      if (!search.signal.aborted) this.#send([{ type: "search", result }]);
    } catch (error) {
      if (search.signal.aborted) return;
      this.log.error(`Searching ${file}: ${detail(error)}`);
      this.#send([{ type: "search", result: { query, lines: [], total: 0, done: true } }]);
    }
  }
}
