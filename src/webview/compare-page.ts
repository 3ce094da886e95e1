/** Runs side by side: their curves over each other, what came out, and what was different about them. */
import { html, render, type TemplateResult } from "lit";
import {
  aligned,
  type ComparedRow,
  type ComparedRun,
  type Comparison,
  type FromComparison,
  type ToComparison,
} from "../core/compare.ts";
import type { Curve, CurveKey } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { Chart } from "./chart.ts";
import { compareTable, type Baseline } from "./compare-table.ts";
import { chartSpec, curveTitle } from "./chart-specs.ts";
import { axisSelect, smoothingRange } from "./controls.ts";
import { reportErrors, type Editor } from "./host.ts";
import { readLooks, writeLooks, type Looks } from "./looks.ts";
import { onThemeChange } from "./theme.ts";

export function showComparison(root: HTMLElement, text: PanelText, editor: Editor<FromComparison>): void {
  const page = new ComparePage(root, text, editor);
  window.addEventListener("message", ({ data }: MessageEvent<ToComparison>) => page.receive(data));
  onThemeChange(() => page.repaint());
  reportErrors((message) => editor.post({ type: "failed", message }));
  page.begin();
}

const EVALUATION: CurveKey = "metric:eval_loss";

class ComparePage {
  #comparison: Comparison | null = null;
  #trouble: string | null = null;
  #looks: Looks;
  #shown: CurveKey = "loss";
  #baseline = 0;
  #frame = 0;
  #chart: { readonly key: string; readonly element: Element; readonly chart: Chart } | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly text: PanelText,
    private readonly editor: Editor<FromComparison>,
  ) {
    this.#looks = readLooks(editor.recall(), Math.max(200, document.body.clientWidth));
  }

  begin(): void {
    this.#keep();
    this.#schedule();
    this.editor.post({ type: "ready", look: this.#looks.view });
  }

  receive(message: ToComparison): void {
    if (message.type === "trouble") this.#trouble = message.message;
    else {
      this.#comparison = message.comparison;
      this.#trouble = null;
    }
    this.#schedule();
  }

  repaint(): void {
    this.#chart?.chart.repaint();
  }

  #keep(): void {
    const folders: unknown = JSON.parse(document.body.dataset["folders"] ?? "[]");
    this.editor.keep({ folders, ...writeLooks(this.#looks) });
  }

  #look(view: Looks["view"]): void {
    this.#looks = { ...this.#looks, view };
    this.#keep();
    this.editor.post({ type: "look", look: view });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    render(this.#page(), this.root);
    if (this.#comparison !== null) this.#fill(this.#comparison);
  }

  #page(): unknown {
    const { text } = this;
    if (this.#trouble !== null) return html`<p class="trouble" role="alert">${this.#trouble}</p>`;
    const comparison = this.#comparison;
    if (comparison === null) return html`<p class="quiet">${text.waiting}</p>`;
    const baseline = { index: this.#baseline, choose: (index: number) => this.#setBaseline(index) };
    return html`
      <header class="head"><h1>${text.compare}</h1></header>
      ${this.#controls(comparison)}
      <figure class="chart-card compare-card">
        <figcaption>
          <span class="chart-title">${curveTitle(this.#shown, text)}</span>
          <span class="chart-readout" aria-hidden="true"></span>
        </figcaption>
        <div
          class="chart"
          tabindex="0"
          role="img"
          aria-label=${curveTitle(this.#shown, text)}
          data-curve=${this.#shown}
        ></div>
      </figure>
      <h2>${text.results}</h2>
      ${this.#table(text.results, comparison, comparison.results, baseline)}
      <h2>${text.differences}</h2>
      ${
        comparison.differences.length === 0
          ? html`<p class="quiet">${text.noDifferences}</p>`
          : this.#table(text.differences, comparison, comparison.differences, null)
      }
    `;
  }

  #controls({ runs }: Comparison): TemplateResult {
    const { text } = this;
    const keys = new Set<CurveKey>(
      runs.flatMap(({ curves }) => curves.filter(({ x }) => x.length > 0).map(({ key }) => key)),
    );
    if (runs.some(({ evaluations }) => evaluations.x.length > 0)) keys.add(EVALUATION);
    const choose = (event: Event): void => {
      const value = event.target instanceof HTMLSelectElement ? event.target.value : "";
      this.#shown = [...keys].find((key) => key === value) ?? "loss";
      this.#schedule();
    };
    return html`
      <div class="controls">
        <label>
          ${text.curve}
          <select @change=${choose}>
            ${[...keys].map((key) => html`<option value=${key} ?selected=${key === this.#shown}>${curveTitle(key, text)}</option>`)}
          </select>
        </label>
        ${smoothingRange(this.#looks.view, text, (view) => this.#look(view))}
        ${axisSelect(this.#looks.view, text, (view) => this.#look(view))}
      </div>
    `;
  }

  #table(
    title: string,
    comparison: Comparison,
    rows: readonly ComparedRow[],
    baseline: Baseline | null,
  ): TemplateResult {
    const open = (folder: string): void => this.editor.post({ type: "open", folder });
    return compareTable({ title, runs: comparison.runs, rows, baseline, open }, this.text);
  }

  #setBaseline(index: number): void {
    this.#baseline = index;
    this.#schedule();
  }

  #fill({ runs, axis }: Comparison): void {
    const element = this.root.querySelector<HTMLElement>(".chart");
    if (element === null) return;
    const key = [this.#shown, axis, ...runs.map(({ folder }) => folder)].join("|");
    if (this.#chart?.key !== key || this.#chart.element !== element) {
      this.#chart?.chart.destroy();
      const readout = this.root.querySelector(".chart-readout");
      const spec = {
        ...chartSpec(this.#shown, this.text, axis),
        lines: runs.map(({ name }) => name),
        raw: false,
        joined: true,
      };
      const chart = new Chart(element, spec, {
        zoomed: (range) => this.#look({ ...this.#looks.view, range }),
        hovered: (words) => {
          if (readout !== null) readout.textContent = words;
        },
      });
      this.#chart = { key, element, chart };
    }
    const line = this.#shown === "loss" ? 1 : 0;
    const curve: Curve = {
      key: this.#shown,
      ...aligned(
        runs.map((run) => curveOf(run, this.#shown)),
        line,
      ),
    };
    this.#chart.chart.set({
      curve,
      marks: [],
      range: this.#looks.view.range,
      logScale: false,
      capOutliers: false,
      limits: null,
    });
  }
}

const curveOf = (run: ComparedRun, key: CurveKey): Curve | undefined =>
  key === EVALUATION ? run.evaluations : run.curves.find((curve) => curve.key === key);
