/** The page of one run: messages change the model, one frame later the page shows it. */
import { html, nothing, render } from "lit";
import type { FromPanel, RunFacts, ToPanel, View } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { ChartDeck } from "./deck.ts";
import { chartControls } from "./controls.ts";
import { artifactsTab, dataTab, factsTab } from "./fact-tabs.ts";
import { failureCard, warningList } from "./failure.ts";
import { header } from "./header.ts";
import { reportErrors, type Editor, type Host } from "./host.ts";
import { logBar, makeLogElement } from "./log-tab.ts";
import { LogView } from "./log-view.ts";
import { LiveSummary } from "./live-summary.ts";
import { readLooks, writeLooks, type Looks } from "./looks.ts";
import { emptyModel, isCrowded, logLines, receive, type Model } from "./model.ts";
import { phaseList } from "./phases.ts";
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

const pageWidth = (): number => Math.max(200, document.body.clientWidth);

class RunPage {
  #model: Model = emptyModel;
  #looks: Looks;
  #query = "";
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
      (svg, title) => this.#host.act({ name: "saveChart", svg, title }),
    );
    this.#logElement = makeLogElement(text);
    this.#log = new LogView(this.#logElement, {
      following: (follow) => this.#setFollow(follow),
      opened: (line) => this.#host.act({ name: "openLogAt", line }),
    });
  }

  begin(): void {
    this.#keep();
    this.#schedule();
    this.editor.post({ type: "ready", view: this.#looks.view });
  }

  receive(message: ToPanel): void {
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

  #search(query: string): void {
    this.#query = query.trim();
    this.#model = { ...this.#model, search: null };
    clearTimeout(this.#searching);
    const post = (): void => this.editor.post({ type: "search", query: this.#query });
    this.#searching = window.setTimeout(post, SEARCH_PAUSE_MS);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const { curves, facts, search } = this.#model;
    render(this.#page(), this.root);
    if (curves !== null && facts !== null) this.#deck.fill(curves, facts, this.#looks);
    const lines = this.#query === "" ? logLines(this.#model) : (search?.lines ?? []);
    this.#log.set(lines, this.#query, this.#follow && this.#query === "");
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
    return html`${controls} ${this.#deck.frames(curves)}`;
  }

  #tab(facts: RunFacts): unknown {
    const { text } = this;
    switch (this.#looks.tab) {
      case "log": {
        const looks = { query: this.#query, follow: this.#follow };
        const actions = {
          search: (query: string) => this.#search(query),
          follow: (on: boolean) => this.#setFollow(on),
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
