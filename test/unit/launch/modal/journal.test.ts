import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Disturbed, Journal, Replaced } from "../../../../src/launch/modal/journal.ts";
import type { BoxLine } from "../../../../src/launch/modal/sandbox-line.ts";
import { readLogTail } from "../../../../src/launch/log.ts";
import { eventsFile, outputFile } from "../../../../src/launch/run-files.ts";
import { finishedLine, makeRun, scratch, startedLine, stepLine } from "../scratch.ts";

const ft = (line: string): string => `@@ft ${line}\n`;
const STREAM = [
  '@@box {"kind":"begin","t":5,"name":"0"}\n',
  ft(startedLine()),
  "loading\n",
  ft(stepLine(1, 1)),
  '@@u "größer 训练"\n',
  `half a line ${ft(stepLine(2, 2))}`,
  "@@ft {not json\n",
  "same\n",
  "same\n",
  ft(finishedLine(3, "succeeded")),
  '@@box {"kind":"end","t":9,"exit_code":0,"reason":null,"events":4}\n',
].join("");
const ERR = "warning one\nwarning two\n";
const LOG = ["loading", "größer 训练", "half a line ", "@@ft {not json", "same", "same"];

async function opened(holds = () => true) {
  const folder = await makeRun(await scratch());
  const boxes: BoxLine[] = [];
  return { folder, boxes, journal: () => new Journal(folder, 0, holds, (box) => boxes.push(box)) };
}
const seqs = (folder: string): number[] =>
  readFileSync(eventsFile(folder), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seq: number }).seq);

test("however it is cut and begun again, by the same pump or another: every line once, in order", async () => {
  for (let cut = 0; cut <= STREAM.length; cut += 7) {
    const { folder, journal } = await opened();
    const first = journal();
    first.take(1, STREAM.slice(0, cut));
    first.take(2, ERR.slice(0, cut));
    const second = cut % 2 === 0 ? first : journal();
    second.rewind();
    // The two streams come in another order this time.
    second.take(2, ERR);
    for (let at = 0; at < STREAM.length; at += 11) second.take(1, STREAM.slice(at, at + 11));
    second.end();
    second.release();
    const { lines } = await readLogTail(outputFile(folder, 0));
    expect(
      lines.filter((line) => !line.startsWith("warning")),
      String(cut),
    ).toEqual(LOG);
    expect(
      lines.filter((line) => line.startsWith("warning")),
      String(cut),
    ).toEqual(["warning one", "warning two"]);
    expect(seqs(folder), String(cut)).toEqual([0, 1, 2, 3]);
  }
});

test("the last word waits for the results, and carries the exports that failed", async () => {
  const { folder, boxes, journal } = await opened();
  const own = journal();
  own.take(1, STREAM);
  expect(boxes.map(({ kind }) => kind)).toEqual(["begin", "end"]);
  expect(own.finished).toMatchObject({ status: "succeeded" });
  expect(seqs(folder)).toEqual([0, 1, 2]);
  own.add({ type: "artifact", kind: "gguf", path: "export/gguf", bytes: 1 });
  // Another pump that begins again has the same word to wait with.
  const next = journal();
  next.take(1, STREAM);
  expect(next.finished).not.toBeNull();
  next.release(["merged_16bit"]);
  expect(seqs(folder)).toEqual([0, 1, 2, 3, 4]);
  expect(next.job.finished?.incomplete).toEqual(["merged_16bit"]);
  const last = journal();
  last.take(1, STREAM);
  expect(last.finished).toBeNull();
  expect(last.isOver()).toBe(true);
});

test("a line that a dying pump could not finish is cut off, and comes again", async () => {
  const { folder, journal } = await opened();
  journal().take(1, STREAM.slice(0, 700));
  appendFileSync(eventsFile(folder), '{"v":1,"attempt":0,"se');
  appendFileSync(outputFile(folder, 0), "hal");
  const next = journal();
  next.take(1, STREAM);
  next.release();
  expect(seqs(folder)).toEqual([0, 1, 2, 3]);
  expect((await readLogTail(outputFile(folder, 0))).lines).toEqual(LOG);
});

test("notes of the pump are lines that count for no stream", async () => {
  const { folder, journal } = await opened();
  const own = journal();
  own.note("#2 pulling\r\nlayer");
  own.take(1, STREAM);
  const next = journal();
  next.note("Modal: taken away");
  next.rewind();
  next.take(1, STREAM);
  expect((await readLogTail(outputFile(folder, 0))).lines.map((line) => line.trimEnd())).toEqual(
    ["#2 pulling layer", ...LOG, "Modal: taken away"].map((line) => line.trimEnd()),
  );
});

test("who was replaced writes nothing; who was disturbed reads again first", async () => {
  let holds = true;
  const { folder, journal } = await opened(() => holds);
  const own = journal();
  own.take(1, "one\n");
  holds = false;
  expect(() => own.take(1, "two\n")).toThrow(Replaced);
  holds = true;
  writeFileSync(outputFile(folder, 0), "one\ntwo\n");
  expect(() => own.take(1, "two\n")).toThrow(Disturbed);
  const again = journal();
  again.take(1, "one\ntwo\nthree\n");
  expect((await readLogTail(outputFile(folder, 0))).lines).toEqual(["one", "two", "three"]);
});

test("what the stream lost: nothing is written past a gap until it is filled, in the order of the trainer", async () => {
  const { folder, journal } = await opened();
  const own = journal();
  own.take(1, ft(startedLine()) + ft(stepLine(2, 2)) + ft(stepLine(4, 4)) + ft(finishedLine(5, "succeeded")));
  expect(seqs(folder)).toEqual([0]);
  expect({ missing: own.missing, received: own.received.events }).toEqual({ missing: 1, received: 4 });
  own.fill(`loading\n${ft(startedLine())}${ft(stepLine(1, 1))}${ft(stepLine(2, 2))}`);
  expect(seqs(folder)).toEqual([0, 1, 2]);
  own.fill([startedLine(), stepLine(1, 1), stepLine(2, 2), stepLine(3, 3), stepLine(4, 4)].map(ft).join(""));
  expect(seqs(folder)).toEqual([0, 1, 2, 3, 4]);
  expect({ missing: own.missing, received: own.received.events }).toEqual({ missing: 0, received: 6 });
  own.release();
  expect(seqs(folder)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(own.job.step).toBe(4);
});

test("what cannot be had is passed over and counted; an event that cannot be read is no gap", async () => {
  const { folder, journal } = await opened();
  const own = journal();
  const unreadable = ft(JSON.stringify({ ...JSON.parse(stepLine(3, 3)), step: "three" }));
  own.take(1, ft(startedLine()) + ft(stepLine(2, 2)) + unreadable + ft(stepLine(6, 6)) + ft(stepLine(7, 7)));
  expect(own.passOver()).toBe(3);
  expect(own.passOver()).toBe(0);
  expect(seqs(folder)).toEqual([0, 2, 6, 7]);
  expect(own.received.events).toBe(5);
  // Too late for what readers have passed by.
  own.take(1, ft(stepLine(1, 1)));
  expect(seqs(folder)).toEqual([0, 2, 6, 7]);
});
