import { html, type TemplateResult } from "lit";
import type { ChartPicture } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";

/** A chart as a file: in ink for paper, or as it is on the screen. */
export function saveButtons(
  title: string,
  text: PanelText,
  save: (format: ChartPicture["format"]) => void,
): TemplateResult {
  const button = (format: ChartPicture["format"], what: string): TemplateResult =>
    html`<button type="button" aria-label=${`${what}: ${title}`} title=${what} @click=${() => save(format)}>
      ${format.toUpperCase()}
    </button>`;
  return html`<span class="chart-save">${button("svg", text.saveSvg)} ${button("png", text.savePng)}</span>`;
}
