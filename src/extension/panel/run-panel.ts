import type { LogOutputChannel, WebviewPanel } from "vscode";
import {
  asksForAll,
  type FromPanel,
  type LogQuery,
  type PanelAction,
  type ToPanel,
  type View,
} from "../../core/panel.ts";
import { hasEnded } from "../../core/run/status.ts";
import { detail, reason } from "../log.ts";
import { DisposableStore } from "../dispose.ts";
import { sayer } from "../say.ts";
import { confinement } from "../trust.ts";
import type { PanelFeed } from "./feed.ts";
import { LogSearch } from "./log-search.ts";

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
  #search: { readonly lines: LogSearch; readonly abort: AbortController } | null = null;
  #searching = false;
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
        if (!panel.visible) {
          this.#look = null;
          this.#endSearch();
        }
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
    this.#endSearch();
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
        return this.#begin(message.query);
      case "action":
        return void this.act(this.folder, message.action);
      case "failed":
        return this.log.error(`Panel of ${this.folder}: ${message.message}`);
    }
  }

  async #open(look: View): Promise<void> {
    this.#feed ??= new (await import("../on-demand.ts")).PanelFeed(this.folder, sayer, confinement);
    this.#send(await this.#feed.open(look, Date.now() / 1000));
  }

  /** One thing after the other: the feed has a state. */
  #then(work: () => Promise<void> | void): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => {
        this.log.error(`Panel of ${this.folder}: ${detail(error)}`);
        this.#send([{ type: "trouble", message: sayer("This run cannot be read: {0}", reason(error)) }]);
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
    this.#followLog();
  }

  #send(messages: readonly ToPanel[]): void {
    if (this.#disposed || this.#look === null) return;
    for (const message of messages) {
      if (message.type === "facts") this.panel.title = message.facts.name;
      void this.panel.webview.postMessage(message);
    }
  }

  /** A resume writes to a file of its own: the same is looked for there. */
  #followLog(): void {
    const search = this.#search;
    if (search === null) return;
    if (this.#feed?.logFile === search.lines.path) void this.#searchOn(false);
    else this.#begin(search.lines.query);
  }

  /** Every new query ends the one before. */
  #begin(query: LogQuery): void {
    this.#endSearch();
    const file = this.#feed?.logFile ?? null;
    if (file === null || asksForAll(query)) return;
    this.#search = { lines: new LogSearch(file, query), abort: new AbortController() };
    void this.#searchOn(true);
  }

  /** A whole log takes its time, so the feed does not wait for it; it reads on only after the feed has. */
  async #searchOn(first: boolean): Promise<void> {
    const search = this.#search;
    if (search === null || (this.#searching && !first)) return;
    const { signal } = search.abort;
    this.#searching = true;
    try {
      const result = await search.lines.more(signal);
      if (result !== null && !signal.aborted) this.#send([{ type: "search", result }]);
    } catch (error) {
      if (signal.aborted) return;
      this.log.error(`Searching ${search.lines.path}: ${detail(error)}`);
      this.#send([{ type: "search", result: { query: search.lines.query, lines: [], total: 0 } }]);
    } finally {
      if (this.#search === search) this.#searching = false;
    }
  }

  #endSearch(): void {
    this.#search?.abort.abort();
    this.#search = null;
    this.#searching = false;
  }
}
