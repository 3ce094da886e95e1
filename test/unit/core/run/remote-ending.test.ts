import { expect, test } from "vitest";
import { verdictOf, type Ending } from "../../../../src/core/run/remote-ending.ts";

const base: Ending = {
  outcome: { status: "internal_failure", exitCode: 0, message: "" },
  mark: null,
  finished: null,
  step: 0,
  checkpoint: null,
  stopAsked: false,
  lines: 0,
  seconds: 12,
  limit: { seconds: 14_400, by: "timeout" },
  command: ["python", "-m", "x"],
  image: "me/own:1",
};
const mark = (exitCode: number, reason: "signal" | "deadline" | "stall" | null = null) => ({
  exitCode,
  reason,
  t: 1,
});
const said = (status: string, reason: string | null = null) => ({ status, reason });

test.each<[string, Partial<Ending>, string, string | null]>([
  ["trained", { mark: mark(0), finished: said("succeeded"), step: 60 }, "over", null],
  ["failed by its own account", { mark: mark(1), finished: said("failed"), step: 9 }, "over", null],
  ["a script that cannot begin", { mark: mark(2), lines: 3 }, "over", null],
  ["exit 0 without a word", { mark: mark(0), step: 3, lines: 9 }, "over", "modal-no-result"],
  ["exit 0 and no mark: taken away (T7)", { step: 3, lines: 9 }, "again", "modal-preempted"],
  [
    "warned and saved",
    { mark: mark(75, "signal"), finished: said("interrupted", "signal"), step: 9 },
    "again",
    "modal-preempted",
  ],
  [
    "evicted",
    { outcome: { status: "evicted", exitCode: 137, message: "" }, step: 4 },
    "again",
    "modal-preempted",
  ],
  [
    "no machine at all",
    { outcome: { status: "init_failure", exitCode: 1, message: "no image" } },
    "over",
    "modal-died-starting",
  ],
  [
    "init failure after steps of an earlier attempt",
    { outcome: { status: "init_failure", exitCode: 1, message: "" }, step: 40 },
    "over",
    "modal-died-starting",
  ],
  ["lost before the first step", { lines: 7 }, "over", "modal-lost-before-step"],
  [
    "time limit",
    { outcome: { status: "timeout", exitCode: 124, message: "" }, step: 950, checkpoint: 900 },
    "again",
    "modal-timeout",
  ],
  [
    "time limit before the first step",
    { outcome: { status: "timeout", exitCode: 124, message: "" } },
    "over",
    "modal-timeout",
  ],
  [
    "deadline kept by the trainer",
    { mark: mark(75), finished: said("interrupted", "deadline"), step: 5 },
    "again",
    "modal-timeout",
  ],
  [
    "budget",
    { mark: mark(134, "deadline"), step: 5, limit: { seconds: 60, by: "budget" } },
    "over",
    "modal-budget",
  ],
  ["stall", { mark: mark(134, "stall"), step: 5 }, "over", "modal-stall"],
  [
    "stopped, and the trainer said so",
    { stopAsked: true, mark: mark(0), finished: said("stopped", "user"), step: 5 },
    "over",
    null,
  ],
  [
    "ended in Modal's dashboard",
    { outcome: { status: "terminated", exitCode: 137, message: "" }, step: 31, checkpoint: 30, lines: 9 },
    "over",
    "modal-ended-there",
  ],
  [
    "ended in Modal's dashboard before the first step",
    { outcome: { status: "terminated", exitCode: 137, message: "" }, lines: 3 },
    "over",
    "modal-ended-there",
  ],
  [
    "terminated after a warning: a machine that is taken away",
    {
      outcome: { status: "terminated", exitCode: 137, message: "" },
      mark: mark(75, "signal"),
      finished: said("interrupted", "signal"),
      step: 9,
    },
    "again",
    "modal-preempted",
  ],
  [
    "terminated, and Modal says why",
    { outcome: { status: "terminated", exitCode: 137, message: "Container was preempted" }, step: 9 },
    "again",
    "modal-preempted",
  ],
  [
    "ended at once by a person",
    { stopAsked: true, outcome: { status: "terminated", exitCode: 137, message: "" }, step: 5 },
    "stopped",
    null,
  ],
])("%s", (_, part, kind, code) => {
  const verdict = verdictOf({ ...base, ...part });
  expect(verdict.kind).toBe(kind);
  expect("problem" in verdict ? (verdict.problem?.code ?? null) : null).toBe(code);
});

test("every sentence says what is lost and where it goes on", () => {
  const timeout = { status: "timeout", exitCode: 124, message: "" } as const;
  const text = (part: Partial<Ending>) => {
    const verdict = verdictOf({ ...base, outcome: timeout, ...part });
    return "problem" in verdict ? `${verdict.problem?.message} ${verdict.problem?.hint}` : "";
  };
  expect(text({ step: 950, checkpoint: 900 })).toBe(
    "The sandbox reached its time limit of 4 h at step 950. 50 steps since the checkpoint of step 900 are lost. " +
      "Raise compute.modal.timeout and resume with finetune resume --with-config. It goes on from step 900.",
  );
  expect(
    text({ outcome: { status: "terminated", exitCode: 137, message: "" }, step: 31, checkpoint: 30 }),
  ).toBe(
    "The sandbox was ended on Modal, in its dashboard or by a command, at step 31. 1 step since the checkpoint of step 30 is lost. " +
      "It is not started again by itself, so nothing more is paid. Resume it with finetune resume. It goes on from step 30.",
  );
  expect(text({ step: 7, checkpoint: 6 })).toContain("1 step since the checkpoint of step 6 is lost");
  expect(text({ step: 7, checkpoint: 7 })).toContain("Nothing is lost: step 7 is saved");
  expect(text({ step: 7 })).toContain("All 7 steps are lost");
  expect(text({ step: 7, checkpoint: 5, limit: { seconds: 9, by: "budget" } })).toMatch(
    /^The run ended at step 7 because compute\.modal\.max_cost_usd pays for no more\. 2 steps .* Raise max_cost_usd/,
  );
});
