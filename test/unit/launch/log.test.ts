import { appendFile, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LogFollower, MAX_LINE, readLogTail } from "../../../src/launch/log.ts";
import { scratch } from "./scratch.ts";

test("the last lines, and where to go on", async () => {
  const path = join(await scratch(), "output.0.log");
  expect(await readLogTail(path)).toEqual({ lines: [], start: 0, end: 0 });
  await writeFile(path, "one\ntwo\n\nfour");
  expect(await readLogTail(path)).toEqual({ lines: ["one", "two", "", "four"], start: 0, end: 13 });
  expect(await readLogTail(path, 2)).toEqual({ lines: ["", "four"], start: 8, end: 13 });
  expect(await readLogTail(path, 10, 7)).toEqual({ lines: ["", "four"], start: 8, end: 13 });
});

test("a progress bar shows its last state, in a tail and while following", async () => {
  const path = join(await scratch(), "output.0.log");
  await writeFile(path, "10 %\r50 %\r100 %\r\nnext\r\n");
  expect((await readLogTail(path)).lines).toEqual(["100 %", "next"]);
  expect(await new LogFollower(path).pull()).toEqual(["100 %", "next"]);
});

test("every line exactly once, whatever the pieces; letters split between two writes stay whole", async () => {
  const path = join(await scratch(), "output.0.log");
  const text = Array.from({ length: 500 }, (_, index) => `Zeile ${index} – größer 🙂`).join("\n") + "\n";
  const bytes = Buffer.from(text);
  const follower = new LogFollower(path);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 997) {
    await appendFile(path, bytes.subarray(at, at + 997));
    lines.push(...(await follower.pull()));
  }
  expect(lines.join("\n") + "\n").toBe(text);
});

test("100,000 lines that came while nobody looked: each once, in order", async () => {
  const path = join(await scratch(), "output.0.log");
  await writeFile(path, "line 0\n");
  const first = new LogFollower(path);
  expect(await first.pull()).toEqual(["line 0"]);
  const later = Array.from({ length: 100_000 }, (_, index) => `line ${index + 1}`);
  await appendFile(path, `${later.join("\n")}\n`);
  const again = new LogFollower(path, first.position);
  const lines: string[] = [];
  for (let pulled = await again.pull(); pulled.length > 0; pulled = await again.pull()) lines.push(...pulled);
  expect(lines).toEqual(later);
});

test("a line of 10 MB is cut in what is shown and says how long it is", async () => {
  const path = join(await scratch(), "output.0.log");
  await writeFile(path, `before\n${"x".repeat(10_000_000)}\nafter\n`);
  const follower = new LogFollower(path);
  const lines: string[] = [];
  for (let position = -1; position !== follower.position;) {
    position = follower.position;
    lines.push(...(await follower.pull()));
  }
  expect(lines.map((line) => line.length)).toEqual([6, MAX_LINE + " … (10000000 characters)".length, 5]);
  expect((await readLogTail(path)).lines.at(-1)).toBe("after");
});

test("a log of 2 GB is no more work than its tail", async () => {
  const path = join(await scratch(), "output.0.log");
  const file = await open(path, "w");
  await file.truncate(2 ** 31);
  await file.write("\nlast words\n", 2 ** 31);
  await file.close();
  const part = await readLogTail(path, 5000, 1 << 20);
  expect(part.lines.at(-1)).toBe("last words");
  expect(part.end).toBe(2 ** 31 + 12);
});
