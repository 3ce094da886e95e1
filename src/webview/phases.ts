import { html, nothing, type TemplateResult } from "lit";
import type { RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { duration } from "../core/units.ts";

/** What was done, what is being done and for how long, until there is a curve to look at. `now` in Unix seconds. */
export function phaseList(run: RunFacts, text: PanelText, now: number): TemplateResult | typeof nothing {
  if (run.spans.length + run.phases.length === 0) return html`<p class="quiet">${text.waiting}</p>`;
  return html`
    <section class="phases" aria-label=${text.phases}>
      <ol>
        ${run.spans.map(
          ({ text: word, seconds }) =>
            html`<li class="phase-done">
              <span class="phase-name">${word}</span>
              <span class="phase-time">${duration(seconds)}</span>
            </li>`,
        )}
        ${run.phases.map(
          (phase) =>
            html`<li class="phase-open" aria-current="step">
              <span class="phase-name">${phase.text}</span>
              <span class="phase-time">${duration((run.phasesUntil ?? now) - phase.since)}</span>
              ${phase.detail === null ? nothing : html`<span class="phase-detail">${phase.detail}</span>`}
              ${
                phase.progress === null || phase.progress.total === null
                  ? nothing
                  : html`<progress
                      max=${phase.progress.total}
                      .value=${phase.progress.done}
                      aria-label=${phase.word}
                    ></progress>`
              }
            </li>`,
        )}
      </ol>
      ${run.next === null ? nothing : html`<p class="quiet">${run.next}</p>`}
    </section>
  `;
}
