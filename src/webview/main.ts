/** The panel's page: messages change the model, one frame later the page shows it. */
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to assign
import "uplot/dist/uPlot.min.css";
import { html, nothing, render } from "lit";
import type { ToPanel, View } from "../core/panel.ts";
import { ChartDeck } from "./deck.ts";
import { chartControls } from "./controls.ts";
import { artifactsTab, dataTab, factsTab } from "./fact-tabs.ts";
import { failureCard, warningList } from "./failure.ts";
import { header } from "./header.ts";
import { connect, readTexts } from "./host.ts";
import { logBar } from "./log-tab.ts";
import { LogView } from "./log-view.ts";
import { LiveSummary } from "./live-summary.ts";
import { emptyModel, isCrowded, logLines, receive, type Model } from "./model.ts";
import { phaseList } from "./phases.ts";
import { tableTab } from "./table-tab.ts";
import { isTab, tabList, type Tab } from "./tabs.ts";
import { onThemeChange } from "./theme.ts";

const host = connect();
const text = readTexts();
const recalled = host.recall();
const root = document.getElementById("panel") ?? document.body;

let model: Model = emptyModel;
let view: View = {
  axis: recalled.view?.axis ?? "step",
  range: null,
  width: Math.max(200, document.body.clientWidth),
  smoothing: recalled.view?.smoothing ?? 0.8,
};
let tab: Tab = isTab(recalled.tab) ? recalled.tab : "log";
let logScale = recalled.logScale ?? false;
let capOutliers = recalled.capOutliers ?? false;
let query = "";
let follow = true;
let frame = 0;
let searchTimer = 0;

const deck = new ChartDeck(root, text, (range) => look({ ...view, range }));
const live = new LiveSummary();
// The log keeps its element: it scrolls, and a template must not touch what the view draws into it.
const logElement = document.createElement("div");
logElement.className = "log";
logElement.id = "log";
logElement.tabIndex = 0;
logElement.role = "log";
// Thousands of lines read aloud help nobody; the calm summary speaks instead.
logElement.ariaLive = "off";
logElement.ariaLabel = text.log;
const log = new LogView(logElement, {
  following: (value) => {
    follow = value;
    schedule();
  },
  opened: (line) => host.act({ name: "openLogAt", line }),
});

function look(next: View): void {
  if (next.axis !== view.axis) deck.clear();
  view = next;
  host.post({ type: "view", view });
  keep();
  schedule();
}

function keep(): void {
  host.keep({ view, tab, logScale, capOutliers });
}

function search(next: string): void {
  query = next.trim();
  model = { ...model, search: null };
  clearTimeout(searchTimer);
  searchTimer = window.setTimeout(() => host.post({ type: "search", query }), 200);
  schedule();
}

function schedule(): void {
  if (frame === 0) frame = requestAnimationFrame(draw);
}

function draw(): void {
  frame = 0;
  render(page(), root);
  if (model.curves !== null && model.facts !== null)
    deck.fill(model.curves, model.facts, { logScale, capOutliers });
  const lines = query === "" ? logLines(model) : (model.search?.lines ?? []);
  log.set(lines, query, follow && query === "");
}

function page(): unknown {
  const { facts, curves, trouble } = model;
  if (trouble !== null) return html`<p class="trouble" role="alert">${trouble}</p>`;
  if (facts === null) return html`<p class="quiet">${text.waiting}</p>`;
  live.say(facts.live);
  const drawn = curves !== null && curves.total > 0;
  return html`
    ${header(facts, text, host)} ${live.element}
    ${facts.failure === null ? nothing : failureCard(facts.failure, text, host)}
    ${warningList(facts.warnings, text)} ${drawn ? charts(curves) : phaseList(facts, text, Date.now() / 1000)}
    ${tabList(tab, text, (next) => {
      tab = next;
      keep();
      schedule();
    })}
    <div id="tab-content" role="tabpanel" aria-labelledby="tab-${tab}">${tabContent(facts)}</div>
  `;
}

function charts(curves: NonNullable<Model["curves"]>): unknown {
  return html`
    ${chartControls({ view, logScale, capOutliers }, text, (next) => {
      ({ logScale, capOutliers } = next);
      look(next.view);
    })}
    ${deck.frames(curves)}
  `;
}

function tabContent(facts: NonNullable<Model["facts"]>): unknown {
  switch (tab) {
    case "log":
      return html`${logBar(model, { query, follow }, text, host, {
        search,
        follow: (next) => {
          follow = next;
          schedule();
        },
      })}${logElement}`;
    case "facts":
      return factsTab(facts, text);
    case "data":
      return dataTab(facts, text);
    case "artifacts":
      return artifactsTab(facts, text, host);
    case "table":
      return tableTab(model.curves, text);
  }
}

window.addEventListener("message", ({ data }: MessageEvent<ToPanel>) => {
  model = receive(model, data);
  if (data.type === "points" && model.curves !== null && isCrowded(model.curves))
    host.post({ type: "view", view });
  schedule();
});
window.addEventListener("error", ({ message }) => host.post({ type: "failed", message }));
window.addEventListener("unhandledrejection", ({ reason }) =>
  host.post({ type: "failed", message: String(reason) }),
);
window.addEventListener("resize", () => {
  const width = Math.max(200, document.body.clientWidth);
  // A little more or less room needs no other points.
  if (width > 1.3 * view.width || width < 0.5 * view.width) look({ ...view, width });
});
onThemeChange(() => deck.repaint());
// Elapsed times of open phases.
window.setInterval(() => {
  if (model.facts !== null && model.facts.phases.length > 0 && !document.hidden) schedule();
}, 1000);

schedule();
host.post({ type: "ready", view });
