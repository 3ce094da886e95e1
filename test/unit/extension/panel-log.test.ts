import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOG_LINE_CHARS, LOG_LINES, SEARCH_LINES } from "../../../src/core/panel.ts";
import { searchLog } from "../../../src/extension/panel/log-search.ts";
import { LogSource } from "../../../src/extension/panel/log-source.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "panel log "));
  file = join(folder, "output.0.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}\n`).join("");
const search = (query: string) => searchLog(file, query, new AbortController().signal);

test("the tail has its true line numbers, and what is added follows without a gap or a repeat", async () => {
  writeFileSync(file, numbered(1, 12_000));
  const source = new LogSource(file);
  const lines = await source.tail();
  expect(lines).toHaveLength(LOG_LINES);
  expect(lines.at(-1)).toEqual({ number: 12_000, text: "line 12000" });
  expect(lines.every(({ number, text }) => text === `line ${number}`)).toBe(true);
  appendFileSync(file, numbered(12_001, 12_003));
  expect((await source.more()).map(({ number }) => number)).toEqual([12_001, 12_002, 12_003]);
  expect(await source.more()).toEqual([]);
});

test("a line that is being written is shown as it is, and once when it is whole", async () => {
  writeFileSync(file, "one\n10 %\r20 %");
  const source = new LogSource(file);
  expect(await source.tail()).toEqual([{ number: 1, text: "one" }]);
  expect(source.rest()).toEqual({ number: 2, text: "20 %" });
  appendFileSync(file, "\rdone\n");
  expect(await source.more()).toEqual([{ number: 2, text: "done" }]);
  expect(source.rest()).toBeNull();
});

test("a log that is not there yet is empty", async () => {
  expect(await new LogSource(file).tail()).toEqual([]);
});

test("a line of a million characters is cut for show", async () => {
  writeFileSync(file, `${"x".repeat(1_000_000)}\nshort\n`);
  const [long, short] = await new LogSource(file).tail();
  expect(long?.text.length).toBeLessThan(LOG_LINE_CHARS + 50);
  expect(short?.text).toBe("short");
});

test("search finds every line in the whole file, shows the first, and ignores case", async () => {
  writeFileSync(
    file,
    Array.from({ length: 30_000 }, (_, i) => (i % 10 === 0 ? `Warning ${i}` : `line ${i}`)).join("\n"),
  );
  const result = await search("WARNING");
  expect(result.total).toBe(3000);
  expect(result.lines).toHaveLength(SEARCH_LINES);
  expect(result.lines[1]).toEqual({ number: 11, text: "Warning 10" });
});

test("search takes the query as text, not as a pattern", async () => {
  writeFileSync(file, "a.b\naxb\n(x\n");
  expect((await search("a.b")).total).toBe(1);
  expect((await search("(")).total).toBe(1);
});

test("the last line counts though it has no end", async () => {
  writeFileSync(file, "a\nneedle");
  expect((await search("needle")).lines).toEqual([{ number: 2, text: "needle" }]);
});
