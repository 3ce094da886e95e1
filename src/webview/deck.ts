/** The charts of the panel: which there are, their frames, and the uPlots that live in the frames. */
import { html, nothing, type TemplateResult } from "lit";
import type { Axis, Curve, CurveKey, Curves, RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Range } from "../core/decimate.ts";
import { count, duration, metric, size } from "../core/units.ts";
import { Chart, type ChartSpec } from "./chart.ts";

export interface DeckLooks {
  readonly logScale: boolean;
  readonly capOutliers: boolean;
}

export class ChartDeck {
  readonly #charts = new Map<CurveKey, { readonly element: Element; readonly chart: Chart }>();

  constructor(
    private readonly root: HTMLElement,
    private readonly text: PanelText,
    private readonly zoomed: (range: Range | null) => void,
  ) {}

  /** Frames for the curves that have something to show. */
  frames(curves: Curves): TemplateResult {
    const shown = curves.curves.filter(hasValues);
    const frame = ({ key, x }: Curve, room: "large" | "small"): TemplateResult => {
      const title = titleOf(key, this.text);
      return html`
        <figure class="chart-card ${room}" data-chart=${key}>
          <figcaption>
            <span class="chart-title">${title}</span><span class="chart-readout" aria-hidden="true"></span>
          </figcaption>
          <div
            class="chart"
            data-curve=${key}
            data-points=${x.length}
            data-total=${curves.total}
            tabindex="0"
            role="img"
            aria-label=${title}
            aria-describedby="chart-help"
            @keydown=${(event: KeyboardEvent) => this.#charts.get(key)?.chart.key(event)}
          ></div>
        </figure>
      `;
    };
    const large = shown.filter(({ key }) => isLarge(key));
    const small = shown.filter(({ key }) => !isLarge(key));
    return html`
      <p id="chart-help" class="hidden">${this.text.chartHelp}</p>
      <div class="charts-large">${large.map((curve) => frame(curve, "large"))}</div>
      ${small.length === 0 ? nothing : html`<div class="charts-small">${small.map((curve) => frame(curve, "small"))}</div>`}
    `;
  }

  /** After the frames are in the page: makes, fills and ends the charts in them. */
  fill(curves: Curves, run: RunFacts, looks: DeckLooks): void {
    const frames = new Map(
      [...this.root.querySelectorAll<HTMLElement>("[data-chart]")].map((frame) => [
        frame.dataset["chart"],
        frame,
      ]),
    );
    for (const [key, { element, chart }] of this.#charts) {
      if (frames.get(key)?.querySelector(".chart") === element) continue;
      chart.destroy();
      this.#charts.delete(key);
    }
    for (const curve of curves.curves) {
      const frame = frames.get(curve.key);
      if (frame === undefined) continue;
      const chart = this.#charts.get(curve.key)?.chart ?? this.#make(curve, frame, curves.view.axis);
      const loss = curve.key === "loss";
      chart.set({
        curve,
        marks: loss ? curves.marks : curves.marks.filter(({ kind }) => kind === "resume"),
        range: curves.view.range,
        logScale: loss && looks.logScale,
        capOutliers: loss && looks.capOutliers,
        limits: curve.key === "memory" ? run.memory : null,
      });
    }
  }

  repaint(): void {
    for (const { chart } of this.#charts.values()) chart.repaint();
  }

  /** The axis is part of how a chart is made. */
  clear(): void {
    for (const { chart } of this.#charts.values()) chart.destroy();
    this.#charts.clear();
  }

  #make(curve: Curve, frame: HTMLElement, axis: Axis): Chart {
    const element = frame.querySelector<HTMLElement>(".chart") ?? frame;
    const readout = frame.querySelector(".chart-readout");
    const chart = new Chart(element, spec(curve.key, this.text, axis), {
      zoomed: this.zoomed,
      hovered: (text) => {
        if (readout !== null) readout.textContent = text ?? "";
      },
    });
    this.#charts.set(curve.key, { element, chart });
    return chart;
  }
}

const hasValues = ({ x, ys }: Curve): boolean => x.length > 0 && ys.some((y) => y.some(Number.isFinite));

const isLarge = (key: CurveKey): boolean => key === "loss" || key === "memory";

function titleOf(key: CurveKey, text: PanelText): string {
  switch (key) {
    case "loss":
      return text.loss;
    case "memory":
      return text.memory;
    case "learning_rate":
      return text.learningRate;
    case "grad_norm":
      return text.gradNorm;
    case "tokens_per_second":
      return text.tokensPerSecond;
    default:
      return key.slice("metric:".length);
  }
}

function spec(key: CurveKey, text: PanelText, axis: Axis): ChartSpec {
  const formatX = axis === "time" ? duration : axis === "epoch" ? metric : count;
  const common = { height: isLarge(key) ? 240 : 110, label: titleOf(key, text), format: metric, formatX };
  switch (key) {
    case "loss":
      return { ...common, lines: [text.lossRaw, text.lossAverage], raw: true };
    case "memory":
      return {
        ...common,
        lines: [text.memoryUsed, text.memoryReserved, text.memoryAllocated],
        format: size,
        floor: 0,
      };
    case "tokens_per_second":
      return { ...common, lines: [""], format: count, floor: 0 };
    default:
      return { ...common, lines: [""] };
  }
}
