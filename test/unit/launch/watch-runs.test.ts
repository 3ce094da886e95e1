import { rm, utimes } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { runsFolder } from "../../../src/launch/roots.ts";
import { watchRuns, type RunsChange } from "../../../src/launch/watch-runs.ts";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  scratch,
  startedLine,
  stepLine,
} from "./scratch.ts";

function watched(root: string) {
  const changes: RunsChange[] = [];
  const watch = watchRuns(
    [root],
    (change) => changes.push(change),
    (error) => {
      throw error;
    },
  );
  onTestFinished(() => watch.close());
  return { watch, changes };
}

const wait = { timeout: 10_000, interval: 20 };

test("a run that appears, moves, ends, is resumed and is deleted is seen each time, without a request", async () => {
  const root = await scratch();
  const { watch, changes } = watched(root);
  await watch.ready;
  expect(changes).toEqual([]);

  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await vi.waitFor(() => expect(watch.views()[0]?.state).toBe("starting"), wait);

  await addEvents(folder, startedLine(), stepLine(1, 1));
  await vi.waitFor(
    () => expect(watch.views()[0]).toMatchObject({ state: "running", job: { step: 1 } }),
    wait,
  );

  await addEvents(folder, finishedLine(2, "stopped"));
  await vi.waitFor(() => expect(watch.views()[0]?.state).toBe("stopped"), wait);

  await recordAttempt(folder, 1);
  await utimes(runsFolder(root), new Date(), new Date());
  await vi.waitFor(() => expect(watch.views()[0]?.state).toBe("starting"), wait);

  await rm(folder, { recursive: true });
  await vi.waitFor(() => expect(watch.views()).toEqual([]), wait);
  expect(changes.at(-1)?.removed).toEqual([folder]);
});

test("an export of a run that has ended is seen", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), finishedLine(1, "succeeded"));
  const { watch } = watched(root);
  await watch.ready;
  const artifact = { kind: "gguf", path: "export/gguf", bytes: 5 };
  const said = { v: 1, attempt: 0, seq: 2, t: 1_795_000_100, t_mono: 0.1, type: "artifact", ...artifact };
  await addEvents(folder, JSON.stringify(said));
  await utimes(runsFolder(root), new Date(), new Date());
  await vi.waitFor(() => expect(watch.views()[0]?.job.artifacts).toMatchObject([artifact]), wait);
  expect(watch.views()[0]?.state).toBe("succeeded");
});

test("a run that stands still is not reported again", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), finishedLine(1, "succeeded"));
  const { watch, changes } = watched(root);
  await watch.ready;
  await watch.refresh();
  await watch.refresh();
  expect(changes).toHaveLength(1);
});

test("1,000 finished runs are listed from their summaries", async () => {
  const root = await scratch();
  for (let index = 0; index < 1000; index += 1) {
    const folder = await makeRun(root, `20261125-000000-run-${String(index).padStart(4, "0")}`);
    await addEvents(folder, startedLine(), finishedLine(1, "succeeded"));
  }
  const first = performance.now();
  const one = watched(root);
  await one.watch.ready;
  one.watch.close();
  const second = performance.now();
  const two = watched(root);
  await two.watch.ready;
  const third = performance.now();
  expect(two.watch.views()).toHaveLength(1000);
  console.log(
    `1,000 runs: ${Math.round(second - first)} ms folding, ${Math.round(third - second)} ms from summaries`,
  );
  // Nothing moves, so nothing is read: the timer looks at one folder.
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const { user, system } = process.cpuUsage(before);
  console.log(`watching them idle: ${((user + system) / 30_000).toFixed(2)} % of one core`);
});
