/** The tabs that are text: facts and data. */
import { html, nothing, type TemplateResult } from "lit";
import type { DataFact, RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { count } from "../core/units.ts";
import { lengthChart } from "./length-chart.ts";

interface Row {
  readonly label: string;
  readonly value: string;
}

const rows = (items: readonly Row[]): TemplateResult =>
  html`<dl class="rows">
    ${items.map(
      ({ label, value }) =>
        html`<dt>${label}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;

export function factsTab(run: RunFacts, text: PanelText): TemplateResult {
  if (run.facts.length === 0) return html`<p class="quiet">${text.noFacts}</p>`;
  return html`<div class="groups">
    ${run.facts.map(
      (group) =>
        html`<section>
          <h3>${group.title}</h3>
          ${rows(group.rows)}
        </section>`,
    )}
  </div>`;
}

export function dataTab(run: RunFacts, text: PanelText): TemplateResult {
  if (run.data.length === 0) return html`<p class="quiet">${text.noData}</p>`;
  return html`
    ${run.data.map((data) => dataset(data, text))}
    ${
      run.samples.length === 0
        ? nothing
        : html`<section>
            <h3>${text.samples}</h3>
            ${run.samples.map(
              ({ step, prompt, completion }) =>
                html`<figure>
                  <figcaption>${text.tableStep} ${step}</figcaption>
                  <pre class="rendered" tabindex="0">${prompt}<mark>${completion}</mark></pre>
                </figure>`,
            )}
          </section>`
    }
  `;
}

function dataset(data: DataFact, text: PanelText): TemplateResult {
  return html`
    <section class="dataset">
      <h3>${data.split}</h3>
      ${rows(data.rows)} ${data.lengths === null ? nothing : lengthChart(data.lengths, text)}
      ${
        data.sample === null
          ? nothing
          : html`<h4>${text.sample}</h4>
              <p class="quiet">${text.sampleHelp}</p>
              <pre class="rendered" tabindex="0">${spans(data.sample)}</pre>`
      }
      ${
        data.skippedTotal === 0
          ? nothing
          : html`<details>
              <summary>${text.skipped} (${count(data.skippedTotal)})</summary>
              <ul>
                ${data.skipped.map(({ place, message }) => html`<li><code>${place}</code> ${message}</li>`)}
              </ul>
            </details>`
      }
    </section>
  `;
}

/** Trained text is marked. What no span covers is shown as read only. */
function spans({ text, spans: marks }: NonNullable<DataFact["sample"]>): unknown[] {
  const parts: unknown[] = [];
  let at = 0;
  for (const [start, end, trained] of marks) {
    if (start > at) parts.push(text.slice(at, start));
    const piece = text.slice(Math.max(at, start), end);
    parts.push(trained ? html`<mark>${piece}</mark>` : piece);
    at = Math.max(at, end);
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}
