/** Files far larger than any config end, with few problems, within the time that a test has. */
import { expect, test } from "vitest";
import { validateText } from "./whole-file.ts";

const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("\n");

test.each([
  ["aliases of one value", `a: &a 1\n${many(40_000, (i) => `k${i}: *a`)}`, "alias-bomb"],
  ["unknown keys with anchors", many(20_000, (i) => `k${i}: &a${i} 1`), "unknown-key"],
  ["unknown keys in a section", `training:\n${many(40_000, (i) => `  k${i}: 1`)}`, "unknown-key"],
  ["the same key", many(60_000, () => "name: a"), "duplicate-key"],
  ["datasets", `model: a/b\ndataset:\n${many(50_000, () => "  - a.jsonl")}`, "out-of-range"],
  [
    "target modules",
    `model: a/b\ndataset: a.jsonl\nlora:\n  target_modules: [${"q_proj, ".repeat(50_000)}v_proj]`,
    "duplicate-item",
  ],
  ["a name", `model: ${"x".repeat(900_000)}`, "dataset-missing"],
  ["renamed keys", `training:\n${many(30_000, () => "  lr: 1")}`, "duplicate-key"],
])("%s", (_, text, code) => {
  const { problems } = validateText(`${text}\n`);
  expect(problems.map((problem) => problem.code)).toContain(code);
  expect(problems.length).toBeLessThanOrEqual(1_000);
});
