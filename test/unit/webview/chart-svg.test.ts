import { expect, test } from "vitest";
import { chartSvg, type Drawing } from "../../../src/webview/chart-svg.ts";

const drawing: Drawing = {
  title: "Loss",
  lines: ["loss"],
  axis: "step",
  curve: { x: Float64Array.of(0, 1, 2, 3), ys: [Float64Array.of(4, Number.NaN, 2, 0)] },
  marks: [{ kind: "eval", x: 3, step: 3, y: 1, best: true }],
  format: (value) => value.toFixed(1),
  formatX: String,
};

test("the line spans the room, breaks where a value is not finite, and evaluations are marked", () => {
  const svg = chartSvg(drawing);
  expect(svg).toContain('d="M64 40M538.7 196L776 352"');
  expect(svg).toContain("M776 269l5 5l-5 5l-5 -5z");
  expect(svg).toMatch(/>4\.0<.*>Loss|>Loss<.*>4\.0</s);
});

test("names cannot become markup", () => {
  const svg = chartSvg({ ...drawing, title: '<script>"&', lines: ["<b>"] });
  expect(svg).toContain("&lt;script&gt;&quot;&amp;");
  expect(svg).not.toContain("<b>");
});

test("one point, or none at all, is still a picture", () => {
  const empty = { x: new Float64Array(), ys: [new Float64Array()] };
  for (const curve of [empty, { x: Float64Array.of(5), ys: [Float64Array.of(1)] }]) {
    expect(chartSvg({ ...drawing, curve, marks: [] })).not.toMatch(/NaN|Infinity/);
  }
});
