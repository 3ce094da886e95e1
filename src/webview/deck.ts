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
    const shown = inOrder(curves.curves.filter(hasValues));
    const frame = ({ key, x }: Curve): TemplateResult => {
      const title = titleOf(key, this.text);
      return html`
        <figure class="chart-card card-${cardOf(key)}" data-chart=${key}>
          <figcaption>
            <span class="chart-title">${title}</span>
            ${legend(key, curves, this.text)}
            <span class="chart-readout" aria-hidden="true"></span>
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
    return html`
      <p id="chart-help" class="hidden">${this.text.chartHelp}</p>
      <div class="charts">${shown.map(frame)}</div>
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
        if (readout !== null) readout.textContent = text;
      },
    });
    this.#charts.set(curve.key, { element, chart });
    return chart;
  }
}

/** What the lines and marks mean, where there is more than one. */
function legend(key: CurveKey, { marks, curves }: Curves, text: PanelText): TemplateResult | typeof nothing {
  const entry = (kind: string, name: string): TemplateResult =>
    html`<span class="key key-${kind}">${name}</span>`;
  const has = (kind: string): boolean => marks.some((mark) => mark.kind === kind);
  if (key === "loss") {
    return html`<span class="legend">
      ${entry("raw", text.lossRaw)} ${entry("average", text.lossAverage)}
      ${has("eval") ? entry("eval", text.evaluation) : nothing}
      ${has("checkpoint") ? entry("checkpoint", text.checkpoint) : nothing}
      ${has("resume") ? entry("resume", text.resumed) : nothing}
    </span>`;
  }
  const lines = curves.find((curve) => curve.key === key)?.ys ?? [];
  if (key !== "memory" || lines.filter((line) => line.some(Number.isFinite)).length < 2) return nothing;
  const names = [text.memoryUsed, text.memoryReserved, text.memoryAllocated];
  return html`<span class="legend">${names.map((name, i) => entry(`line-${i}`, name))}</span>`;
}

const hasValues = ({ x, ys }: Curve): boolean => x.length > 0 && ys.some((y) => y.some(Number.isFinite));

/** Only loss and memory have a place of their own on the page. */
const cardOf = (key: CurveKey): string => (key === "loss" || key === "memory" ? key : "other");

/** Loss and memory first; the order of the others is the host's. */
const inOrder = (curves: readonly Curve[]): readonly Curve[] => {
  const rank = ({ key }: Curve): number => (key === "loss" ? 0 : key === "memory" ? 1 : 2);
  return curves.toSorted((a, b) => rank(a) - rank(b));
};

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

function placeText(axis: Axis, value: number, short: boolean): string {
  if (axis === "time") return duration(value);
  if (axis === "epoch") return metric(value);
  return short ? brief(value) : count(value);
}

/** 20k, 1.5M: a tick has room for five characters. */
const brief = (value: number): string =>
  value >= 1e6
    ? `${Number((value / 1e6).toPrecision(3))}M`
    : value >= 1e4
      ? `${Number((value / 1e3).toPrecision(3))}k`
      : count(value);

/** Ticks at 1, 2, 5, 10 … of a unit. */
const rounds = (unit: number, decades: number): number[] =>
  Array.from({ length: decades }, (_, i) => [1, 2, 5].map((n) => n * unit * 10 ** i)).flat();
const WHOLE = rounds(1, 12);
/** Binary units, so that the ticks read 2 GB, 4 GB. */
const BYTES = [...rounds(2 ** 20, 3), ...[0.5, 1, 2, 4, 8, 16, 32, 64, 128].map((n) => n * 2 ** 30)];

function spec(key: CurveKey, text: PanelText, axis: Axis): ChartSpec {
  const common: ChartSpec = {
    label: titleOf(key, text),
    lines: [""],
    format: metric,
    formatX: (value, short) => placeText(axis, value, short),
    ...(axis === "epoch" ? {} : { ticksX: WHOLE }),
  };
  switch (key) {
    case "loss":
      return { ...common, lines: [text.lossRaw, text.lossAverage], raw: true };
    case "memory":
      return {
        ...common,
        lines: [text.memoryUsed, text.memoryReserved, text.memoryAllocated],
        format: size,
        read: 1,
        ticksY: BYTES,
        floor: 0,
      };
    case "tokens_per_second":
      return { ...common, format: count, floor: 0 };
    default:
      return common;
  }
}
