import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { marksFile, readMarks, writeMarks } from "../../../src/launch/marks.ts";

let run = "";
beforeEach(() => {
  run = join(mkdtempSync(join(tmpdir(), "marks ")), "run");
  mkdirSync(run);
});
afterEach(() => rmSync(dirname(run), { recursive: true }));

test("what was written is read, and the folder of all runs tells watchers to look", async () => {
  await utimes(dirname(run), 1, 1);
  await writeMarks(run, { title: "the good one", starred: true });
  expect(await readMarks(run)).toEqual({ title: "the good one", starred: true });
  expect((await stat(dirname(run))).mtimeMs).toBeGreaterThan(1000);
});

test.each([
  ["{"],
  ['{"version": 2, "title": "x", "starred": true}'],
  ['{"version": 1, "title": " ", "starred": false}'],
])("marks that cannot be used are no marks: %s", async (text) => {
  writeFileSync(marksFile(run), text);
  expect(await readMarks(run)).toEqual({ title: null, starred: false });
});

test("a run without marks has none", async () => {
  expect(await readMarks(run)).toEqual({ title: null, starred: false });
});
