/**
 * The page of a very long run in a real browser: until everything is seen, and while 50 steps and 50 lines of
 * the log arrive each second. The browser draws in software, so the frames say what this machine can; the time
 * of the page's own scripts a frame says what the page asks for.
 *
 * BENCH_MINUTES: how long memory is watched, 0.2 by default; the bar is meant for 10.
 */
import type { CDPSession } from "playwright-core";
import type { View } from "../../src/core/panel.ts";
import { PanelFeed } from "../../src/extension/panel/feed.ts";
import { openPages, type Panel } from "../vscode/panel/page.ts";
import { LOG_LINES, longRun, STEPS } from "./long-run.ts";
import { percentiles, report, type Row } from "./measure.ts";

const WIDTH = 1000;
const view: View = { axis: "step", range: null, width: WIDTH, smoothing: 0.8 };
const PULL_MS = 250;
const EVENTS_A_SECOND = 50;
const minutes = Number(process.env["BENCH_MINUTES"] ?? 0.2);

const run = longRun();
const pages = await openPages();
try {
  const panel = await pages.open({ width: WIDTH });
  const devtools = await panel.page.context().newCDPSession(panel.page);
  const feed = new PanelFeed(run.folder);
  const seenMs = await whole(panel, feed);
  const opened = { page: await pageHeap(devtools), host: hostHeap() };
  const going = await watch(panel, devtools, feed);
  report([
    { label: "page: until 100,000 steps and the log are drawn", value: seenMs, unit: "ms", bar: 1000 },
    { label: "page: heap with 100,000 steps", value: opened.page, unit: "MB", bar: 50 },
    ...going,
  ]);
} finally {
  await pages.close();
  run.remove();
}

/** From the files to a page on which the last step and the last line can be seen. */
async function whole(panel: Panel, feed: PanelFeed): Promise<number> {
  const begun = performance.now();
  for (const message of await feed.open(view, Date.now() / 1000)) await panel.post(message);
  await panel.page.waitForFunction(
    ([steps, lines]) => {
      const loss = document.querySelector("[data-chart=loss]");
      const last = [...document.querySelectorAll("[data-line]")].at(-1);
      return (
        loss?.getAttribute("data-total") === String(steps) &&
        loss.querySelector("canvas") !== null &&
        last?.getAttribute("data-line") === String(lines)
      );
    },
    [STEPS, LOG_LINES] as const,
  );
  return performance.now() - begun;
}

async function watch(panel: Panel, devtools: CDPSession, feed: PanelFeed): Promise<Row[]> {
  const grow = setInterval(() => run.grow(), 1000 / EVENTS_A_SECOND);
  const until = performance.now() + minutes * 60_000;
  const heaps: { page: number; host: number }[] = [];
  await panel.page.evaluate(countFrames);
  const before = await scripts(devtools);
  // Collecting garbage costs frames: seldom, and at least twice.
  const heapEvery = Math.max(5000, (minutes * 60_000) / 20);
  let nextHeap = performance.now() + 2000;
  while (performance.now() < until) {
    const pulled = performance.now();
    for (const message of await feed.more(view, Date.now() / 1000)) await panel.post(message);
    await answerViews(panel, feed);
    if (performance.now() > nextHeap) {
      heaps.push({ page: await pageHeap(devtools), host: hostHeap() });
      nextHeap += heapEvery;
    }
    await new Promise((done) => setTimeout(done, Math.max(0, PULL_MS - (performance.now() - pulled))));
  }
  clearInterval(grow);
  const after = await scripts(devtools);
  const frames = await panel.page.evaluate(() => (window as unknown as { frames: number[] }).frames); // `countFrames` makes it
  const { p50 } = percentiles(Float64Array.from(frames));
  const p95 = frames.toSorted((a, b) => a - b)[Math.floor(frames.length * 0.95)] ?? Number.NaN;
  return [
    { label: "page: frame at 50 events/s, median", value: p50, unit: "ms" },
    { label: "page: frame at 50 events/s, p95", value: p95, unit: "ms", bar: 17.5 },
    {
      label: "page: scripts a second at 50 events/s",
      value: (1000 * (after - before)) / (minutes * 60),
      unit: "ms",
      bar: 250,
    },
    {
      label: `page: heap gained in ${minutes} min`,
      value: gain(heaps.map(({ page }) => page)),
      unit: "MB",
      bar: 5,
    },
    { label: `host: heap gained in ${minutes} min`, value: gain(heaps.map(({ host }) => host)), unit: "MB" },
  ];
}

/** The page asks for thinned curves when points have piled up, as it does of the editor. */
async function answerViews(panel: Panel, feed: PanelFeed): Promise<void> {
  const asked = await panel.page.evaluate(() =>
    (window as unknown as { said: { type: string }[] }).said.splice(0),
  ); // of the stand-in for the editor
  if (asked.some(({ type }) => type === "view")) await panel.post(feed.curves(view));
}

function countFrames(): void {
  const frames: number[] = [];
  Object.assign(window, { frames });
  let last = performance.now();
  const next = (now: number): void => {
    frames.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}

/** Seconds of scripts so far. */
async function scripts(devtools: CDPSession): Promise<number> {
  await devtools.send("Performance.enable");
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ScriptDuration")?.value ?? Number.NaN;
}

async function pageHeap(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}

function hostHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** Mean of the last quarter above that of the first. */
function gain(heaps: readonly number[]): number {
  const quarter = Math.max(1, Math.floor(heaps.length / 4));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return mean(heaps.slice(-quarter)) - mean(heaps.slice(0, quarter));
}
