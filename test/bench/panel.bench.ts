/** The panel of a very long run: 100,000 steps and a log of 1,000,000 lines, from the files to the messages. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { ToPanel, View } from "../../src/core/panel.ts";
import { PanelFeed } from "../../src/extension/panel/feed.ts";
import { searchLog } from "../../src/extension/panel/log-search.ts";
import { report } from "./measure.ts";

const STEPS = 100_000;
const LOG_LINES = 1_000_000;
const view: View = { axis: "step", range: null, width: 1000, smoothing: 0.8 };

const folder = join(mkdtempSync(join(tmpdir(), "panel-bench-")), "20261125-142233-long-3f9a");
const created = "2026-11-25T14:22:33Z";
mkdirSync(join(folder, "attempts"), { recursive: true });
writeFileSync(
  join(folder, "run.json"),
  JSON.stringify({
    version: 1,
    id: "long",
    name: "long",
    created,
    target: "local",
    config: "c",
    plan_id: "p",
    estimate: null,
    git: null,
    attempts: [],
  }),
);
writeFileSync(
  join(folder, "attempts", "0.json"),
  JSON.stringify({ attempt: 0, token: "t", created, target: "local", resume_from: null, host: hostname() }),
);
writeEvents(join(folder, "events.jsonl"));
const log = join(folder, "output.0.log");
for (let part = 0; part < 100; part++) {
  appendFileSync(
    log,
    Array.from({ length: LOG_LINES / 100 }, (_, i) => `{'loss': 0.61, 'step': ${part}.${i}}\n`).join(""),
  );
}

globalThis.gc?.();
const before = process.memoryUsage();
const feed = new PanelFeed(folder);
const began = performance.now();
const messages = await feed.open(view, Date.now() / 1000);
const openMs = performance.now() - began;
const heap = process.memoryUsage().heapUsed - before.heapUsed;

const zoomBegan = performance.now();
feed.curves({ ...view, range: { from: 50_000, to: 51_000 } });
const zoomMs = performance.now() - zoomBegan;

const searchBegan = performance.now();
await searchLog(log, "'step': 99.9999", new AbortController().signal);
const searchMs = performance.now() - searchBegan;
rmSync(join(folder, ".."), { recursive: true });

report([
  {
    label: "panel: 100,000 steps and the tail of a 1,000,000-line log",
    value: openMs,
    unit: "ms",
    bar: 1000,
  },
  { label: "panel: zoom into 1,000 of 100,000 steps", value: zoomMs, unit: "ms", bar: 200 },
  { label: "panel: search a 1,000,000-line log", value: searchMs, unit: "ms", bar: 2000 },
  { label: "panel: points sent of 100,000", value: pointsOf(messages), unit: "points", bar: 2 * view.width },
  { label: "panel: heap of the host with 100,000 steps", value: heap / 2 ** 20, unit: "MB", bar: 150 },
]);

function pointsOf(sent: readonly ToPanel[]): number {
  const curves = sent.find((message) => message.type === "curves");
  return curves?.curves.curves.find(({ key }) => key === "loss")?.x.length ?? 0;
}

function writeEvents(file: string): void {
  let seq = 0;
  const event = (type: string, rest: object): string =>
    `${JSON.stringify({ v: 1, attempt: 0, seq: seq++, t: 1_764_000_000 + seq, t_mono: seq, type, ...rest })}\n`;
  const started = {
    run: "long",
    plan_id: "p",
    pid: 1,
    host: "h",
    python: "p",
    cwd: "/",
    world_size: 1,
    resumed_from: null,
  };
  writeFileSync(file, event("started", started));
  for (let step = 1; step <= STEPS;) {
    let part = "";
    for (const end = Math.min(STEPS, step + 999); step <= end; step++) {
      part += event("step", {
        step,
        max_steps: STEPS,
        epoch: step / STEPS,
        loss: 2 / (1 + step / 1000) + 0.1 * Math.sin(step),
        grad_norm: 0.5,
        learning_rate: 1e-4,
        tokens: 4096,
        trained_tokens: 2048,
        tokens_total: 4096 * step,
        seconds: 0.6,
        metrics: {},
      });
    }
    appendFileSync(file, part);
  }
}
