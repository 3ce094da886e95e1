/** How long the rows of a dataset are, as bars; the same figures stand in a table for those who do not see them. */
import { html, svg, type TemplateResult } from "lit";
import type { DataFact } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { count } from "../core/units.ts";

const WIDTH = 480;
const HEIGHT = 80;
/** Below the bars, for two figures. */
const FOOT = 16;

export function lengthChart(lengths: NonNullable<DataFact["lengths"]>, text: PanelText): TemplateResult {
  const most = Math.max(1, ...lengths.map(({ rows }) => rows));
  const width = WIDTH / Math.max(1, lengths.length);
  const bars = lengths.map(({ upTo, rows }, i) => {
    // A bar with one row of thousands must still be seen.
    const height = rows === 0 ? 0 : Math.max(1.5, (HEIGHT * rows) / most);
    return svg`<rect x=${i * width + 1} y=${HEIGHT - height} width=${Math.max(1, width - 2)} height=${height}>
      <title>≤ ${count(upTo)}: ${count(rows)}</title>
    </rect>`;
  });
  return html`
    <figure class="lengths">
      <figcaption>${text.lengths}</figcaption>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT}" aria-hidden="true">
        ${bars}
        <text x="0" y=${HEIGHT + FOOT - 3}>1</text>
        <text x=${WIDTH} y=${HEIGHT + FOOT - 3} text-anchor="end">${count(lengths.at(-1)?.upTo ?? 0)}</text>
      </svg>
      <table class="hidden">
        <thead>
          <tr>
            <th scope="col">${text.lengthsUpTo}</th>
            <th scope="col">${text.lengthsRows}</th>
          </tr>
        </thead>
        <tbody>
          ${lengths.map(
            ({ upTo, rows }) =>
              html`<tr>
                <th scope="row">${count(upTo)}</th>
                <td>${count(rows)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </figure>
  `;
}
