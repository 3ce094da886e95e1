/** What a run has made, with what can be done with it, and the run itself as a file. */
import { html, nothing, type TemplateResult } from "lit";
import type { RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { count, size } from "../core/units.ts";
import type { Host } from "./host.ts";

export function artifactsTab(run: RunFacts, text: PanelText, host: Host): TemplateResult {
  const { artifacts, checkpoints, can } = run;
  const reveal = (label: string, path: string): TemplateResult =>
    button(text.reveal, `${text.reveal} ${label}`, () => host.act({ name: "reveal", path }));
  return html`
    ${
      artifacts.length + checkpoints.length === 0
        ? html`<p class="quiet">${text.noArtifacts}</p>`
        : html`<table class="table">
            <thead class="hidden">
              <tr>
                ${[text.artifacts, text.size, text.path, text.actions].map((name) => html`<th scope="col">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${artifacts.map(({ kind, bytes, path }) => line(kind, bytes, path, reveal(kind, path)))}
              ${checkpoints.toReversed().map(({ step, bytes, path }) => {
                const label = `${text.checkpoint}, ${text.tableStep} ${count(step)}`;
                const resume = (): void => host.act({ name: "resumeFrom", step });
                return line(
                  label,
                  bytes,
                  path,
                  html`${reveal(label, path)}
                  ${can.resume ? button(text.resumeHere, `${text.resumeHere}: ${label}`, resume) : nothing}`,
                );
              })}
            </tbody>
          </table>`
    }
    ${artifacts.length + checkpoints.length === 0 ? nothing : modelActions(text, host)}
    <h3>${text.filesTitle}</h3>
    <p class="card-actions">
      ${button(text.exportReport, "", () => host.act({ name: "exportReport" }))}
      ${button(text.exportCsv, "", () => host.act({ name: "exportMetrics", format: "csv" }))}
      ${button(text.exportJson, "", () => host.act({ name: "exportMetrics", format: "json" }))}
    </p>
  `;
}

const modelActions = (text: PanelText, host: Host): TemplateResult =>
  html`<p class="card-actions">
    ${button(text.exportRun, "", () => host.act({ name: "exportRun" }))}
    ${button(text.ask, "", () => host.act({ name: "ask" }))}
  </p>`;

const line = (label: string, bytes: number, path: string, actions: unknown): TemplateResult =>
  html`<tr>
    <th scope="row">${label}</th>
    <td class="figure">${size(bytes)}</td>
    <td><code>${path}</code></td>
    <td><span class="card-actions">${actions}</span></td>
  </tr>`;

function button(label: string, spoken: string, act: () => void): TemplateResult {
  return html`<button type="button" aria-label=${spoken === "" ? label : spoken} @click=${act}>
    ${label}
  </button>`;
}
