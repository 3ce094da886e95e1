import { html, nothing, type TemplateResult } from "lit";
import type { Axis, View } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";

export interface Controls {
  readonly view: View;
  readonly logScale: boolean;
  readonly capOutliers: boolean;
}

/** How the curves are looked at. */
export function chartControls(
  now: Controls,
  text: PanelText,
  change: (next: Controls) => void,
): TemplateResult {
  const view = (next: View): void => change({ ...now, view: next });
  return html`
    <div class="controls">
      ${smoothingRange(now.view, text, view)}
      ${check(text.logScale, now.logScale, () => change({ ...now, logScale: !now.logScale }))}
      ${check(text.capOutliers, now.capOutliers, () => change({ ...now, capOutliers: !now.capOutliers }))}
      ${axisSelect(now.view, text, view)}
      ${
        now.view.range === null
          ? nothing
          : html`<button type="button" @click=${() => view({ ...now.view, range: null })}>
              ${text.resetZoom}
            </button>`
      }
    </div>
  `;
}

const check = (label: string, on: boolean, set: () => void): TemplateResult =>
  html`<label><input type="checkbox" .checked=${on} @change=${set} /> ${label}</label>`;

export function smoothingRange(view: View, text: PanelText, change: (next: View) => void): TemplateResult {
  return html`<label>
    ${text.smoothing}
    <input
      type="range"
      min="0"
      max="0.98"
      step="0.02"
      .value=${String(view.smoothing)}
      @change=${(event: Event) => change({ ...view, smoothing: Number(valueOf(event)) })}
    />
  </label>`;
}

export function axisSelect(view: View, text: PanelText, change: (next: View) => void): TemplateResult {
  const axes: readonly (readonly [Axis, string])[] = [
    ["step", text.axisStep],
    ["epoch", text.axisEpoch],
    ["tokens", text.axisTokens],
    ["time", text.axisTime],
  ];
  const choose = (event: Event): void => {
    const axis = axes.find(([name]) => name === valueOf(event))?.[0] ?? "step";
    change({ ...view, axis, range: null });
  };
  return html`<label>
    ${text.axis}
    <select @change=${choose}>
      ${axes.map(([axis, name]) => html`<option value=${axis} ?selected=${axis === view.axis}>${name}</option>`)}
    </select>
  </label>`;
}

const valueOf = (event: Event): string =>
  event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    ? event.target.value
    : "";
