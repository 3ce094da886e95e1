import { html, nothing, type TemplateResult } from "lit";
import type { RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Host } from "./host.ts";

/** Name, what it does now, how far it is, and what can be done about it. */
export function header(run: RunFacts, text: PanelText, host: Host): TemplateResult {
  const { can } = run;
  return html`
    <header class="head">
      <div class="head-words">
        <h1>${run.name}</h1>
        <p class="headline"><span class="dot state-${run.state}" aria-hidden="true"></span>${run.headline}</p>
      </div>
      <div class="head-actions">
        ${can.stop ? button(text.stop, text.stopTitle, () => host.act({ name: "stop" })) : nothing}
        ${can.stopNow ? button(text.stopNow, text.stopNowTitle, () => host.act({ name: "stopNow" })) : nothing}
        ${can.resume ? button(text.resume, text.resume, () => host.act({ name: "resume" }), run.failure === null) : nothing}
        ${button(text.compareWith, text.compareWithTitle, () => host.act({ name: "compare" }))}
        ${button(text.config, text.configTitle, () => host.act({ name: "config" }))}
        ${button(text.folder, text.folderTitle, () => host.act({ name: "folder" }))}
      </div>
      ${
        run.maxSteps === null
          ? nothing
          : html`<progress
              class="head-progress"
              max=${run.maxSteps}
              .value=${run.step}
              aria-label=${text.progress}
            ></progress>`
      }
    </header>
  `;
}

function button(label: string, title: string, act: () => void, primary = false): TemplateResult {
  return html`<button type="button" class=${primary ? "primary" : ""} title=${title} @click=${act}>
    ${label}
  </button>`;
}
