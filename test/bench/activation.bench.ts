/**
 * What the extension adds to the start of a window with 1,000 finished runs. The editor's own side is a stand-in
 * that takes no time.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { watchRuns } from "../../src/launch/watch-runs.ts";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  startedLine,
  stepLine,
} from "../unit/launch/scratch.ts";
import { percentiles, report } from "./measure.ts";

const STARTS = 15;
const RUNS = 1000;
const STEPS = 60;

const root = await mkdtemp(path.join(tmpdir(), "finetune-activation-"));
try {
  await makeRuns();
  const bundle = path.resolve("dist/extension.js");
  const starts = Array.from(
    { length: STARTS },
    (): { load: number; activate: number; listed: number; longest: number } =>
      JSON.parse(
        execFileSync(process.execPath, ["test/bench/activate.cjs", bundle, root, String(RUNS)], {
          encoding: "utf8",
          timeout: 60_000,
        }),
      ),
  );
  const median = (pick: (start: (typeof starts)[number]) => number) =>
    percentiles(Float64Array.from(starts, pick)).p50;

  report([
    { label: "load the extension's bundle", value: median(({ load }) => load), unit: "ms" },
    { label: "activate", value: median(({ activate }) => activate), unit: "ms" },
    {
      label: "load and activate",
      value: median(({ load, activate }) => load + activate),
      unit: "ms",
      bar: 40,
    },
    { label: "longest hold of the thread after it", value: median(({ longest }) => longest), unit: "ms" },
    { label: "1,000 finished runs in the tree", value: median(({ listed }) => listed), unit: "ms" },
  ]);
} finally {
  await rm(root, { recursive: true });
}

/** Read once, so that each has its `summary.json`. */
async function makeRuns(): Promise<void> {
  for (let index = 0; index < RUNS; index += 1) {
    const folder = await makeRun(root, `20261125-000000-run-${String(index).padStart(4, "0")}`);
    await recordAttempt(folder, 0);
    const steps = Array.from({ length: STEPS }, (_, step) => stepLine(step + 1, step + 1));
    await addEvents(folder, startedLine(), ...steps, finishedLine(STEPS + 1, "succeeded"));
  }
  const watch = watchRuns(
    [root],
    () => {},
    (error) => {
      throw error;
    },
  );
  await watch.ready;
  watch.close();
}
