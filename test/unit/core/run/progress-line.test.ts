import { expect, test } from "vitest";
import { decodeLine } from "../../../../src/core/run/decode.ts";
import { eventLine, isToldStep } from "../../../../src/core/run/event-line.ts";
import { bar, progressLine } from "../../../../src/core/run/progress-line.ts";
import { emptyJob, reduce } from "../../../../src/core/run/reduce.ts";
import {
  anyLine,
  checkpointLine,
  errorLine,
  evalLine,
  finishedLine,
  phaseLine,
  startedLine,
  stepLine,
} from "./lines.ts";

function fold(...lines: readonly string[]) {
  return lines.reduce((job, line) => {
    const decoded = decodeLine(line);
    return decoded.kind === "event" ? reduce(job, decoded.event) : job;
  }, emptyJob);
}

const training = fold(
  startedLine(),
  phaseLine(1, "train", "begin"),
  ...Array.from({ length: 40 }, (_, index) => stepLine(index + 2, index + 1)),
);
const at = (columns: number): string =>
  progressLine({ job: training, state: "running", stalled: 0 }, columns);

test("one line: how far, loss, time left, speed", () => {
  expect(at(120)).toBe("training 40/100  ━━━━━━━━━╸──────────────  loss 0.0250  30 s left  1,000 tok/s");
});

test("a narrow terminal keeps what matters most and never wraps", () => {
  expect(at(60)).toBe("training 40/100  ━━━━━━━━━╸──────────────  loss 0.0250");
  for (let columns = 1; columns < 120; columns += 1) expect(at(columns).length).toBeLessThan(columns);
});

test("before and beside training: the phase and how long it takes", () => {
  const job = fold(startedLine(), phaseLine(1, "load", "begin"));
  expect(progressLine({ job: emptyJob, state: "starting", stalled: null }, 80)).toBe("starting");
  expect(progressLine({ job, state: "running", stalled: 12 }, 80)).toBe("loading the model  12 s");
  expect(progressLine({ job: training, state: "silent", stalled: 600 }, 120)).toContain("no step for 10 min");
  expect(progressLine({ job: training, state: "stopping", stalled: 0 }, 120)).toMatch(
    /^stopping, saving a checkpoint 40\/100/,
  );
});

test("the bar is as wide as asked, from empty to full", () => {
  expect([bar(0, 4), bar(0.13, 4), bar(0.5, 4), bar(1, 4), bar(7, 4)]).toEqual([
    "────",
    "╸───",
    "━━──",
    "━━━━",
    "━━━━",
  ]);
});

const told = (line: string): string | null => {
  const decoded = decodeLine(line);
  if (decoded.kind !== "event") throw new Error(`no event: ${line}`);
  return eventLine(decoded.event);
};

const dataset = {
  split: "train",
  rows: 1204,
  skipped: [{ file: "s.jsonl", line: 212, code: "no-assistant", message: "no assistant message" }],
  skipped_total: 3,
  tokens: { total: 1, trained: 1, mean: 1, p50: 1, p95: 311, max: 611 },
  truncated: 0,
  sample: null,
};

test.each([
  [startedLine(), null],
  [startedLine(1, { step: 30, path: "checkpoints/checkpoint-30" }), "resumed   from step 30"],
  [phaseLine(1, "queued", "begin", { detail: "behind house-style" }), "queued    behind house-style"],
  [phaseLine(1, "load", "begin"), null],
  [
    anyLine("dataset", 1, dataset),
    "data      1,204 rows, 3 skipped (line 212: no assistant message; …), p95 311 tokens",
  ],
  [
    anyLine("dataset", 1, { ...dataset, split: "eval", rows: 12, skipped: [], skipped_total: 0 }),
    "data      evaluation: 12 rows, p95 311 tokens",
  ],
  [stepLine(1, 2), "train     2/100  loss 0.50  lr 2.0e-4  1,000 tok/s"],
  [stepLine(1, 2, 0, { loss: null }), "train     2/100  loss not finite  lr 2.0e-4  1,000 tok/s"],
  [evalLine(1, 30), "eval      step 30  loss 0.80  best so far  2 s"],
  [checkpointLine(1, 30), "saved     checkpoint of step 30, 60 MB"],
  [anyLine("artifact", 1, { kind: "adapter", path: "adapter", bytes: 19e6 }), "adapter   adapter/, 18 MB"],
  [errorLine(1), "error     Out of memory. Use a smaller batch."],
  [finishedLine(1, "succeeded"), "succeeded 60 steps in 37 s, mean loss 0.62"],
  [
    finishedLine(1, "interrupted", { reason: "deadline" }),
    "interrupted (deadline), 60 steps in 37 s, mean loss 0.62",
  ],
  [
    finishedLine(1, "succeeded", { incomplete: ["gguf"] }),
    "succeeded 60 steps in 37 s, mean loss 0.62, not exported: gguf",
  ],
])("%s", (line, text) => {
  expect(told(line)).toBe(text);
});

test("about fifty step lines whatever the length, the first and the last among them", () => {
  const steps = (max: number): number[] =>
    Array.from({ length: max }, (_, index) => index + 1).filter((step) => {
      const decoded = decodeLine(stepLine(1, step, 0, { max_steps: max }));
      return decoded.kind === "event" && decoded.event.type === "step" && isToldStep(decoded.event);
    });
  expect(steps(20)).toHaveLength(20);
  expect(steps(1000)).toHaveLength(51);
  expect([steps(1003)[0], steps(1003).at(-1)]).toEqual([1, 1003]);
});
