import { expect, test } from "vitest";
import { diagnosisOf } from "../../../src/extension/panel/diagnosis.ts";
import { aRun } from "./a-run.ts";

test("the trainer's own words come first", () => {
  const run = aRun("failed", [
    { type: "started" },
    {
      type: "error",
      code: "cuda-oom",
      message: "Out of memory at step 1.",
      hint: "Halve the batch.",
      path: "training.per_device_train_batch_size",
    },
    { type: "finished", status: "failed" },
  ]);
  expect(diagnosisOf(run, []).failure).toMatchObject({
    message: "Out of memory at step 1.",
    hint: "Halve the batch.",
    path: "training.per_device_train_batch_size",
  });
});

test("a crash without an event is explained by the end of its log, with those lines", () => {
  const log = ["loading", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"];
  const { failure } = diagnosisOf(aRun("crashed", [{ type: "started" }]), log);
  expect(failure.message).toMatch(/memory/i);
  expect(failure.traceback).toContain("Tried to allocate");
});

test("a crash that nobody knows says its last words", () => {
  const { failure } = diagnosisOf(aRun("crashed", []), ["ok", "zsh: something odd"]);
  expect(failure.message).toBe("The trainer ended. Its last words: zsh: something odd");
});

test("a crash without a word says so and what may have been", () => {
  const { failure, edits } = diagnosisOf(aRun("crashed", []), []);
  expect(failure.message).toBe("The trainer ended without a word.");
  expect(failure.hint).toContain("memory");
  expect(edits).toEqual([]);
});

test.each([
  [4, 2, "training.per_device_train_batch_size: 2, training.gradient_accumulation_steps: 4"],
  [3, 2, "training.per_device_train_batch_size: 1, training.gradient_accumulation_steps: 6"],
  [1, 8, null],
])("out of memory with %i rows at once, %i times: the fix trains the same in less", (rows, times, fix) => {
  const log = ["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"];
  const run = aRun("crashed", [{ type: "started" }, { type: "phase", id: "t", name: "train" }]);
  expect(diagnosisOf(run, log, undefined, { rows, times }).failure.fix).toBe(fix);
});
