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
import type { ChartPicture, Curve, CurveKey } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { Chart } from "./chart.ts";
import { axisName, chartSpec, curveTitle } from "./chart-specs.ts";
import { chartSvg } from "./chart-svg.ts";
import { compareTable, runLegend, type Baseline } from "./compare-table.ts";
import { chartControls } from "./controls.ts";
import { reportErrors, type Editor } from "./host.ts";
import { readLooks, writeLooks, type Looks } from "./looks.ts";
import { saveButtons } from "./save-buttons.ts";
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
  /** Folder of the run that the others are held against; null: the first. */
  #baseline: string | null = null;
  #frame = 0;
  #chart: { readonly key: string; readonly element: Element; readonly chart: Chart } | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly text: PanelText,
    private readonly editor: Editor<FromComparison>,
  ) {
    const kept = editor.recall();
    this.#looks = readLooks(kept, Math.max(200, document.body.clientWidth));
    this.#baseline = typeof kept["baseline"] === "string" ? kept["baseline"] : null;
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
    this.editor.keep({ folders, baseline: this.#baseline, ...writeLooks(this.#looks) });
  }

  #look(part: Partial<Looks>): void {
    const before = this.#looks.view;
    this.#looks = { ...this.#looks, ...part };
    this.#keep();
    const { view } = this.#looks;
    // The host thins the curves; which part of them is in sight is ours.
    if (view.axis !== before.axis || view.smoothing !== before.smoothing) {
      this.editor.post({ type: "look", look: view });
    }
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
    const chosen = comparison.runs.findIndex(({ folder }) => folder === this.#baseline);
    const baseline = {
      index: Math.max(0, chosen),
      choose: (index: number) => this.#setBaseline(comparison.runs[index]?.folder ?? null),
    };
    return html`
      <header class="head">
        <h1>${text.compare}</h1>
        <div class="head-actions">
          <button type="button" @click=${() => this.editor.post({ type: "choose" })}>
            ${text.chooseRuns}
          </button>
        </div>
      </header>
      ${this.#controls(comparison)}
      <p id="chart-help" class="hidden">${text.chartHelp}</p>
      <figure class="chart-card compare-card">
        <figcaption>
          <span class="chart-title">${curveTitle(this.#shown, text)}</span>
          ${runLegend(comparison.runs)}
          <span class="chart-readout" aria-hidden="true"></span>
          ${saveButtons(curveTitle(this.#shown, text), text, (format) => this.#save(format, comparison))}
        </figcaption>
        <div
          class="chart"
          tabindex="0"
          role="img"
          aria-label=${`${curveTitle(this.#shown, text)}: ${comparison.runs.map(({ name }) => name).join(", ")}`}
          aria-describedby="chart-help"
          data-curve=${this.#shown}
          @keydown=${(event: KeyboardEvent) => this.#chart?.chart.key(event)}
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
      </div>
      ${chartControls(this.#looks, text, (next) => this.#look(next))}
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

  #setBaseline(folder: string | null): void {
    this.#baseline = folder;
    this.#keep();
    this.#schedule();
  }

  #save(format: ChartPicture["format"], comparison: Comparison): void {
    const title = curveTitle(this.#shown, this.text);
    const picture = format === "svg" ? this.#svg(comparison, title) : this.#png(title);
    if (picture !== null) this.editor.post({ type: "saveChart", title, picture });
  }

  #png(title: string): ChartPicture | null {
    const png = this.#chart?.chart.png(title) ?? null;
    return png === null ? null : { format: "png", png };
  }

  #svg({ runs, axis }: Comparison, title: string): ChartPicture {
    const { format, formatX } = chartSpec(this.#shown, this.text, axis);
    const drawing = {
      title,
      lines: runs.map(({ name }) => name),
      axis: axisName(axis, this.text),
      marks: [],
    };
    const curve = this.#curve(runs);
    const svg = chartSvg({ ...drawing, curve, format, formatX: (value) => formatX(value, true) });
    return { format: "svg", svg };
  }

  /** One line a run over one x; of the loss its average. */
  #curve(runs: readonly ComparedRun[]): Curve {
    const curves = runs.map((run) => curveOf(run, this.#shown));
    return { key: this.#shown, ...aligned(curves, this.#shown === "loss" ? 1 : 0) };
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
        zoomed: (range) => this.#look({ view: { ...this.#looks.view, range } }),
        hovered: (words) => {
          if (readout !== null) readout.textContent = words;
        },
      });
      this.#chart = { key, element, chart };
    }
    this.#chart.chart.set({
      curve: this.#curve(runs),
      marks: [],
      range: this.#looks.view.range,
      logScale: this.#looks.logScale,
      capOutliers: this.#looks.capOutliers,
      limits: null,
    });
  }
}

const curveOf = (run: ComparedRun, key: CurveKey): Curve | undefined =>
  key === EVALUATION ? run.evaluations : run.curves.find((curve) => curve.key === key);
