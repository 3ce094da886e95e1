/** Runs as columns, what is compared as rows; with a baseline, the difference to it in per cent. */
import { html, nothing, type TemplateResult } from "lit";
import type { ComparedRow, ComparedRun } from "../core/compare.ts";
import type { PanelText } from "../core/panel-text.ts";
import { metric } from "../core/units.ts";

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

/** As many colours and dashes as the chart has. */
const STYLES = 6;

function runHead(
  { name, folder }: ComparedRun,
  index: number,
  { baseline, open }: CompareTable,
  text: PanelText,
): TemplateResult {
  return html`<th scope="col">
    <span class="key key-run-${index % STYLES}"></span>
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
