/** Runs as columns, what is compared as rows; with a baseline, the difference to it in per cent. */
import { html, nothing, type TemplateResult } from "lit";
import type { ComparedRow, ComparedRun } from "../core/compare.ts";
import type { PanelText } from "../core/panel-text.ts";
import { metric } from "../core/units.ts";
import { dashOf } from "./chart.ts";

export interface Baseline {
  readonly index: number;
  choose(index: number): void;
}

export interface CompareTable {
  readonly title: string;
  readonly runs: readonly ComparedRun[];
  readonly rows: readonly ComparedRow[];
  /** null: values that cannot be subtracted. */
  readonly baseline: Baseline | null;
  open(folder: string): void;
}

export function compareTable(table: CompareTable, text: PanelText): TemplateResult {
  const { title, runs, rows, baseline } = table;
  return html`
    <div class="table-scroll" tabindex="0" role="region" aria-label=${title}>
      <table class="table compared">
        <thead>
          <tr>
            <th scope="col"><span class="hidden">${text.key}</span></th>
            ${runs.map((run, i) => runHead(run, i, table, text))}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}</th>
                ${row.values.map((value, i) => html`<td>${value ?? nothing} ${difference(row, i, baseline)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  `;
}

/** As many colours as the palette has. */
const COLOURS = 6;

/** The line of a run as the chart draws it. */
const runLine = (index: number): TemplateResult =>
  html`<svg class="run-line" viewBox="0 0 26 8" aria-hidden="true">
    <line
      class="stroke-${index % COLOURS}"
      x1="0"
      y1="4"
      x2="26"
      y2="4"
      stroke-dasharray=${dashOf(index).join(" ")}
    ></line>
  </svg>`;

export const runLegend = (runs: readonly ComparedRun[]): TemplateResult =>
  html`<span class="legend">${runs.map(({ name }, i) => html`<span>${runLine(i)} ${name}</span>`)}</span>`;

function runHead(
  { name, folder }: ComparedRun,
  index: number,
  { baseline, open }: CompareTable,
  text: PanelText,
): TemplateResult {
  return html`<th scope="col">
    ${runLine(index)}
    <button type="button" class="link" title=${text.openRun} @click=${() => open(folder)}>${name}</button>
    ${
      baseline === null
        ? nothing
        : html`<label class="baseline">
            <input
              type="radio"
              name="baseline"
              .checked=${index === baseline.index}
              @change=${() => baseline.choose(index)}
            />${text.baseline}
          </label>`
    }
  </th>`;
}

/** Below a tenth of a per cent it says nothing. */
function difference(
  { numbers }: ComparedRow,
  index: number,
  baseline: Baseline | null,
): TemplateResult | typeof nothing {
  if (baseline === null || index === baseline.index) return nothing;
  const base = numbers?.[baseline.index] ?? null;
  const value = numbers?.[index] ?? null;
  if (base === null || value === null || base === 0) return nothing;
  const percent = (100 * (value - base)) / Math.abs(base);
  if (Math.abs(percent) < 0.1) return nothing;
  return html`<span class="quiet">${percent > 0 ? "+" : "−"}${metric(Math.abs(percent))} %</span>`;
}
