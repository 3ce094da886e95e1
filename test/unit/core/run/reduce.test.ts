import fc from "fast-check";
import { expect, test } from "vitest";
import { cutLines, decodeLine } from "../../../../src/core/run/decode.ts";
import type { KnownEvent } from "../../../../src/core/run/event.ts";
import { emptyJob, reduce, secondsLeft } from "../../../../src/core/run/reduce.ts";
import {
  anyLine,
  checkpointLine,
  evalLine,
  finishedLine,
  phaseLine,
  startedLine,
  stepLine,
} from "./lines.ts";

const known = (line: string): KnownEvent => {
  const decoded = decodeLine(line);
  if (decoded.kind !== "event") throw new Error(`no event: ${line}`);
  return decoded.event;
};
const fold = (lines: readonly string[]) => lines.map(known).reduce(reduce, emptyJob);

const run = [
  startedLine(),
  phaseLine(1, "train", "begin"),
  ...Array.from({ length: 6 }, (_, index) => stepLine(index + 2, index + 1)),
  checkpointLine(8, 4),
  evalLine(9, 4),
  finishedLine(10, "interrupted"),
];
const resumed = [
  startedLine(1, { step: 4, path: "checkpoints/checkpoint-4" }),
  stepLine(1, 5, 1, { loss: 0.5 }),
  stepLine(2, 6, 1),
];

test("a resume hides what its checkpoint does not have, and closes what was open", () => {
  const job = fold([...run, ...resumed]);
  expect(job.points.map(({ step, attempt }) => [step, attempt])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
    [5, 1],
    [6, 1],
  ]);
  expect(job).toMatchObject({ attempt: 1, step: 6, finished: null, error: null, phases: [] });
  expect(job.checkpoints.map(({ step }) => step)).toEqual([4]);
  expect(job.evals.map(({ step }) => step)).toEqual([4]);
});

test("an event seen twice changes nothing, wherever the repetition begins", () => {
  const lines = [...run, ...resumed];
  const once = JSON.stringify(fold(lines));
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.nat(lines.length), (from, to) => {
      const again = [...lines.slice(0, to), ...lines.slice(Math.min(from, to))];
      expect(JSON.stringify(fold(again))).toBe(once);
    }),
  );
});

test("the lists of the empty job are never written to", () => {
  fold(run);
  expect(emptyJob.points).toEqual([]);
  expect(emptyJob.checkpoints).toEqual([]);
});

test("an export that was made later is part of the run, and no longer missing", () => {
  const gguf = { kind: "gguf", path: "export/gguf", bytes: 5 };
  const ended = [startedLine(), finishedLine(1, "succeeded", { incomplete: ["gguf", "evaluate"] })];
  const job = fold([...ended, anyLine("artifact", 2, gguf)]);
  expect(job.artifacts).toMatchObject([gguf]);
  expect(job.finished).toMatchObject({ status: "succeeded", incomplete: ["evaluate"] });
});

test("numbers that were not finite stay in the curve as gaps", () => {
  const job = fold([
    startedLine(),
    stepLine(1, 1, 0, { loss: null, grad_norm: null, nonfinite: ["loss", "grad_norm"] }),
  ]);
  expect(job.points[0]).toMatchObject({ step: 1, loss: null, gradNorm: null });
});

test("phases nest, and progress within one keeps its beginning", () => {
  const job = fold([
    startedLine(),
    phaseLine(1, "prepare", "begin", { detail: "support.jsonl" }),
    phaseLine(2, "download", "begin"),
    phaseLine(3, "download", "progress", { progress: { done: 5, total: 10, unit: "bytes" } }),
  ]);
  expect(job.phases.map(({ name, since }) => [name, since])).toEqual([
    ["prepare", 1_795_000_001],
    ["download", 1_795_000_002],
  ]);
  expect(job.phases[1]?.progress).toEqual({ done: 5, total: 10, unit: "bytes" });
  const after = reduce(job, known(phaseLine(4, "download", "end")));
  expect(after.phases.map(({ name, detail }) => [name, detail])).toEqual([["prepare", "support.jsonl"]]);
  expect(after.spans).toEqual([{ name: "download", attempt: 0, seconds: 2 }]);
});

test("time left: the median of recent steps, the first one (it compiles) left out", () => {
  const slowFirst = [
    startedLine(),
    stepLine(1, 1, 0, { seconds: 60 }),
    stepLine(2, 2, 0, { seconds: 1 }),
    stepLine(3, 3, 0, { seconds: 1 }),
  ];
  expect(secondsLeft(fold(slowFirst))).toBe(97);
  expect(secondsLeft(fold(slowFirst.slice(0, 2)))).toBeNull();
});

test("several steps in one event are told a step", () => {
  const job = fold([startedLine(), stepLine(1, 10, 0, { seconds: 20 }), stepLine(2, 20, 0, { seconds: 20 })]);
  expect(job.points.map(({ seconds }) => seconds)).toEqual([2, 2]);
});

test.each([
  ["", "invalid"],
  ["{", "invalid"],
  ["[]", "invalid"],
  ["null", "invalid"],
  ['{"type": "step"}', "invalid"],
  [anyLine("step", 1, { step: "one" }), "invalid"],
  [anyLine("a-type-of-tomorrow", 1, { anything: [1] }), "unknown"],
  [startedLine(), "event"],
])("a line is an event, an event of tomorrow, or none, and never an exception: %s", (line, kind) => {
  expect(decodeLine(line).kind).toBe(kind);
});

test("fields of tomorrow are kept", () => {
  expect(known(anyLine("heartbeat", 1, { last_progress_s: 1, new_field: 7 }))).toMatchObject({
    new_field: 7,
  });
});

test("any text is decoded without an exception", () => {
  fc.assert(
    fc.property(fc.string(), (text) => ["event", "unknown", "invalid"].includes(decodeLine(text).kind)),
  );
});

test("cut into any pieces, a file gives the same lines", () => {
  const bytes = new TextEncoder().encode("eins\r\nzwei – ü\n\nthree\nunfinished");
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
      const edges = [...cuts, bytes.length].sort((a, b) => a - b);
      const lines: string[] = [];
      let offset = 0;
      for (const edge of edges) {
        const cut = cutLines(bytes.subarray(offset, Math.max(offset, edge)));
        lines.push(...cut.lines);
        offset += cut.consumed;
      }
      expect(lines).toEqual(["eins", "zwei – ü", "three"]);
    }),
  );
});
