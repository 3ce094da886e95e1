import { html, nothing, type TemplateResult } from "lit";
import type { Failure, Notice } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Host } from "./host.ts";

/** Why it failed, the line to change, and what to do now. */
export function failureCard(failure: Failure, text: PanelText, host: Host): TemplateResult {
  const { path } = failure;
  return html`
    <section class="card failure" aria-labelledby="failure-title">
      <h2 id="failure-title">${failure.message}</h2>
      ${path === null ? nothing : html`<p><code>${path}</code></p>`}
      ${failure.fix === null ? nothing : html`<p>${text.fix} <code>${failure.fix}</code></p>`}
      ${failure.hint === null ? nothing : html`<p>${failure.hint}</p>`}
      <p class="card-actions">
        ${
          failure.fix === null
            ? nothing
            : html`<button type="button" class="primary" @click=${() => host.act({ name: "applyFix" })}>
                ${text.applyFix}
              </button>`
        }
        ${
          path === null
            ? nothing
            : html`<button
                type="button"
                class=${failure.fix === null ? "primary" : ""}
                @click=${() => host.act({ name: "openConfigAt", path })}
              >
                ${text.openConfigAt}
              </button>`
        }
        <button type="button" @click=${() => host.act({ name: "log" })}>${text.openLogAt}</button>
      </p>
      ${
        failure.traceback === ""
          ? nothing
          : html`<details>
              <summary>${text.showTraceback}</summary>
              <pre class="traceback" tabindex="0">${failure.traceback}</pre>
            </details>`
      }
    </section>
  `;
}

export function warningList(warnings: readonly Notice[], text: PanelText): TemplateResult | typeof nothing {
  if (warnings.length === 0) return nothing;
  return html`
    <details class="card warnings">
      <summary>${text.warnings} (${warnings.length})</summary>
      <ul>
        ${warnings.map(
          ({ message, hint, path }) =>
            html`<li>
              ${path === null ? nothing : html`<code>${path}</code> `}${message} ${hint ?? nothing}
            </li>`,
        )}
      </ul>
    </details>
  `;
}
