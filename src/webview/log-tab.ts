import { html, nothing, type TemplateResult } from "lit";
import { asksForAll, EVERY_LINE, type LogQuery } from "../core/panel.ts";
import type { PhaseName } from "../core/run/phase-names.ts";
import type { Severity } from "../core/run/log-line.ts";
import { count } from "../core/units.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Host } from "./host.ts";
import type { Model } from "./model.ts";

export interface LogLooks {
  readonly query: LogQuery;
  readonly follow: boolean;
}

export interface LogActions {
  search(query: LogQuery): void;
  follow(follow: boolean): void;
  copy(): void;
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

/** Search, filters and follow above; the lines themselves are drawn by `LogView` into `#log`. */
export function logBar(
  model: Model,
  { query, follow }: LogLooks,
  text: PanelText,
  host: Host,
  actions: LogActions,
): TemplateResult {
  const all = asksForAll(query);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape") actions.search(EVERY_LINE);
  };
  return html`
    <div class="log-bar" @keydown=${onKey}>
      <input
        type="search"
        placeholder=${text.search}
        aria-label=${text.search}
        .value=${query.text}
        @input=${(event: InputEvent) => actions.search({ ...query, text: valueOf(event) })}
      />
      ${phaseSelect(model, query, text, actions)} ${severitySelect(query, text, actions)}
      <span class="quiet" role="status">${all ? nothing : found(model, text)}</span>
      <span class="spring"></span>
      <button
        type="button"
        aria-pressed=${follow}
        title=${text.followTitle}
        @click=${() => actions.follow(!follow)}
      >
        ${text.follow}
      </button>
      <button type="button" title=${text.copyLogTitle} @click=${() => actions.copy()}>${text.copyLog}</button>
      <button type="button" title=${text.openLogTitle} @click=${() => host.act({ name: "log" })}>
        ${text.openLog}
      </button>
    </div>
    ${logNote(model, all, text)}
  `;
}

/** Phases that this run has seen, in their order; the one that is asked for stays choosable. */
function phaseSelect(
  { facts }: Model,
  query: LogQuery,
  text: PanelText,
  actions: LogActions,
): TemplateResult {
  const words = new Map<PhaseName, string>();
  for (const { name, text: word } of facts?.spans ?? []) words.set(name, word);
  for (const { name, word } of facts?.phases ?? []) words.set(name, word);
  const choose = (event: Event): void => {
    const phase = [...words.keys()].find((name) => name === valueOf(event)) ?? null;
    actions.search({ ...query, phase });
  };
  return html`<select aria-label=${text.logPhase} title=${text.logPhase} @change=${choose}>
    <option value="" ?selected=${query.phase === null}>${text.everyPhase}</option>
    ${[...words].map(([name, word]) => html`<option value=${name} ?selected=${name === query.phase}>${word}</option>`)}
  </select>`;
}

function severitySelect(query: LogQuery, text: PanelText, actions: LogActions): TemplateResult {
  const levels: readonly (readonly [Severity, string])[] = [
    ["info", text.everySeverity],
    ["warning", text.warningsAndErrors],
    ["error", text.errorsOnly],
  ];
  const choose = (event: Event): void => {
    const severity = levels.find(([level]) => level === valueOf(event))?.[0] ?? "info";
    actions.search({ ...query, severity });
  };
  return html`<select aria-label=${text.logSeverity} title=${text.logSeverity} @change=${choose}>
    ${levels.map(([level, word]) => html`<option value=${level} ?selected=${level === query.severity}>${word}</option>`)}
  </select>`;
}

const valueOf = ({ target }: Event): string =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement ? target.value : "";

function found({ search }: Model, text: PanelText): string {
  if (search === null) return text.searching;
  const { total, lines } = search;
  if (total === 0) return text.searchNone;
  if (total === 1) return text.searchOne;
  return `${count(total)} ${total > lines.length ? text.searchMore : text.searchLines}`;
}

function logNote({ log }: Model, all: boolean, text: PanelText): TemplateResult | typeof nothing {
  if (!all) return nothing;
  if (log.lines.length === 0 && log.rest === null) return html`<p class="quiet">${text.logEmpty}</p>`;
  return (log.lines[0]?.number ?? 1) > 1 ? html`<p class="quiet">${text.logEarlier}</p>` : nothing;
}
