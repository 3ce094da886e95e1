import { expect, test } from "vitest";
import { panned, zoomed } from "../../../src/webview/chart-zoom.ts";

const all = { from: 0, to: 100 };

test("zooming keeps what is under the cursor where it is", () => {
  expect(zoomed(all, all, 0.5, 0.25)).toEqual({ from: 12.5, to: 62.5 });
});

test("zooming out to everything is no zoom any more: new points are followed again", () => {
  expect(zoomed({ from: 20, to: 60 }, all, 10, 0.5)).toBeNull();
});

test("panning stops at both ends and keeps its width", () => {
  expect(panned({ from: 10, to: 30 }, all, -5)).toEqual({ from: 0, to: 20 });
  expect(panned({ from: 70, to: 90 }, all, 5)).toEqual({ from: 80, to: 100 });
});
