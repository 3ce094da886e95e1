import { describe, expect, test } from "vitest";
import { emptyJob } from "../../../../src/core/run/reduce.ts";
import { newRemote, type Remote } from "../../../../src/core/run/remote.ts";
import { dollarsSoFar, isDisconnected } from "../../../../src/core/run/remote-state.ts";
import { costText, remoteText } from "../../../../src/core/run/remote-words.ts";
import { stateOf } from "../../../../src/core/run/status.ts";

const NOW = 1_000_000;
const known = {
  app: "unsloth-finetune",
  environment: null,
  gpu: "L40S",
  volume: "finetune-runs",
  max_cost_usd: 15,
  planned_attempts: 1,
  allowed_attempts: 3,
};
const remote = (part: Partial<Remote> = {}): Remote => ({ ...newRemote(known, NOW), ...part });
const lost = { contact: { ok: false, since: NOW, reason: "cut" } };
const problem = { code: "x", message: "Still running on Modal, costs continue. More.", hint: "y" };
const span = (from: number, to: number | null, rate: number | null = null) => ({
  attempt: 0,
  kind: "train" as const,
  from,
  to,
  rate,
});

test.each<[Partial<Remote>, string | null]>([
  [{ progress: { done: 3_250_586, total: 9_437_184, unit: "bytes" } }, "uploading · 3 MB of 9 MB"],
  [{ stage: "building", detail: "#3 RUN pip" }, "building the image · #3 RUN pip"],
  [{ stage: "waiting", since: NOW - 180 }, "waiting for an L40S on Modal · 3 min"],
  [{ stage: "waiting", gpu: "T4:2", since: NOW }, "waiting for a T4:2 on Modal · 0 s"],
  [{ stage: "starting" }, "starting on Modal"],
  [{ stage: "running" }, null],
  [
    { stage: "recovering", detail: "Modal took the machine away; going on from step 30" },
    "Modal took the machine away; going on from step 30",
  ],
  [{ stage: "stopping" }, "stopping"],
  [{ stage: "stopping", problem }, "Still running on Modal, costs continue"],
  [{ stage: "exporting", detail: "gguf" }, "exporting on Modal · gguf"],
  [{ stage: "downloading" }, "downloading"],
  [{ stage: "running", ...lost }, "not connected, the run continues"],
  [{ stage: "running", written: NOW - 300 }, "not connected, the run continues"],
  [{ stage: "waiting", ...lost }, "not connected, the run goes on waiting for its GPU"],
  [{ stage: "uploading", ...lost }, "not connected, trying again"],
  [{ stage: "uploading", written: NOW - 300 }, "nothing is working on the start"],
  [{ stage: "ended", ...lost }, null],
])("%j is told as %j", (part, words) => {
  expect(remoteText(remote(part), "running", NOW)).toBe(words);
});

describe("cost", () => {
  const rate = { dollars: 0.001, date: "2026-09-18" };

  test("waiting costs nothing; every sandbox counts with its own price; the open one runs on", () => {
    expect(dollarsSoFar(remote(), NOW)).toBeNull();
    expect(dollarsSoFar(remote({ rate }), NOW)).toBe(0);
    const paid = [span(NOW - 1000, NOW - 500), span(NOW - 100, null), span(NOW - 40, NOW - 30, 0.01)];
    expect(dollarsSoFar(remote({ rate, paid }), NOW)).toBeCloseTo(0.5 + 0.1 + 0.1);
    expect(dollarsSoFar(remote({ rate, paid }), NOW + 100)).toBeCloseTo(0.8);
  });

  test("with the date of its price", () => {
    const paid = [span(NOW - 420, null)];
    expect(costText(remote({ rate }), NOW)).toBeNull();
    expect(costText(remote({ rate, paid }), NOW)).toBe("$0.42 so far (prices of 2026-09-18)");
    const live = { dollars: 0.001, date: "live" };
    expect(costText(remote({ rate: live, paid, stage: "ended" }), NOW)).toBe(
      "$0.42 (your workspace's prices)",
    );
  });
});

test("contact is lost by the pump's own word or by its silence, and never after the end", () => {
  expect(isDisconnected(remote(), NOW)).toBe(false);
  expect(isDisconnected(remote(lost), NOW)).toBe(true);
  expect(isDisconnected(remote(), NOW + 61)).toBe(true);
  expect(isDisconnected(remote({ stage: "ended", ...lost }), NOW + 9999)).toBe(false);
});

test.each<[Partial<Remote>, boolean, string]>([
  [{ stage: "waiting" }, false, "queued"],
  [{ stage: "waiting" }, true, "stopping"],
  [{ stage: "building" }, false, "starting"],
  [{ stage: "recovering" }, false, "starting"],
  [{ stage: "running" }, false, "running"],
  [{ stage: "running", ...lost }, false, "running"],
  [{ stage: "running" }, true, "stopping"],
  [{ stage: "downloading" }, false, "running"],
])("a run that is %j is never called ended (stop asked: %j): %s", (part, stopRequested, state) => {
  const sight = { liveness: { kind: "alive" as const }, attempt: 0, quiet: 9999, stalled: 9999 };
  expect(stateOf(emptyJob, { ...sight, stopRequested, remote: remote(part) })).toBe(state);
});

test("an end without a last word: failed with the pump's reason, crashed without one, stopped by a wish", () => {
  const sight = {
    liveness: { kind: "gone" as const },
    attempt: 0,
    quiet: 1,
    stalled: 1,
    stopRequested: false,
  };
  const ended = remote({ stage: "ended" });
  expect(stateOf(emptyJob, { ...sight, remote: { ...ended, problem } })).toBe("failed");
  expect(stateOf(emptyJob, { ...sight, remote: ended })).toBe("crashed");
  expect(stateOf(emptyJob, { ...sight, stopRequested: true, remote: ended })).toBe("stopped");
});
