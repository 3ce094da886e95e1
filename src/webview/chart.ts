/** One chart: a uPlot that takes curves and marks, follows the theme and reports zooming. */
import uPlot from "uplot";
import type { Range } from "../core/decimate.ts";
import type { Curve, Mark } from "../core/panel.ts";
import { chartPng } from "./chart-png.ts";
import { drawLimits, drawMarks, type Limits } from "./chart-marks.ts";
import { handleKeys, handleWheel } from "./chart-zoom.ts";
import { readPalette, type Palette } from "./theme.ts";

export interface ChartSpec {
  readonly label: string;
  /** Names of the lines of the curve, in its order. */
  readonly lines: readonly string[];
  /** The first line is many raw values: points and a thin line, the next one is the one to read. */
  readonly raw?: boolean;
  readonly format: (value: number) => string;
  /** `short`: for a tick, where room is scarce. */
  readonly formatX: (value: number, short: boolean) => string;
  /** Lines of different runs: each its own colour and dash, joined over the gaps that a shared x makes. */
  readonly joined?: boolean;
  /** Lines whose values are read out above the chart; all when absent. */
  readonly read?: number;
  /** Distances that ticks may have, ascending; undefined: uPlot's own. */
  readonly ticksX?: readonly number[];
  readonly ticksY?: readonly number[];
  /** Lowest value of the vertical axis; undefined: from the data. */
  readonly floor?: number;
}

export interface ChartData {
  readonly curve: Curve;
  readonly marks: readonly Mark[];
  readonly range: Range | null;
  readonly logScale: boolean;
  readonly capOutliers: boolean;
  readonly limits: Limits | null;
}

export interface ChartEvents {
  zoomed(range: Range | null): void;
  /** What lies under the cursor in words, or the newest values when it is elsewhere. */
  hovered(text: string): void;
}

/** Charts of one panel show one cursor. */
const SYNC = "finetune";

export class Chart {
  #plot: uPlot | null = null;
  #data: ChartData | null = null;
  #palette: Palette = readPalette();
  /** The style sheet decides how large a chart is. */
  #size = { width: 0, height: 0 };
  readonly #observer: ResizeObserver;

  constructor(
    private readonly host: HTMLElement,
    private readonly spec: ChartSpec,
    private readonly events: ChartEvents,
  ) {
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(host);
  }

  set(data: ChartData): void {
    const rebuilt = this.#plot === null || this.#data?.logScale !== data.logScale;
    this.#data = data;
    if (rebuilt) this.#build();
    else this.#plot?.setData(aligned(data));
    this.#read();
  }

  #read(): void {
    if (this.#plot !== null) this.events.hovered(this.#underCursor(this.#plot));
  }

  /** The theme changed: uPlot takes colours only when it is made. */
  repaint(): void {
    this.#palette = readPalette();
    this.#build();
  }

  /** What is shown, on the theme's background, with its title: base64 of a PNG. null before anything is drawn. */
  png(title: string): string | null {
    if (this.#plot === null) return null;
    return chartPng(this.#plot.ctx.canvas, title, this.#palette);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
  }

  #resize(): void {
    const size = { width: Math.floor(this.host.clientWidth), height: Math.floor(this.host.clientHeight) };
    if (size.width === 0 || (size.width === this.#size.width && size.height === this.#size.height)) return;
    this.#size = size;
    if (this.#plot === null) this.#build();
    else this.#plot.setSize(size);
  }

  #build(): void {
    if (this.#data === null || this.#size.width === 0) return;
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(this.#data), aligned(this.#data), this.host);
    const over = this.#plot.over;
    handleWheel(over, () => this.#domain(), this.events.zoomed);
  }

  /** Keys of the focused chart; the element that holds the focus belongs to the template. */
  key(event: KeyboardEvent): void {
    const plot = this.#plot;
    if (plot !== null) handleKeys(event, plot, () => this.#domain(), this.events.zoomed);
  }

  /** What the chart shows now and what there is in all. */
  #domain(): { readonly shown: Range; readonly all: Range } {
    const { min = 0, max = 1 } = this.#plot?.scales["x"] ?? {};
    const x = this.#data?.curve.x ?? new Float64Array();
    return { shown: { from: min, to: max }, all: { from: x[0] ?? 0, to: x.at(-1) ?? 1 } };
  }

  #options(data: ChartData): uPlot.Options {
    const palette = this.#palette;
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const axis = {
      stroke: palette.faint,
      font,
      grid: { stroke: withAlpha(palette.grid, palette.highContrast ? 0.35 : 0.7), width: 1 },
      ticks: { stroke: palette.grid, width: 1, size: 4 },
      gap: 4,
    };
    return {
      ...this.#size,
      padding: [10, 16, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: SYNC, setSeries: false, scales: ["x", null] },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        y: false,
      },
      scales: {
        x: { time: false, range: (_plot, min, max) => this.#rangeX(min, max) },
        y: { distr: data.logScale ? 3 : 1, range: () => this.#rangeY() },
      },
      axes: [
        {
          ...axis,
          size: 26,
          ...steps(this.spec.ticksX),
          values: (_plot, ticks) => ticks.map((tick) => this.spec.formatX(tick, true)),
        },
        {
          ...axis,
          size: 54,
          ...steps(this.spec.ticksY),
          values: (_plot, ticks) => ticks.map((tick) => (tick === null ? "" : this.spec.format(tick))),
        },
      ],
      series: [{}, ...this.spec.lines.map((label, i) => this.#line(label, i))],
      hooks: {
        drawAxes: [(plot) => drawLimits(plot, this.#data?.limits ?? null, palette)],
        draw: [(plot) => drawMarks(plot, this.#data?.marks ?? [], palette)],
        setSelect: [(plot) => this.#selected(plot)],
        setCursor: [() => this.#read()],
        ready: [
          (plot) => {
            plot.over.addEventListener("dblclick", () => this.events.zoomed(null));
            this.events.hovered(this.#underCursor(plot));
          },
        ],
      },
    };
  }

  #line(label: string, index: number): uPlot.Series {
    const { palette, spec } = { palette: this.#palette, spec: this.spec };
    const common = { label, points: { show: false }, spanGaps: spec.joined === true };
    if (spec.raw !== true) {
      return {
        ...common,
        stroke: palette.lines[index % palette.lines.length] ?? palette.text,
        width: 1.5,
        dash: dashOf(index),
      };
    }
    if (index > 0) return { ...common, stroke: palette.primary, width: 2 };
    const alpha = palette.highContrast ? 1 : 0.4;
    return {
      ...common,
      stroke: withAlpha(palette.primary, alpha),
      width: 1,
      dash: palette.highContrast ? [1, 3] : [],
    };
  }

  #rangeX(min: number, max: number): uPlot.Range.MinMax {
    const range = this.#data?.range ?? null;
    if (range !== null) return [range.from, range.to];
    if (min === null || max === null) return [0, 1];
    return min === max ? [min - 1, max + 1] : [min, max];
  }

  #rangeY(): uPlot.Range.MinMax {
    const data = this.#data;
    if (data === null) return [0, 1];
    const [low, high] = extent(data);
    const { floor } = this.spec;
    if (data.logScale) return [low > 0 ? low / 1.1 : 1e-6, high * 1.1];
    const span = high - low || Math.abs(high) || 1;
    return [floor ?? Math.max(low >= 0 ? 0 : -Infinity, low - span * 0.08), high + span * 0.08];
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    this.events.zoomed({ from: plot.posToVal(left, "x"), to: plot.posToVal(left + width, "x") });
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  #underCursor(plot: uPlot): string {
    const index = plot.cursor.idx ?? plot.data[0].length - 1;
    const x = plot.data[0][index];
    if (x === undefined) return "";
    const values = this.spec.lines.slice(0, this.spec.read).flatMap((label, i) => {
      const value = plot.data[i + 1]?.[index];
      return value === null || value === undefined ? [] : [`${label} ${this.spec.format(value)}`.trim()];
    });
    return (plot.cursor.idx === null ? values : [this.spec.formatX(x, false), ...values]).join(" · ");
  }
}

/**
 * Lines that share a chart differ by dash too, for eyes that do not see the colours apart. The seventh line has
 * the first colour again, so its dash is another.
 */
export const dashOf = (index: number): number[] => {
  const round = Math.floor(index / DASHES.length);
  return [...(DASHES[(index + round) % DASHES.length] ?? [])];
};
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3], [12, 5], [4, 2]] as const;

const steps = (incrs: readonly number[] | undefined): { incrs?: number[] } =>
  incrs === undefined ? {} : { incrs: [...incrs] };

/** uPlot takes null for a gap. */
const gaps = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isFinite(value) ? value : null));

// A typed array for x and lists with gaps for y: uPlot takes both, its type wants one kind.
const aligned = ({ curve }: ChartData): uPlot.AlignedData =>
  [curve.x, ...curve.ys.map(gaps)] as uPlot.AlignedData;

/** Lowest and highest value to show, of what is in range; the top 1 % is cut off when asked. Limits are always in sight. */
function extent({ curve, marks, range, capOutliers, limits }: ChartData): [number, number] {
  const inside = (x: number): boolean => range === null || (x >= range.from && x <= range.to);
  const values = curve.ys.flatMap((ys) =>
    [...ys].filter((y, i) => Number.isFinite(y) && inside(curve.x[i] ?? 0)),
  );
  for (const mark of marks) if (mark.y !== null && inside(mark.x)) values.push(mark.y);
  values.sort((a, b) => a - b);
  const last = capOutliers && values.length > 20 ? Math.floor(values.length * 0.99) : values.length - 1;
  const low = values[0] ?? 0;
  const high = values[last] ?? 1;
  return limits === null ? [low, high] : [low, Math.max(high, limits.band?.[1] ?? 0, limits.total ?? 0)];
}

/** A theme colour, made translucent; colours may be hex or any other CSS notation. */
const withAlpha = (colour: string, alpha: number): string =>
  alpha === 1 ? colour : `color-mix(in srgb, ${colour} ${alpha * 100}%, transparent)`;
