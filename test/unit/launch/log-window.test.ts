import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLogWindow } from "../../../src/launch/log-window.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log window "));
  file = join(folder, "output.0.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (count: number) =>
  writeFileSync(file, Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join(""));

test("a log that fits is there whole, with and without a last line end", async () => {
  write(3);
  expect(await readLogWindow(file)).toEqual({ lines: ["line 1", "line 2", "line 3"], before: 0, after: 0 });
  writeFileSync(file, "a\n\nb");
  expect((await readLogWindow(file)).lines).toEqual(["a", "", "b"]);
});

test("of a large log the end is shown, and how many lines stand before it", async () => {
  write(10_000);
  const { lines, before, after } = await readLogWindow(file, undefined, 1000);
  expect(lines.at(-1)).toBe("line 10000");
  expect(lines[0]).toBe(`line ${before + 1}`);
  expect(after).toBe(0);
});

test.each([1, 4321, 9990, 10_000, 20_000])("around line %i", async (line) => {
  write(10_000);
  const { lines, before } = await readLogWindow(file, line, 1000);
  const last = Math.min(line, 10_000);
  expect(lines[last - 1 - before]).toBe(`line ${last}`);
  expect(lines[0]).toBe(`line ${before + 1}`);
});

test("a log that is one endless line is shown as far as it goes, and a missing one is empty", async () => {
  writeFileSync(file, "x".repeat(5000));
  const { lines } = await readLogWindow(file, undefined, 1000);
  expect(lines).toEqual(["x".repeat(1000)]);
  expect(await readLogWindow(join(folder, "none"))).toEqual({ lines: [], before: 0, after: 0 });
});
