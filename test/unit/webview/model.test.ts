import { expect, test } from "vitest";
import { LOG_LINES, type Curves, type ToPanel } from "../../../src/core/panel.ts";
import { emptyModel, isCrowded, logLines, receive } from "../../../src/webview/model.ts";

const view = { axis: "step", range: null, width: 400, smoothing: 0 } as const;
const curves = (x: number[]): Curves => ({
  view,
  total: x.length,
  marks: [],
  curves: [{ key: "loss", x: Float64Array.from(x), ys: [Float64Array.from(x), Float64Array.from(x)] }],
});
const after = (...messages: ToPanel[]) => messages.reduce(receive, emptyModel);

test("points are added to the curve they belong to; a metric that appears later begins then", () => {
  const model = after(
    { type: "curves", curves: curves([1, 2]) },
    {
      type: "points",
      total: 3,
      marks: [],
      curves: [
        { key: "loss", x: Float64Array.of(3), ys: [Float64Array.of(0.5), Float64Array.of(0.7)] },
        { key: "metric:reward", x: Float64Array.of(3), ys: [Float64Array.of(1)] },
      ],
    },
  );
  const [loss, reward] = model.curves?.curves ?? [];
  expect([...(loss?.x ?? [])]).toEqual([1, 2, 3]);
  expect([...(loss?.ys[1] ?? [])]).toEqual([1, 2, 0.7]);
  expect(reward?.key).toBe("metric:reward");
  expect(model.curves?.total).toBe(3);
});

test("points without a curve to add to are dropped: full state comes first", () => {
  expect(after({ type: "points", total: 1, marks: [], curves: [] }).curves).toBeNull();
});

test("the log keeps its last lines only, and shows the one that is being written", () => {
  const line = (number: number) => ({ number, text: `line ${number}` });
  const many = Array.from({ length: LOG_LINES }, (_, i) => line(i + 1));
  const model = after(
    { type: "log", reset: true, lines: many, rest: null },
    { type: "log", reset: false, lines: [line(5001)], rest: { number: 5002, text: "34 %" } },
  );
  const lines = logLines(model);
  expect(lines[0]?.number).toBe(2);
  expect(lines.at(-1)?.text).toBe("34 %");
  expect(lines).toHaveLength(LOG_LINES + 1);
});

test("a resume begins another log", () => {
  const model = after(
    { type: "log", reset: true, lines: [{ number: 1, text: "first attempt" }], rest: null },
    { type: "log", reset: true, lines: [{ number: 1, text: "second attempt" }], rest: null },
  );
  expect(logLines(model)).toEqual([{ number: 1, text: "second attempt" }]);
});

test("facts that arrive after trouble end it", () => {
  const trouble = after({ type: "trouble", message: "gone" });
  expect(trouble.trouble).toBe("gone");
});

test("points that pile up ask for a thinned view", () => {
  const x = Array.from({ length: 2001 }, (_, i) => i);
  expect(isCrowded(curves(x))).toBe(true);
  expect(isCrowded(curves(x.slice(1)))).toBe(false);
});
