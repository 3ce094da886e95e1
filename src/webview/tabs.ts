import { html, type TemplateResult } from "lit";
import type { PanelText } from "../core/panel-text.ts";

export const TABS = ["log", "facts", "data", "artifacts", "table"] as const;
export type Tab = (typeof TABS)[number];

export const isTab = (value: unknown): value is Tab => TABS.some((tab) => tab === value);

/** A tab list as screen readers expect it: arrow keys move, only the chosen tab is in the focus order. */
export function tabList(chosen: Tab, text: PanelText, choose: (tab: Tab) => void): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const at = TABS.indexOf(chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    const next = to === undefined ? undefined : TABS.at(to % TABS.length);
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`
    <div class="tabs" role="tablist" aria-label=${text.tabs} @keydown=${onKey}>
      ${TABS.map(
        (tab) =>
          html`<button
            type="button"
            role="tab"
            id="tab-${tab}"
            aria-controls="tab-content"
            aria-selected=${tab === chosen}
            tabindex=${tab === chosen ? 0 : -1}
            @click=${() => choose(tab)}
          >
            ${text[tab]}
          </button>`,
      )}
    </div>
  `;
}
