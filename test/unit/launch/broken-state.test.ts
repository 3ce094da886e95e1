/** What is stored may be of another version, cut off or nonsense: it is set aside, and everything else works. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readCorrections } from "../../../src/launch/corrections.ts";
import { marksFile, readMarks } from "../../../src/launch/marks.ts";
import { queueFolder, readQueue } from "../../../src/launch/queue.ts";
import { knownRoots, rememberRoot } from "../../../src/launch/roots.ts";
import { attemptsFolder, eventsFile, summaryFile } from "../../../src/launch/run-files.ts";
import { listRuns } from "../../../src/launch/runs.ts";
import { watchRuns } from "../../../src/launch/watch-runs.ts";
import { addEvents, finishedLine, makeRun, recordAttempt, scratch, startedLine } from "./scratch.ts";

const NONSENSE = ["", "{", "null", "[]", '{"version": 99, "job": 1}', "\u0000\u0001", "x".repeat(100_000)];

async function finishedRun(root: string, id: string): Promise<string> {
  const folder = await makeRun(root, id);
  await recordAttempt(folder, 0);
  await addEvents(folder, startedLine(), finishedLine(1, "succeeded"));
  return folder;
}

test.each(NONSENSE)("user data and caches that hold %j", async (text) => {
  const root = await scratch();
  const data = join(root, "data");
  const folder = await finishedRun(root, "20261125-142233-a-0001");
  await mkdir(queueFolder(data), { recursive: true });
  await writeFile(join(queueFolder(data), "50-1-a.json"), text);
  await writeFile(join(data, "roots.jsonl"), `${text}\n`);
  await writeFile(marksFile(folder), text);
  await writeFile(summaryFile(folder), text);
  await writeFile(join(data, "corrections.json"), text);
  expect(await readQueue(data)).toEqual([]);
  expect(await knownRoots(data)).toEqual([]);
  await rememberRoot(data, root);
  expect(await knownRoots(data)).toEqual([root]);
  expect(await readMarks(folder)).toEqual({ title: null, starred: false });
  expect((await listRuns(root)).map(({ state }) => state)).toEqual(["succeeded"]);
  expect(await readCorrections(data)).toEqual([]);
});

test("one run that cannot be read is told of once and hides no other", async () => {
  const root = await scratch();
  const bad = await finishedRun(root, "20261125-142233-bad-0001");
  const good = await finishedRun(root, "20261125-142233-good-0002");
  // A folder where a file belongs: no reader can do anything with it.
  await rm(eventsFile(bad));
  await mkdir(eventsFile(bad));
  const errors: unknown[] = [];
  const watch = watchRuns(
    [root],
    () => {},
    (error) => errors.push(error),
  );
  onTestFinished(() => watch.close());
  await watch.ready;
  await watch.refresh();
  await watch.refresh();
  expect(watch.views().map(({ folder }) => folder)).toEqual([good]);
  expect(errors).toHaveLength(1);
  await rm(eventsFile(bad), { recursive: true });
  await addEvents(bad, startedLine(), finishedLine(1, "failed"));
  await vi.waitFor(() => expect(watch.views()).toHaveLength(2), { timeout: 10_000 });
});

test("files where folders belong: a run is shown as far as it can be", async () => {
  const root = await scratch();
  const folder = await finishedRun(root, "20261125-142233-a-0001");
  await rm(attemptsFolder(folder), { recursive: true });
  await writeFile(attemptsFolder(folder), "");
  expect((await listRuns(root)).map(({ state }) => state)).toEqual(["succeeded"]);
});
