/** The host's side of the panel of a very long run: from the files to the messages. */
import type { ToPanel, View } from "../../src/core/panel.ts";
import { EVERY_LINE } from "../../src/core/panel.ts";
import { PanelFeed } from "../../src/extension/panel/feed.ts";
import { LogSearch } from "../../src/extension/panel/log-search.ts";
import { longRun } from "./long-run.ts";
import { report } from "./measure.ts";

const view: View = { axis: "step", range: null, width: 1000, smoothing: 0.8 };
const run = longRun();

globalThis.gc?.();
const before = process.memoryUsage();
const feed = new PanelFeed(run.folder);
const began = performance.now();
const messages = await feed.open(view, Date.now() / 1000);
const openMs = performance.now() - began;
const heap = process.memoryUsage().heapUsed - before.heapUsed;

const zoomBegan = performance.now();
feed.curves({ ...view, range: { from: 50_000, to: 51_000 } });
const zoomMs = performance.now() - zoomBegan;

const { signal } = new AbortController();
const look = async (query: object): Promise<number> => {
  const begun = performance.now();
  await new LogSearch(run.log, { ...EVERY_LINE, ...query }).more(signal);
  return performance.now() - begun;
};
const searchMs = await look({ text: "'step': 99.9999" });
const filterMs = await look({ severity: "warning", phase: "train" });
run.remove();

report([
  {
    label: "panel: 100,000 steps and the tail of a 1,000,000-line log",
    value: openMs,
    unit: "ms",
    bar: 1000,
  },
  { label: "panel: zoom into 1,000 of 100,000 steps", value: zoomMs, unit: "ms", bar: 200 },
  { label: "panel: search a 1,000,000-line log", value: searchMs, unit: "ms", bar: 2000 },
  { label: "panel: filter it by phase and severity", value: filterMs, unit: "ms", bar: 2000 },
  { label: "panel: points sent of 100,000", value: pointsOf(messages), unit: "points", bar: 2 * view.width },
  { label: "panel: heap of the host with 100,000 steps", value: heap / 2 ** 20, unit: "MB", bar: 150 },
]);

function pointsOf(sent: readonly ToPanel[]): number {
  const curves = sent.find((message) => message.type === "curves");
  return curves?.curves.curves.find(({ key }) => key === "loss")?.x.length ?? 0;
}
