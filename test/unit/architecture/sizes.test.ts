import { expect, test } from "vitest";
import { projectFiles, readProjectFile } from "./tracked-files.ts";

const MEDIAN_LINES = 100;
const MOST_LINES = 350;

const sources = projectFiles().filter(
  (file) => /^(src|python\/finetune_trainer)\/.*\.(ts|py)$/.test(file) && !file.includes(".generated."),
);
const lines = new Map(sources.map((file) => [file, readProjectFile(file).trimEnd().split("\n").length]));

test(`the median source file has at most ${MEDIAN_LINES} lines`, () => {
  const sorted = [...lines.values()].sort((a, b) => a - b);
  expect(sorted.length).toBeGreaterThan(20);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(MEDIAN_LINES);
});

test(`no source file has more than ${MOST_LINES} lines`, () => {
  expect([...lines].filter(([, count]) => count > MOST_LINES)).toEqual([]);
});

test("names are kebab-case, and no file is a drawer", () => {
  const names = sources.filter((file) => file.endsWith(".ts"));
  expect(names.filter((file) => !/\/[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?\.ts$/.test(file))).toEqual([]);
  expect(names.filter((file) => /\/(utils?|helpers?|common|misc|index)\.ts$/.test(file))).toEqual([]);
});
