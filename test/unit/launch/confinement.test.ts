/** Links planted in run folders: in Restricted Mode nothing outside of the open folders is read through them. */
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { leadsOut, mayRead } from "../../../src/launch/confinement.ts";
import { eventsFile } from "../../../src/launch/run-files.ts";
import { openRun, RunReader } from "../../../src/launch/runs.ts";
import { watchRuns } from "../../../src/launch/watch-runs.ts";
import {
  addEvents,
  finishedLine,
  makeRun,
  recordAttempt,
  scratch,
  startedLine,
  stepLine,
} from "./scratch.ts";

const SECRET = stepLine(2, 77);

/** A workspace with an honest run, and a place outside of it with a file that no reader may open. */
async function place(): Promise<{ workspace: string; run: string; outside: string }> {
  const root = await scratch();
  const workspace = join(root, "workspace");
  const outside = join(root, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "secret"), `${SECRET}\n`);
  const run = await makeRun(workspace);
  await mkdir(join(run, "config"));
  await recordAttempt(run, 0);
  await addEvents(run, startedLine(), stepLine(1, 1));
  await writeFile(join(run, "output.0.log"), "step 1\n");
  return { workspace, run, outside };
}

test("an honest run is read, links within the workspace too, dangling ones do no harm", async () => {
  const { workspace, run } = await place();
  await rename(join(run, "output.0.log"), join(workspace, "kept.log"));
  await symlink(join(workspace, "kept.log"), join(run, "output.0.log"));
  await symlink(join(workspace, "nothing"), join(run, "dangling"));
  expect(await leadsOut(run, [workspace])).toBeNull();
  expect((await openRun(run, [workspace]))?.job.step).toBe(1);
});

test.each([
  "events.jsonl",
  "output.0.log",
  "run.json",
  "marks.json",
  "summary.json",
  "stop.0",
  "attempts/0.json",
  "config/support.finetune.yaml",
  "config/files.json",
  "checkpoints",
  "attempts",
  "config",
])("%s as a link out of the workspace: the run is left out, and the link is named", async (name) => {
  const { workspace, run, outside } = await place();
  const link = join(run, name);
  await rm(link, { recursive: true, force: true });
  await symlink(name.includes(".") ? join(outside, "secret") : outside, link);
  expect(await leadsOut(run, [workspace])).toBe(link);
  const reader = new RunReader(run, "full", () => [workspace]);
  expect(await reader.refresh()).toBeNull();
  expect(reader.refused).toBe(link);
});

test("the folder of a run, of all runs, or `.finetune` itself as a link", async () => {
  for (const part of ["", ".finetune", join(".finetune", "runs")]) {
    const { workspace, run, outside } = await place();
    const moved = part === "" ? run : join(workspace, part);
    await rename(moved, join(outside, "moved"));
    await symlink(join(outside, "moved"), moved);
    expect(await leadsOut(run, [workspace])).toBe(run);
    expect(await openRun(run, [workspace])).toBeNull();
    expect(await openRun(run)).not.toBeNull();
  }
});

test.skipIf(process.platform === "win32")(
  "a pipe is not opened: it would hang whoever reads it",
  async () => {
    const { workspace, run } = await place();
    await rm(eventsFile(run));
    execFileSync("mkfifo", [eventsFile(run)]);
    expect(await leadsOut(run, [workspace])).toBe(eventsFile(run));
    expect(await openRun(run, [workspace])).toBeNull();
  },
);

test("a run that became a trap while somebody looked is not read on", async () => {
  const { workspace, run, outside } = await place();
  const reader = new RunReader(run, "full", () => [workspace]);
  expect((await reader.refresh())?.view.job.step).toBe(1);
  await rm(eventsFile(run));
  await appendFile(join(outside, "secret"), `${"x".repeat(2000)}\n${SECRET}\n`);
  await symlink(join(outside, "secret"), eventsFile(run));
  expect(await reader.refresh()).toBeNull();
});

test("the list names what it leaves out, and shows it as soon as the workspace is trusted", async () => {
  const { workspace, run, outside } = await place();
  await addEvents(run, finishedLine(2, "succeeded"));
  await symlink(join(outside, "secret"), join(run, "marks.json"));
  let trusted = false;
  const watch = watchRuns(
    [workspace],
    () => {},
    (error) => {
      throw error;
    },
    () => (trusted ? undefined : [workspace]),
  );
  onTestFinished(() => watch.close());
  await watch.ready;
  expect(watch.views()).toEqual([]);
  expect(watch.refused()).toEqual([join(run, "marks.json")]);
  trusted = true;
  await vi.waitFor(() => expect(watch.views()).toHaveLength(1), { timeout: 10_000 });
  expect(watch.refused()).toEqual([]);
});

test("a single file: regular and inside, or not at all; with trust everything", async () => {
  const { workspace, run, outside } = await place();
  const link = join(run, "config", "copy.yaml");
  await symlink(join(outside, "secret"), link);
  expect(await mayRead(join(run, "run.json"), [workspace])).toBe(true);
  expect(await mayRead(link, [workspace])).toBe(false);
  expect(await mayRead(join(outside, "secret"), [workspace])).toBe(false);
  expect(await mayRead(run, [workspace])).toBe(false);
  expect(await mayRead(join(run, "missing"), [workspace])).toBe(false);
  expect(await mayRead(link, undefined)).toBe(true);
});
