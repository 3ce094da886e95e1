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
  const axes: readonly (readonly [Axis, string])[] = [
    ["step", text.axisStep],
    ["epoch", text.axisEpoch],
    ["tokens", text.axisTokens],
    ["time", text.axisTime],
  ];
  const view = (part: Partial<View>): void => change({ ...now, view: { ...now.view, ...part } });
  return html`
    <div class="controls">
      <label>
        ${text.smoothing}
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          .value=${String(now.view.smoothing)}
          @change=${(event: Event) => view({ smoothing: Number(valueOf(event)) })}
        />
      </label>
      <label>
        <input
          type="checkbox"
          .checked=${now.logScale}
          @change=${() => change({ ...now, logScale: !now.logScale })}
        />
        ${text.logScale}
      </label>
      <label>
        <input
          type="checkbox"
          .checked=${now.capOutliers}
          @change=${() => change({ ...now, capOutliers: !now.capOutliers })}
        />
        ${text.capOutliers}
      </label>
      <label>
        ${text.axis}
        <select
          @change=${(event: Event) => view({ axis: axes.find(([axis]) => axis === valueOf(event))?.[0] ?? "step", range: null })}
        >
          ${axes.map(([axis, name]) => html`<option value=${axis} ?selected=${axis === now.view.axis}>${name}</option>`)}
        </select>
      </label>
      ${
        now.view.range === null
          ? nothing
          : html`<button type="button" @click=${() => view({ range: null })}>${text.resetZoom}</button>`
      }
    </div>
  `;
}

const valueOf = (event: Event): string =>
  event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    ? event.target.value
    : "";
