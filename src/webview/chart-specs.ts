/** How each curve is called, and how its chart reads. */
import type { Axis, CurveKey } from "../core/panel.ts";
import type { PanelText } from "../core/panel-text.ts";
import { count, duration, metric, size } from "../core/units.ts";
import type { ChartSpec } from "./chart.ts";

export const axisName = (axis: Axis, text: PanelText): string =>
  ({ step: text.axisStep, epoch: text.axisEpoch, tokens: text.axisTokens, time: text.axisTime })[axis];

export function curveTitle(key: CurveKey, text: PanelText): string {
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
    case "metric:eval_loss":
      return text.evaluationLoss;
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

export function chartSpec(key: CurveKey, text: PanelText, axis: Axis): ChartSpec {
  const common: ChartSpec = {
    label: curveTitle(key, text),
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
