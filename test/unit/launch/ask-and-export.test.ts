import { expect, test } from "vitest";
import { askRun } from "../../../src/launch/ask.ts";
import { exportRun } from "../../../src/launch/export-run.ts";
import { counting, countingRun } from "./counting.ts";
import { scratch } from "./scratch.ts";

async function trained() {
  const root = await scratch();
  return { folder: await countingRun(root), site: await counting(root) };
}

test("answers are the lines that are some; what libraries print is passed over", async () => {
  const { folder, site } = await trained();
  const answers = await askRun(site, folder, { about: { question: "well?" }, compare: true });
  expect(answers).toEqual([{ prompt: "well?", base: "maybe", tuned: "yes" }]);
});

test("no answer is a failure, and an abort is an abort", async () => {
  const { folder, site } = await trained();
  const about = { rows: "rows.jsonl" };
  await expect(askRun(site, folder, { about, compare: false })).rejects.toMatchObject({ code: "ask-failed" });
  const signal = AbortSignal.abort(new Error("not now"));
  await expect(askRun(site, folder, { about, compare: false, signal })).rejects.toThrow("not now");
});

test("an export tells what it is at and what it made", async () => {
  const { folder, site } = await trained();
  const phases: string[] = [];
  const made = await exportRun(site, folder, { quantization: [], onPhase: (text) => phases.push(text) });
  expect(made).toMatchObject([{ kind: "merged_16bit", path: "export/merged_16bit", bytes: 5 }]);
  expect(phases).toEqual(["merged_16bit"]);
});

test.each([
  ["gguf", "no-llama-cpp", "No llama.cpp.", "Build it."],
  [
    "script",
    "export-failed",
    "The export failed: MemoryError: out of memory",
    expect.stringContaining("safe"),
  ],
] as const)("an export of %s that fails says why and what to do", async (method, code, message, hint) => {
  const { folder, site } = await trained();
  const failing = exportRun(site, folder, { method, quantization: [], onPhase: () => undefined });
  await expect(failing).rejects.toMatchObject({ code, message, hint });
});
