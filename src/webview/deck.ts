/** The charts of the panel: which there are, their frames, and the uPlots that live in the frames. */
import { html, nothing, type TemplateResult } from "lit";
import type { Axis, ChartPicture, Curve, CurveKey, Curves, Mark, RunFacts } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import type { Range } from "../core/decimate.ts";
import { Chart } from "./chart.ts";
import { chartSvg } from "./chart-svg.ts";
import { saveButtons } from "./save-buttons.ts";
import { axisName, chartSpec, curveTitle } from "./chart-specs.ts";

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
    private readonly saved: (picture: ChartPicture, title: string) => void,
  ) {}

  /** Frames for the curves that have something to show. */
  frames(curves: Curves, run: RunFacts): TemplateResult {
    const shown = inOrder(curves.curves.filter(hasValues));
    const frame = ({ key, x }: Curve): TemplateResult => {
      const title = curveTitle(key, this.text);
      return html`
        <figure
          class="chart-card card-${cardOf(key)}"
          data-chart=${key}
          data-points=${x.length}
          data-total=${curves.total}
        >
          <figcaption>
            <span class="chart-title">${title}</span>
            ${legend(key, curves, run, this.text)}
            <span class="chart-readout" aria-hidden="true"></span>
            ${saveButtons(title, this.text, (format) => {
              if (format === "svg") this.#saveSvg(key, curves);
              else this.#savePng(key, title);
            })}
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

  /** As it is on the screen. */
  #savePng(key: CurveKey, title: string): void {
    const png = this.#charts.get(key)?.chart.png(title) ?? null;
    if (png !== null) this.saved({ format: "png", png }, title);
  }

  /** What is shown of a curve now, in ink for paper. */
  #saveSvg(key: CurveKey, curves: Curves): void {
    const curve = curves.curves.find((one) => one.key === key);
    if (curve === undefined) return;
    const { axis } = curves.view;
    const { lines, format, formatX } = chartSpec(key, this.text, axis);
    const title = curveTitle(key, this.text);
    const marks = key === "loss" ? curves.marks : [];
    const names = lines.filter((name) => name !== "");
    const drawing = { title, lines: names, axis: axisName(axis, this.text), curve, marks, format };
    const svg = chartSvg({ ...drawing, formatX: (value) => formatX(value, true) });
    this.saved({ format: "svg", svg }, title);
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
    const chart = new Chart(element, chartSpec(curve.key, this.text, axis), {
      zoomed: this.zoomed,
      hovered: (text) => {
        if (readout !== null) readout.textContent = text;
      },
    });
    this.#charts.set(curve.key, { element, chart });
    return chart;
  }
}

const entry = (kind: string, name: string): TemplateResult =>
  html`<span class="key key-${kind}">${name}</span>`;

/** What the lines and marks mean, where there is more than one. */
function legend(
  key: CurveKey,
  { marks, curves }: Curves,
  { memory }: RunFacts,
  text: PanelText,
): TemplateResult | typeof nothing {
  if (key === "loss") {
    const has = (kind: string): boolean => marks.some((mark) => mark.kind === kind);
    const kinds: readonly (readonly [Mark["kind"], string])[] = [
      ["eval", text.evaluation],
      ["checkpoint", text.checkpoint],
      ["resume", text.resumed],
      ["nonfinite", text.nonfinite],
      ["spike", text.spike],
    ];
    return html`<span class="legend">
      ${entry("raw", text.lossRaw)} ${entry("average", text.lossAverage)}
      ${kinds.filter(([kind]) => has(kind)).map(([kind, name]) => entry(kind, name))}
    </span>`;
  }
  if (key !== "memory") return nothing;
  const lines = curves.find((curve) => curve.key === key)?.ys ?? [];
  const names = [text.memoryUsed, text.memoryReserved, text.memoryAllocated];
  const several = lines.filter((line) => line.some(Number.isFinite)).length > 1;
  return html`<span class="legend">
    ${several ? names.map((name, i) => entry(`line-${i}`, name)) : nothing}
    ${memory.band === null ? nothing : entry("band", text.estimate)}
    ${memory.total === null ? nothing : entry("total", text.memoryTotal)}
  </span>`;
}

const hasValues = ({ x, ys }: Curve): boolean => x.length > 0 && ys.some((y) => y.some(Number.isFinite));

/** Only loss and memory have a place of their own on the page. */
const cardOf = (key: CurveKey): string => (key === "loss" || key === "memory" ? key : "other");

const rank = ({ key }: Curve): number => (key === "loss" ? 0 : key === "memory" ? 1 : 2);

/** Loss and memory first; the order of the others is the host's. */
const inOrder = (curves: readonly Curve[]): readonly Curve[] => curves.toSorted((a, b) => rank(a) - rank(b));
