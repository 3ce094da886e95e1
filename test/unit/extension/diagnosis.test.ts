import { expect, test } from "vitest";
import { diagnose, diagnosisOf } from "../../../src/extension/panel/diagnosis.ts";
import { aRun, endedOnModal } from "./a-run.ts";

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

const BUDGET = {
  code: "modal-budget",
  message:
    "The run ended at step 950 because compute.modal.max_cost_usd pays for no more. 50 steps are lost.",
  hint: "Raise max_cost_usd and resume. It goes on from step 900.",
};

test("what ended a run on Modal is told with its way out and its line, whatever the state is called", async () => {
  for (const state of ["failed", "interrupted", "stopped", "succeeded"] as const) {
    const run = aRun(state, [{ type: "started" }], { remote: endedOnModal(BUDGET) });
    expect((await diagnose(run))?.failure, state).toMatchObject({
      ...BUDGET,
      path: "compute.modal.max_cost_usd",
      traceback: "",
    });
  }
  expect(await diagnose(aRun("stopped", [], { remote: endedOnModal(null) }))).toBeNull();
});

test("while it goes on nothing has ended it; and a log with a known cause says more than that it ended early", async () => {
  const going = { ...endedOnModal(BUDGET), stage: "running" as const };
  expect(await diagnose(aRun("running", [{ type: "started" }], { remote: going }))).toBeNull();
  const early = { ...BUDGET, code: "modal-lost-before-step" };
  const log = ["torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB"];
  const run = aRun("failed", [{ type: "started" }], { remote: endedOnModal(early) });
  expect(diagnosisOf(run, log).failure.message).toMatch(/memory/i);
  expect(diagnosisOf(run, ["nothing known"]).failure.message).toBe(BUDGET.message);
});
