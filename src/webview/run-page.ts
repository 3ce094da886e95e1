/** The page of one run: messages change the model, one frame later the page shows it. */
import { html, nothing, render } from "lit";
import { asksForAll, EVERY_LINE, type FromPanel, type LogLine, type LogQuery } from "../core/panel.ts";
import type { RunFacts, SearchResult, ToPanel, View } from "../core/panel.ts";
import { plainLine } from "../core/run/plain-line.ts";
import type { PanelText } from "../core/panel-text.ts";
import { ChartDeck } from "./deck.ts";
import { chartControls } from "./controls.ts";
import { artifactsTab } from "./artifacts-tab.ts";
import { dataTab, factsTab } from "./fact-tabs.ts";
import { failureCard, warningList } from "./failure.ts";
import { header } from "./header.ts";
import { reportErrors, type Editor, type Host } from "./host.ts";
import { logBar, makeLogElement } from "./log-tab.ts";
import { LogView } from "./log-view.ts";
import { LiveSummary } from "./live-summary.ts";
import { readLooks, writeLooks, type Looks } from "./looks.ts";
import { emptyModel, isCrowded, logLines, receive, type Model } from "./model.ts";
import { phaseList } from "./phases.ts";
import { phaseStrip } from "./phase-strip.ts";
import { tableTab } from "./table-tab.ts";
import { tabList } from "./tabs.ts";
import { onThemeChange } from "./theme.ts";

/** Typing is one search, not one for each letter. */
const SEARCH_PAUSE_MS = 200;

export function showRun(root: HTMLElement, text: PanelText, editor: Editor<FromPanel>): void {
  const page = new RunPage(root, text, editor);
  window.addEventListener("message", ({ data }: MessageEvent<ToPanel>) => page.receive(data));
  window.addEventListener("resize", () => page.resized());
  onThemeChange(() => page.repaint());
  reportErrors((message) => editor.post({ type: "failed", message }));
  // Elapsed times of open phases.
  window.setInterval(() => page.tick(), 1000);
  page.begin();
}

const isFor = ({ query }: SearchResult, { text, phase, severity }: LogQuery): boolean =>
  query.text === text.trim() && query.phase === phase && query.severity === severity;

const pageWidth = (): number => Math.max(200, document.body.clientWidth);

class RunPage {
  #model: Model = emptyModel;
  #looks: Looks;
  #query: LogQuery = EVERY_LINE;
  #follow = true;
  #frame = 0;
  #searching = 0;
  readonly #host: Host;
  readonly #deck: ChartDeck;
  readonly #live = new LiveSummary();
  readonly #logElement: HTMLElement;
  readonly #log: LogView;

  constructor(
    private readonly root: HTMLElement,
    private readonly text: PanelText,
    private readonly editor: Editor<FromPanel>,
  ) {
    this.#looks = readLooks(editor.recall(), pageWidth());
    this.#host = { act: (action) => editor.post({ type: "action", action }) };
    this.#deck = new ChartDeck(
      root,
      text,
      (range) => this.#look({ ...this.#looks.view, range }),
      (picture, title) => this.#host.act({ name: "saveChart", title, picture }),
    );
    this.#logElement = makeLogElement(text);
    this.#log = new LogView(this.#logElement, {
      following: (follow) => this.#setFollow(follow),
      opened: (line) => this.#host.act({ name: "openLogAt", line }),
      followed: (path, line) => this.#host.act({ name: "openFileAt", path, line }),
    });
  }

  begin(): void {
    this.#keep();
    this.#schedule();
    this.editor.post({ type: "ready", view: this.#looks.view });
  }

  receive(message: ToPanel): void {
    // An answer to what was asked before the last key.
    if (message.type === "search" && !isFor(message.result, this.#query)) return;
    this.#model = receive(this.#model, message);
    const { curves } = this.#model;
    if (message.type === "points" && curves !== null && isCrowded(curves)) {
      this.editor.post({ type: "view", view: this.#looks.view });
    }
    this.#schedule();
  }

  /** A little more or less room needs no other points. */
  resized(): void {
    const width = pageWidth();
    const { view } = this.#looks;
    if (width > 1.3 * view.width || width < 0.5 * view.width) this.#look({ ...view, width });
  }

  repaint(): void {
    this.#deck.repaint();
  }

  tick(): void {
    const open = this.#model.facts?.phases.length ?? 0;
    if (open > 0 && !document.hidden) this.#schedule();
  }

  #look(view: View): void {
    if (view.axis !== this.#looks.view.axis) this.#deck.clear();
    this.#change({ view });
    this.editor.post({ type: "view", view });
  }

  #change(part: Partial<Looks>): void {
    this.#looks = { ...this.#looks, ...part };
    this.#keep();
    this.#schedule();
  }

  #keep(): void {
    this.editor.keep({ folder: document.body.dataset["folder"], ...writeLooks(this.#looks) });
  }

  #setFollow(follow: boolean): void {
    this.#follow = follow;
    this.#schedule();
  }

  #search(query: LogQuery): void {
    const typed = query.text !== this.#query.text;
    this.#query = query;
    this.#model = { ...this.#model, search: null };
    clearTimeout(this.#searching);
    const asked = { ...query, text: query.text.trim() };
    const post = (): void => this.editor.post({ type: "search", query: asked });
    this.#searching = window.setTimeout(post, typed ? SEARCH_PAUSE_MS : 0);
    this.#schedule();
  }

  /** What the list holds, without colours; of a longer log its end. */
  #copyLog(): void {
    const text = this.#shownLines()
      .map((line) => plainLine(line.text))
      .join("\n");
    this.#host.act({ name: "copy", text });
  }

  #shownLines(): readonly LogLine[] {
    return asksForAll(this.#query) ? logLines(this.#model) : (this.#model.search?.lines ?? []);
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const { curves, facts } = this.#model;
    render(this.#page(), this.root);
    if (curves !== null && facts !== null) this.#deck.fill(curves, facts, this.#looks);
    this.#log.set(this.#shownLines(), this.#query.text.trim(), this.#follow);
  }

  #page(): unknown {
    const { facts, trouble } = this.#model;
    const { text } = this;
    if (trouble !== null) return html`<p class="trouble" role="alert">${trouble}</p>`;
    if (facts === null) return html`<p class="quiet">${text.waiting}</p>`;
    this.#live.say(facts.live);
    const { tab } = this.#looks;
    return html`
      ${header(facts, text, this.#host)} ${this.#live.element}
      ${facts.failure === null ? nothing : failureCard(facts.failure, text, this.#host)}
      ${warningList(facts.warnings, text)} ${this.#curves(facts)}
      ${tabList(tab, text, (next) => this.#change({ tab: next }))}
      <div id="tab-content" role="tabpanel" aria-labelledby="tab-${tab}">${this.#tab(facts)}</div>
    `;
  }

  #curves(facts: RunFacts): unknown {
    const { curves } = this.#model;
    if (curves === null || curves.total === 0) return phaseList(facts, this.text, Date.now() / 1000);
    const controls = chartControls(this.#looks, this.text, ({ view, logScale, capOutliers }) => {
      this.#change({ logScale, capOutliers });
      this.#look(view);
    });
    return html`${phaseStrip(facts, this.text)} ${controls} ${this.#deck.frames(curves, facts)}`;
  }

  #tab(facts: RunFacts): unknown {
    const { text } = this;
    switch (this.#looks.tab) {
      case "log": {
        const looks = { query: this.#query, follow: this.#follow };
        const actions = {
          search: (query: LogQuery) => this.#search(query),
          follow: (on: boolean) => this.#setFollow(on),
          copy: () => this.#copyLog(),
        };
        return html`${logBar(this.#model, looks, text, this.#host, actions)}${this.#logElement}`;
      }
      case "facts":
        return factsTab(facts, text);
      case "data":
        return dataTab(facts, text);
      case "artifacts":
        return artifactsTab(facts, text, this.#host);
      case "table":
        return tableTab(this.#model.curves, text);
    }
  }
}
