import { expect, test } from "vitest";
import { expired, keepsAll } from "../../../src/launch/retention.ts";
import { aRun, T0 } from "../extension/a-run.ts";

const DAY = 86_400;
const all = { days: 0, runs: 0, unexported: false };
const run = (id: string, state: Parameters<typeof aRun>[0], made: readonly string[] = [], starred = false) =>
  aRun(
    state,
    [{ type: "started" }, ...made.map((kind) => ({ type: "artifact", kind, path: kind }) as const)],
    { id, folder: `/${id}`, starred },
  );
const ids = (views: ReturnType<typeof expired>): string[] => views.map(({ id }) => id);

const runs = [
  run("1-failed", "failed"),
  run("2-adapter", "succeeded", ["adapter"]),
  run("3-exported", "succeeded", ["adapter", "gguf"]),
  run("4-starred", "failed", [], true),
  run("5-running", "running"),
  run("6-unknown", "unknown"),
  run("7-queued", "queued"),
];

test("nothing goes unless somebody said so", () => {
  expect(keepsAll(all)).toBe(true);
  expect(expired(runs, all, T0 + 1000 * DAY)).toEqual([]);
});

test("by age: never what goes on, what is starred, what was not exported, what nobody knows the end of", () => {
  const policy = { ...all, days: 30 };
  expect(keepsAll(policy)).toBe(false);
  expect(expired(runs, policy, T0 + 29 * DAY)).toEqual([]);
  expect(ids(expired(runs, policy, T0 + 31 * DAY))).toEqual(["1-failed", "3-exported"]);
});

test("what was not exported goes only when that was said, and what is starred not even then", () => {
  const policy = { days: 30, runs: 0, unexported: true };
  expect(ids(expired(runs, policy, T0 + 31 * DAY))).toEqual(["1-failed", "2-adapter", "3-exported"]);
});

test("by number: the newest that ended stay, and what may not go is not made up for", () => {
  const many = ["a", "b", "c", "d"].map((id) => run(id, "failed"));
  expect(ids(expired(many, { ...all, runs: 3 }, T0))).toEqual(["a"]);
  expect(ids(expired(many, { ...all, runs: 1 }, T0))).toEqual(["a", "b", "c"]);
});
