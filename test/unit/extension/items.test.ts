import { expect, test } from "vitest";
import {
  checkpointRows,
  contextValue,
  detailRows,
  diskText,
  flagsOf,
  inOrder,
  labels,
  runRow,
} from "../../../src/extension/jobs/items.ts";
import { aRun, endedOnModal, T0 } from "./a-run.ts";

const GB = 2 ** 30;
const row = (view: Parameters<typeof runRow>[0], now = T0 + 60) => runRow(view, view.info.name, now);

const training = aRun("running", [
  { type: "started" },
  {
    type: "environment",
    devices: [
      { index: 0, uuid: null, name: "NVIDIA GeForce RTX 4090", total_bytes: 23.5 * GB, capability: "8.9" },
    ],
  },
  { type: "phase", id: "1", name: "train" },
  {
    type: "memory",
    devices: [
      {
        index: 0,
        allocated: 5 * GB,
        reserved: 6 * GB,
        used: 7.6 * GB,
        peak_allocated: null,
        peak_reserved: null,
        peak_used: null,
      },
    ],
  },
  { type: "step", step: 1, loss: 1 },
  { type: "step", step: 2, loss: 0.9 },
  { type: "step", step: 96, loss: 0.61, max_steps: 151, tokens: 6740 * 94, seconds: 94 },
]);

test("a run that trains: step, loss, time left; its phase with speed and memory", () => {
  expect(row(training).description).toBe("step 96/151 · loss 0.61 · 55 s left");
  expect(row(training).children).toBe("open");
  expect(detailRows(training)[0]).toMatchObject({
    label: "Training",
    description: "64 % · 6,740 tokens/s · 7.6 of 23.5 GB",
  });
});

test("a run that ended well: loss, time, when; what it made can be revealed", () => {
  const done = aRun("succeeded", [
    { type: "started" },
    { type: "step", step: 10, loss: 0.48 },
    { type: "artifact" },
    { type: "finished" },
  ]);
  expect(row(done, T0 + 90_000).description).toBe("loss 0.48 · 12 min · yesterday");
  expect(detailRows(done)).toMatchObject([{ label: "adapter", description: "80 MB", reveals: "adapter" }]);
});

test("a run that failed says why in one sentence, and what to do", () => {
  const failed = aRun("failed", [
    { type: "started" },
    {
      type: "error",
      message: "Out of memory at step 1. Needed 15 GB.",
      hint: "Batch 4 → 1 fits.",
      path: "training.per_device_train_batch_size",
    },
    { type: "finished", status: "failed" },
  ]);
  expect(row(failed).description).toBe("Out of memory at step 1 · now");
  expect(detailRows(failed)).toMatchObject([
    { label: "Batch 4 → 1 fits.", description: "training.per_device_train_batch_size" },
  ]);
});

test.each([
  ["starting", [], "starting"],
  [
    "queued",
    [{ type: "started" }, { type: "phase", id: "q", name: "queued", detail: "behind house-style (GPU 0)" }],
    "queued · behind house-style (GPU 0)",
  ],
  ["crashed", [{ type: "started" }, { type: "step", step: 7 }], "the trainer is gone · step 7/100 · now"],
  [
    "stopping",
    [
      { type: "started" },
      { type: "phase", id: "s", name: "save", can_stop: false },
      { type: "step", step: 7 },
    ],
    "stopping · step 7/100 · after this phase",
  ],
] as const)("%s", (state, said, words) => {
  expect(row(aRun(state, said)).description).toBe(words);
});

test("no contact is never called an end", () => {
  const far = aRun("unknown", [{ type: "started" }], { lastNews: (T0 - 600) * 1000 });
  expect(row(far, T0).description).toBe("last news 10 min ago · result unknown");
  expect(flagsOf(far)).not.toContain("resume");
});

test("silence with a heart that beats is told as a step that does not come", () => {
  const silent = aRun("silent", [{ type: "started" }, { type: "step", step: 7 }], {
    stalled: 300,
    lastNews: T0 * 1000,
  });
  expect(row(silent, T0 + 5).description).toBe("no step for 5 min · step 7/100");
});

test("what can be done follows the state", () => {
  expect(contextValue(flagsOf(training))).toBe("run log stop stopNow after config");
  expect(flagsOf({ ...training, stopRequested: true, state: "stopping" })).not.toContain("stop");
  expect(flagsOf({ ...training, state: "stopped" })).toEqual(["log", "resume", "again", "delete", "config"]);
  expect(flagsOf({ ...training, state: "succeeded" })).not.toContain("resume");
});

test("a run that waits can be moved and cancelled; one that lost its place is queued again with one click", () => {
  const waiting = [
    { type: "started" },
    { type: "phase", id: "q", name: "queued", detail: "behind a" },
  ] as const;
  const queued = aRun("queued", waiting);
  expect(flagsOf(queued)).toEqual(["log", "stop", "stopNow", "after", "waiting", "config"]);
  for (const lost of [
    aRun("crashed", waiting),
    aRun("unknown", waiting),
    // A restart in good order ends the phase and says so.
    aRun("interrupted", [
      ...waiting,
      { type: "phase", id: "q", name: "queued", state: "end" },
      { type: "finished", status: "interrupted", step: 0 },
    ]),
  ]) {
    expect(flagsOf(lost)).toContain("queueAgain");
    expect(flagsOf(lost)).not.toContain("resume");
    expect(row(lost).description).toMatch(/^was waiting for its turn/);
  }
  const began = aRun("crashed", [
    ...waiting,
    { type: "phase", id: "q", name: "queued", state: "end" },
    { type: "phase", id: "i", name: "import" },
  ]);
  expect(flagsOf(began)).toContain("resume");
  expect(flagsOf(began)).not.toContain("queueAgain");
});

test("lost with a restart of this machine: it can be resumed, although nobody saw its end", () => {
  const lost = aRun("unknown", [{ type: "started" }, { type: "step", step: 7 }]);
  const here = { ...lost, liveness: { kind: "elsewhere", host: "laptop", restarted: true } as const };
  expect(flagsOf(here)).toContain("resume");
  expect(flagsOf({ ...here, liveness: { kind: "elsewhere", host: "gpu-box" } })).not.toContain("resume");
});

test("those that wait stand in the order of the queue, below what runs", () => {
  const runs = [
    aRun("queued", [], { id: "20261125-100000-a-1", folder: "/1" }),
    aRun("queued", [], { id: "20261126-100000-b-2", folder: "/2" }),
    aRun("running", [], { id: "20261124-100000-c-3", folder: "/3" }),
    aRun("succeeded", [], { id: "20261127-100000-d-4", folder: "/4" }),
  ];
  const order = (...ids: string[]) =>
    inOrder(runs, new Map(ids.map((id, place) => [id, place]))).map(({ folder }) => folder);
  expect(order("20261125-100000-a-1", "20261126-100000-b-2")).toEqual(["/3", "/1", "/2", "/4"]);
  expect(order("20261126-100000-b-2", "20261125-100000-a-1")).toEqual(["/3", "/2", "/1", "/4"]);
});

test("what a run takes on the disk, in words", () => {
  expect(diskText({ total: 1.5 * GB, parts: { checkpoints: GB, adapter: GB / 2, "run.json": 500 } })).toBe(
    "1.5 GB on disk: checkpoints 1.0 GB, adapter 512 MB",
  );
  expect(diskText({ total: 2000, parts: { "run.json": 2000 } })).toMatch(/^[\d.]+ [KkM]?B on disk$/);
});

test("runs of one name are told apart by their number; those that go on come first", () => {
  const runs = [
    aRun("running", [], { id: "20261125-100000-a-1", folder: "/1" }),
    aRun("succeeded", [], { id: "20261126-100000-a-2", folder: "/2" }),
    aRun("failed", [], { id: "20261127-100000-b-3", folder: "/3", name: "other" }),
  ];
  expect(Object.fromEntries(labels(runs))).toEqual({
    "/1": "support-triage",
    "/2": "support-triage #2",
    "/3": "other",
  });
  expect(inOrder(runs).map(({ folder }) => folder)).toEqual(["/1", "/3", "/2"]);
});

test("a name of one's own is used, and a star puts a run before the others that have ended", () => {
  const runs = [
    aRun("succeeded", [], { id: "1", folder: "/1", title: "the good one", starred: true }),
    aRun("succeeded", [], { id: "2", folder: "/2" }),
    aRun("running", [], { id: "0", folder: "/0", name: "other" }),
  ];
  expect(Object.fromEntries(labels(runs))).toEqual({
    "/0": "other",
    "/1": "the good one",
    "/2": "support-triage #2",
  });
  expect(inOrder(runs).map(({ folder }) => folder)).toEqual(["/0", "/1", "/2"]);
  expect(runs.map((run) => row(run).description.startsWith("★ "))).toEqual([true, false, false]);
});

test("checkpoints are listed newest first", () => {
  const run = aRun("running", [
    { type: "started" },
    { type: "checkpoint", step: 10, path: "checkpoints/checkpoint-10" },
    { type: "checkpoint", step: 20, path: "checkpoints/checkpoint-20", bytes: 5 * 2 ** 20 },
  ]);
  expect(detailRows(run)).toMatchObject([
    { label: "Checkpoints (2)", description: "step 20", children: "closed" },
  ]);
  expect(checkpointRows(run)).toMatchObject([
    { label: "step 20", description: "5 MB", reveals: "checkpoints/checkpoint-20" },
    { label: "step 10" },
  ]);
});

test("what ended a run on Modal is a row below it, with the way out, and in its hover", () => {
  const problem = {
    code: "modal-timeout",
    message: "The sandbox reached its time limit of 4 h at step 950.",
    hint: "Raise compute.modal.timeout and resume.",
  };
  const run = aRun("failed", [{ type: "started" }, { type: "step", step: 9 }], {
    remote: endedOnModal(problem),
  });
  expect(detailRows(run)).toMatchObject([
    { label: problem.hint, description: "compute.modal.timeout", tooltip: problem.message },
  ]);
  expect(runRow(run, "x", T0).tooltip).toContain(`${problem.message}\n${problem.hint}`);
});
