import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  EVERY_LINE,
  LOG_LINE_CHARS,
  LOG_LINES,
  SEARCH_LINES,
  type LogQuery,
} from "../../../src/core/panel.ts";
import { LogSearch } from "../../../src/extension/panel/log-search.ts";
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
const { signal } = new AbortController();
const begin = (query: Partial<LogQuery>) => new LogSearch(file, { ...EVERY_LINE, ...query });
const search = async (text: string, rest: Partial<LogQuery> = {}) => {
  const result = await begin({ text, ...rest }).more(signal);
  if (result === null) throw new Error("The first look answers always.");
  return result;
};

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

test("search finds every line in the whole file, shows the last, and ignores case", async () => {
  writeFileSync(
    file,
    Array.from({ length: 30_000 }, (_, i) => (i % 10 === 0 ? `Warning ${i}` : `line ${i}`)).join("\n"),
  );
  const result = await search("WARNING");
  expect(result.total).toBe(3000);
  expect(result.lines).toHaveLength(SEARCH_LINES);
  expect(result.lines.at(-1)).toEqual({ number: 29_991, text: "Warning 29990" });
  expect(result.lines[0]).toEqual({ number: 10_001, text: "Warning 10000" });
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

const STORY = `starting
==> load: tiny
UserWarning: no padding token
<== load
==> train
step 1
==> save: checkpoint
written
<== save
Traceback (most recent call last):
  File "a.py", line 3, in f
    g()
torch.OutOfMemoryError: CUDA out of memory
bye
`;

test("lines are filtered by the phase that they were written in", async () => {
  writeFileSync(file, STORY);
  const numbers = async (phase: LogQuery["phase"]) =>
    (await search("", { phase })).lines.map(({ number }) => number);
  expect(await numbers("load")).toEqual([2, 3, 4]);
  expect(await numbers("save")).toEqual([7, 8, 9]);
  expect(await numbers("train")).toEqual([5, 6, 10, 11, 12, 13, 14]);
});

test("lines are filtered by severity; a traceback is one error", async () => {
  writeFileSync(file, STORY);
  const numbers = async (severity: LogQuery["severity"]) =>
    (await search("", { severity })).lines.map(({ number }) => number);
  expect(await numbers("error")).toEqual([10, 11, 12, 13]);
  expect(await numbers("warning")).toEqual([3, 10, 11, 12, 13]);
  expect((await search("memory", { severity: "error", phase: "train" })).total).toBe(1);
});

test("a search goes on with the log: nothing is read twice, and a line counts once when it is whole", async () => {
  writeFileSync(file, "==> train\nerror: one\nerror: tw");
  const growing = begin({ severity: "error", phase: "train" });
  expect(await growing.more(signal)).toMatchObject({ total: 2 });
  expect(await growing.more(signal)).toBeNull();
  appendFileSync(file, "o\n<== train\nerror: three\n");
  const result = await growing.more(signal);
  expect(result?.lines).toEqual([
    { number: 2, text: "error: one" },
    { number: 3, text: "error: two" },
  ]);
});

test("a character of several bytes on the edge of a piece is whole", async () => {
  writeFileSync(file, `${"x".repeat((1 << 18) - 1)}\n${"ä".repeat(1 << 17)} needle\n`);
  expect((await search("ä needle")).total).toBe(1);
});

test("a log that does not exist yet has no lines, and is found when it comes", async () => {
  const waiting = begin({ text: "here" });
  expect(await waiting.more(signal)).toMatchObject({ total: 0 });
  writeFileSync(file, "here\n");
  expect(await waiting.more(signal)).toMatchObject({ total: 1 });
});
