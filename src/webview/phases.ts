import { html, nothing, type TemplateResult } from "lit";
import type { RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { phaseText, phaseWord } from "../core/run/words.ts";
import { duration } from "../core/units.ts";

/** What was done, what is being done and for how long, until there is a curve to look at. `now` in Unix seconds. */
export function phaseList(run: RunFacts, text: PanelText, now: number): TemplateResult | typeof nothing {
  const done = run.spans.filter(({ attempt }) => attempt === run.attempt);
  if (done.length + run.phases.length === 0) return html`<p class="quiet">${text.waiting}</p>`;
  return html`
    <section class="phases" aria-label=${text.phases}>
      <ol>
        ${done.map(
          ({ name, seconds }) =>
            html`<li class="phase-done">
              <span class="phase-name">${phaseWord(name)}</span>
              <span class="phase-time">${duration(seconds)}</span>
            </li>`,
        )}
        ${run.phases.map(
          (phase) =>
            html`<li class="phase-open" aria-current="step">
              <span class="phase-name">${phaseText(phase)}</span>
              <span class="phase-time">${duration(now - phase.since)}</span>
              ${phase.detail === null ? nothing : html`<span class="phase-detail">${phase.detail}</span>`}
              ${
                phase.progress === null || phase.progress.total === null
                  ? nothing
                  : html`<progress
                      max=${phase.progress.total}
                      .value=${phase.progress.done}
                      aria-label=${phaseWord(phase.name)}
                    ></progress>`
              }
            </li>`,
        )}
      </ol>
      ${run.next === null ? nothing : html`<p class="quiet">${run.next}</p>`}
    </section>
  `;
}
