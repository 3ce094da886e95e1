import { appendFile, chmod, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { listRuns, openRun, RunReader } from "../../../src/launch/runs.ts";
import { attemptFile, eventsFile, runFile, stopFile, summaryFile } from "../../../src/launch/run-files.ts";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  scratch,
  startedLine,
  stepLine,
} from "./scratch.ts";

test("a run is starting, running, stopping and then what it says of its end", async () => {
  const folder = await makeRun(await scratch());
  expect((await openRun(folder))?.state).toBe("starting");
  await recordAttempt(folder, 0);
  expect((await openRun(folder))?.state).toBe("starting");
  await addEvents(folder, startedLine(), stepLine(1, 1));
  expect((await openRun(folder))?.state).toBe("running");
  await writeFile(stopFile(folder, 0), "");
  expect((await openRun(folder))?.state).toBe("stopping");
  await addEvents(folder, finishedLine(2, "stopped"));
  expect((await openRun(folder))?.state).toBe("stopped");
});

test("a process that is gone without a last word has crashed", async () => {
  const folder = await makeRun(await scratch());
  await addEvents(folder, startedLine(), stepLine(1, 1));
  await recordAttempt(folder, 0, { pid_start: "1" }); // the number lives on in another process
  expect((await openRun(folder))?.state).toBe("crashed");
});

test("on another machine it stays running, and becomes unknown when the news is old", async () => {
  const folder = await makeRun(await scratch());
  await recordAttempt(folder, 0, { host: "gpu-box" });
  await addEvents(folder, startedLine(), stepLine(1, 1));
  const reader = new RunReader(folder, "full");
  const view = (await reader.refresh())?.view;
  expect(view).toMatchObject({ state: "running", liveness: { kind: "elsewhere", host: "gpu-box" } });
  const later = { now: Date.now() + 3_600_000, startOf: async () => null };
  const me = { host: "laptop", bootId: null, pidNamespace: null };
  expect((await reader.refresh({ me, ...later }))?.view.state).toBe("unknown");
});

test("a leftover stop file and an old end say nothing about the next attempt", async () => {
  const folder = await makeRun(await scratch());
  await recordAttempt(folder, 0);
  await writeFile(stopFile(folder, 0), "");
  await addEvents(folder, startedLine(), stepLine(1, 1), finishedLine(2, "stopped"));
  await recordAttempt(folder, 1);
  expect(await openRun(folder)).toMatchObject({ state: "starting", stopRequested: false, attemptNumber: 1 });
  await addEvents(folder, startedLine(1, { step: 1, path: "checkpoints/checkpoint-1" }));
  expect(await openRun(folder)).toMatchObject({ state: "running", stopRequested: false });
});

test("a line that is being written waits, and nothing is lost or doubled", async () => {
  const folder = await makeRun(await scratch());
  await recordAttempt(folder, 0);
  const reader = new RunReader(folder, "full");
  await addEvents(folder, startedLine());
  const torn = stepLine(1, 1);
  await appendFile(eventsFile(folder), torn.slice(0, 40));
  expect((await reader.refresh())?.events).toHaveLength(1);
  expect((await reader.refresh())?.events).toHaveLength(0);
  await appendFile(eventsFile(folder), `${torn.slice(40)}\n`);
  const read = await reader.refresh();
  expect(read?.events.map((event) => event.type)).toEqual(["step"]);
  expect(read?.view.job).toMatchObject({ step: 1, invalid: 0 });
});

test("the events file may end anywhere: truncated at every byte of its last 4 KiB", async () => {
  const folder = await makeRun(await scratch());
  await recordAttempt(folder, 0);
  const steps = Array.from({ length: 20 }, (_, index) => stepLine(index + 1, index + 1));
  await addEvents(folder, startedLine(), ...steps);
  const whole = await readFile(eventsFile(folder));
  let cuts = 0;
  for (let size = whole.length; size >= Math.max(0, whole.length - 4096); size -= 1) {
    await truncate(eventsFile(folder), size);
    const complete = whole.subarray(0, size).toString().split("\n").length - 1;
    const view = await openRun(folder);
    expect(view?.job).toMatchObject({ step: Math.max(0, complete - 1), invalid: 0 });
    cuts += 1;
  }
  expect(cuts).toBe(4097);
});

test("a list goes on from the summary, and a broken summary is only slower", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), stepLine(1, 1), stepLine(2, 2), finishedLine(3, "stopped"));
  expect((await listRuns(root))[0]?.job.points).toHaveLength(2);
  expect(JSON.parse(await readFile(summaryFile(folder), "utf8"))).toMatchObject({
    version: 1,
    offset: (await stat(eventsFile(folder))).size,
    job: { step: 2, points: [] },
  });
  expect((await listRuns(root))[0]).toMatchObject({ state: "stopped", job: { step: 2, points: [] } });
  await recordAttempt(folder, 1);
  await addEvents(folder, startedLine(1, { step: 2, path: "checkpoints/checkpoint-2" }), stepLine(1, 3, 1));
  expect((await listRuns(root))[0]).toMatchObject({ state: "running", job: { attempt: 1, step: 3 } });
  for (const broken of ["", "{", "[]", '{"version": 9}', '{"version": 1, "offset": 1e9, "job": {}}']) {
    await writeFile(summaryFile(folder), broken);
    expect((await listRuns(root))[0]).toMatchObject({ state: "running", job: { attempt: 1, step: 3 } });
  }
});

test("a list reads no event that the summary knows; what came since is read, and a panel reads all", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), stepLine(1, 1), finishedLine(2, "succeeded"));
  await listRuns(root);
  const known = await stat(eventsFile(folder));
  await writeFile(eventsFile(folder), `${"x".repeat(known.size - 1)}\n`);
  expect((await listRuns(root))[0]).toMatchObject({ state: "succeeded", job: { step: 1, invalid: 0 } });
  const artifact = { kind: "gguf", path: "export/gguf", bytes: 5 };
  await addEvents(
    folder,
    JSON.stringify({
      v: 1,
      attempt: 0,
      seq: 3,
      t: 1_795_000_100,
      t_mono: 0.1,
      type: "artifact",
      ...artifact,
    }),
  );
  expect((await listRuns(root))[0]?.job).toMatchObject({ step: 1, invalid: 0, artifacts: [artifact] });
  expect((await openRun(folder))?.job).toMatchObject({ step: 0, invalid: 1, artifacts: [artifact] });
});

test("a folder that cannot be written is read all the same", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), finishedLine(1, "succeeded"));
  await chmod(folder, 0o555);
  expect((await listRuns(root))[0]?.state).toBe("succeeded");
  await chmod(folder, 0o755);
});

test("what is no run is not listed, and a torn record of an attempt hides nothing", async () => {
  const root = await scratch();
  const folder = await makeRun(root);
  const other = await makeRun(root, "20261125-150000-other-0000");
  await writeFile(runFile(other), "{");
  await writeFile(attemptFile(folder, 0), '{"attempt": 0, "tok');
  await addEvents(folder, startedLine(), stepLine(1, 1));
  const views = await listRuns(root);
  expect(views.map(({ state, job }) => [state, job.step])).toEqual([["running", 1]]);
});
