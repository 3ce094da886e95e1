import { html, nothing, type TemplateResult } from "lit";
import { count } from "../core/units.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Host } from "./host.ts";
import type { Model } from "./model.ts";

export interface LogLooks {
  readonly query: string;
  readonly follow: boolean;
}

export interface LogActions {
  search(query: string): void;
  follow(follow: boolean): void;
}

/** The log keeps its element: it scrolls, and a template must not touch what `LogView` draws into it. */
export function makeLogElement(text: PanelText): HTMLElement {
  const element = document.createElement("div");
  element.className = "log";
  element.id = "log";
  element.tabIndex = 0;
  element.role = "log";
  // Thousands of lines read aloud help nobody; the calm summary speaks instead.
  element.ariaLive = "off";
  element.ariaLabel = text.log;
  return element;
}

/** Search and follow above; the lines themselves are drawn by `LogView` into `#log`. */
export function logBar(
  model: Model,
  looks: LogLooks,
  text: PanelText,
  host: Host,
  actions: LogActions,
): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !(event.target instanceof HTMLInputElement)) return;
    event.target.value = "";
    actions.search("");
  };
  return html`
    <div class="log-bar">
      <input
        type="search"
        placeholder=${text.search}
        aria-label=${text.search}
        .value=${looks.query}
        @input=${(event: InputEvent) => actions.search(event.target instanceof HTMLInputElement ? event.target.value : "")}
        @keydown=${onKey}
      />
      <span class="quiet" role="status">${looks.query === "" ? nothing : found(model, text)}</span>
      <span class="spring"></span>
      <button
        type="button"
        aria-pressed=${looks.follow}
        title=${text.followTitle}
        @click=${() => actions.follow(!looks.follow)}
      >
        ${text.follow}
      </button>
      <button type="button" @click=${() => host.act({ name: "log" })}>${text.openLog}</button>
    </div>
    ${logNote(model, looks, text)}
  `;
}

function found({ search }: Model, text: PanelText): string {
  if (search === null) return text.searching;
  const { total, lines, done } = search;
  if (total === 0) return done ? text.searchNone : text.searching;
  return `${count(total)} ${total > lines.length ? text.searchMore : text.searchLines}`;
}

function logNote({ log }: Model, { query }: LogLooks, text: PanelText): TemplateResult | typeof nothing {
  if (query !== "") return nothing;
  if (log.lines.length === 0 && log.rest === null) return html`<p class="quiet">${text.logEmpty}</p>`;
  return (log.lines[0]?.number ?? 1) > 1 ? html`<p class="quiet">${text.logEarlier}</p>` : nothing;
}
