import { expect, test } from "vitest";
import { AS_THEY_ARE, arranged, readArrangement } from "../../../src/extension/jobs/arrangement.ts";
import { labels } from "../../../src/extension/jobs/items.ts";
import { aRun } from "./a-run.ts";

const run = (
  state: Parameters<typeof aRun>[0],
  name: string,
  day: number,
  loss: number | null,
  starred = false,
) =>
  aRun(state, loss === null ? [] : [{ type: "step", step: 1, loss }], {
    id: `202611${String(day).padStart(2, "0")}-100000-${name}`,
    folder: `/${name}`,
    name,
    starred,
  });
const views = [
  run("succeeded", "b10", 20, 0.5),
  run("failed", "b2", 21, null),
  run("running", "now", 19, 0.9),
  run("succeeded", "a", 22, 0.4, true),
  run("unknown", "lost", 23, null),
];
const shown = (part: Partial<typeof AS_THEY_ARE>) =>
  arranged(views, labels(views), { ...AS_THEY_ARE, ...part }, new Map()).map(({ info }) => info.name);

test("as they are: what goes first, then the star, then the newest", () => {
  expect(shown({})).toEqual(["lost", "now", "a", "b2", "b10"]);
});

test("sorted by name as people count, by loss with the best first; what goes stays first", () => {
  expect(shown({ sort: "name" })).toEqual(["lost", "now", "a", "b2", "b10"]);
  expect(shown({ sort: "loss" })).toEqual(["lost", "now", "a", "b10", "b2"]);
});

test("filtered by kind, by part of a name, and by both", () => {
  expect(shown({ kind: "failed" })).toEqual(["lost", "b2"]);
  expect(shown({ kind: "going" })).toEqual(["now"]);
  expect(shown({ kind: "starred" })).toEqual(["a"]);
  expect(shown({ text: "B" })).toEqual(["b2", "b10"]);
  expect(shown({ text: "b", kind: "succeeded" })).toEqual(["b10"]);
  expect(shown({ text: "(" })).toEqual([]);
});

test("what an earlier version kept is read as far as it is known", () => {
  expect(readArrangement({ sort: "colour", kind: "failed", text: 7 })).toEqual({
    sort: "newest",
    kind: "failed",
    text: "",
  });
  expect(readArrangement(null)).toEqual(AS_THEY_ARE);
});

test("a thousand runs are arranged in a few milliseconds", () => {
  const many = Array.from({ length: 1000 }, (_, i) =>
    run("succeeded", `run-${i % 40}`, (i % 28) + 1, i / 1000),
  );
  const begun = performance.now();
  expect(
    arranged(many, labels(many), { sort: "loss", kind: "all", text: "run-3" }, new Map()).length,
  ).toBeGreaterThan(100);
  console.log(`1,000 runs arranged in ${(performance.now() - begun).toFixed(1)} ms`);
});
