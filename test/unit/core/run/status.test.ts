import { expect, test } from "vitest";
import { decodeLine } from "../../../../src/core/run/decode.ts";
import type { Job, JobState } from "../../../../src/core/run/job.ts";
import { emptyJob, reduce } from "../../../../src/core/run/reduce.ts";
import { eta, hasEnded, shareDone, type Sighting, stateOf } from "../../../../src/core/run/status.ts";
import { errorLine, finishedLine, phaseLine, startedLine, stepLine } from "./lines.ts";

function fold(...lines: readonly string[]): Job {
  return lines.reduce((job, line) => {
    const decoded = decodeLine(line);
    if (decoded.kind !== "event") throw new Error(`no event: ${line}`);
    return reduce(job, decoded.event);
  }, emptyJob);
}

const fresh: Sighting = {
  liveness: { kind: "alive" },
  attempt: 0,
  stopRequested: false,
  quiet: 1,
  stalled: 1,
};
const gone = { kind: "gone" } as const;
const elsewhere = { kind: "elsewhere", host: "gpu-box" } as const;
const training = [
  startedLine(),
  phaseLine(1, "train", "begin"),
  stepLine(2, 1),
  stepLine(3, 2),
  stepLine(4, 3),
];

const cases: readonly [string, readonly string[], Partial<Sighting>, JobState][] = [
  ["no event yet", [], { liveness: { kind: "waiting" }, quiet: null, stalled: null }, "starting"],
  ["it began", [startedLine()], {}, "running"],
  ["it waits for a device", [startedLine(), phaseLine(1, "queued", "begin")], {}, "queued"],
  [
    "it waits, and nobody hears of it for long",
    [startedLine(), phaseLine(1, "queued", "begin")],
    { liveness: elsewhere, quiet: 999 },
    "unknown",
  ],
  ["steps come", training, {}, "running"],
  ["a stop was asked for", training, { stopRequested: true }, "stopping"],
  ["a step is long overdue, the heart beats", training, { stalled: 500 }, "silent"],
  ["a slow step is not overdue at once", training, { stalled: 100 }, "running"],
  ["the first step takes its time", training.slice(0, 2), { stalled: 600 }, "running"],
  ["the heart has stopped, the process has not", training, { quiet: 100 }, "silent"],
  [
    "loading for long is no silence",
    [startedLine(), phaseLine(1, "load", "begin")],
    { stalled: 9999 },
    "running",
  ],
  ["elsewhere, and the news is fresh", training, { liveness: elsewhere }, "running"],
  ["elsewhere, and the news is old", training, { liveness: elsewhere, quiet: 600, stalled: 600 }, "unknown"],
  ["gone without a word", training, { liveness: gone }, "crashed"],
  ["gone as asked", training, { liveness: gone, stopRequested: true }, "stopped"],
  [
    "gone by an error after a stop was asked for",
    [...training, errorLine(5)],
    { liveness: gone, stopRequested: true },
    "crashed",
  ],
  ["gone before it began, as asked", [], { liveness: gone, stopRequested: true, quiet: null }, "stopped"],
  ["succeeded", [...training, finishedLine(5, "succeeded")], { liveness: gone }, "succeeded"],
  [
    "interrupted, and the process takes a moment to end",
    [...training, finishedLine(5, "interrupted")],
    {},
    "interrupted",
  ],
  ["failed", [...training, errorLine(5), finishedLine(6, "failed")], { liveness: gone }, "failed"],
  [
    "the next attempt was made and says nothing yet",
    [...training, finishedLine(5, "stopped")],
    { attempt: 1, liveness: { kind: "waiting" } },
    "starting",
  ],
  [
    "the next attempt never came to life",
    [...training, finishedLine(5, "stopped")],
    { attempt: 1, liveness: gone },
    "crashed",
  ],
];

test.each(cases)("%s", (_, lines, sight, state) => {
  expect(stateOf(fold(...lines), { ...fresh, ...sight })).toBe(state);
});

test("an end is an end; not knowing is none", () => {
  const ended: readonly JobState[] = ["succeeded", "stopped", "interrupted", "failed", "crashed"];
  const open: readonly JobState[] = ["queued", "starting", "running", "stopping", "silent", "unknown"];
  expect(ended.every(hasEnded)).toBe(true);
  expect(open.some(hasEnded)).toBe(false);
});

test("how far, and how long still", () => {
  const job = fold(...training);
  expect(shareDone(job)).toBe(0.03);
  expect(shareDone(emptyJob)).toBeNull();
  expect(eta(job, 0)).toBeCloseTo(97 * 0.5);
  expect(eta(job, 0.2)).toBeCloseTo(97 * 0.5 - 0.2);
  expect(eta(job, 3600)).toBeCloseTo(96 * 0.5); // overdue: never less than what is left after it
  expect(eta(emptyJob, null)).toBeNull();
});
