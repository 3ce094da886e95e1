/** Whatever reaches the editor can be said in another language: nothing but names and figures passes unsaid. */
import { expect, test } from "vitest";
import type { JobState } from "../../../src/core/run/job.ts";
import { describe as told, headline, spoken, whatNext } from "../../../src/core/run/words.ts";
import { inEnglish, type Say } from "../../../src/core/say.ts";
import { checkpointRows, detailRows, runRow } from "../../../src/extension/jobs/items.ts";
import { runFacts } from "../../../src/extension/panel/run-facts.ts";
import { aRun, T0 } from "./a-run.ts";

/** What is said stands in brackets, whatever is put into it included. */
const marking: Say = (text, ...values) => `«${inEnglish(text, ...values)}»`;

/** Letters that nobody said; names of units and of things are let through. */
function unsaid(text: string): string {
  let rest = text;
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest.replaceAll(/«[^«»]*»/g, "");
  }
  return rest
    .replaceAll(/\b(?:s|min|h|d|GB|MB|KB|L4|support-triage|now)\b/g, "")
    .replaceAll(/[^\p{L}]/gu, "");
}

const STATES: readonly JobState[] = [
  "queued",
  "starting",
  "running",
  "stopping",
  "succeeded",
  "stopped",
  "interrupted",
  "crashed",
  "silent",
  "unknown",
];
const GB = 2 ** 30;
const training = (state: JobState) =>
  aRun(
    state,
    [
      { type: "started" },
      {
        type: "environment",
        devices: [{ index: 0, uuid: null, name: "L4", total_bytes: 22 * GB, capability: "8.9" }],
      },
      { type: "phase", id: "1", name: "train" },
      { type: "step", step: 1 },
      { type: "step", step: 40 },
      { type: "memory", devices: [] },
      { type: "checkpoint", step: 40 },
    ],
    { stalled: 200, lastNews: (T0 - 100) * 1000 },
  );

test.each(STATES)("%s", (state) => {
  const run = training(state);
  const row = runRow(run, "", T0 + 100, marking);
  for (const text of [told(run, T0 + 100, marking), headline(run, T0 + 100, marking), row.description]) {
    expect(unsaid(text), text).toBe("");
  }
  expect(unsaid(spoken(run, T0 + 100, marking)), "spoken").toBe("");
  for (const { label, description } of [...detailRows(run, marking), ...checkpointRows(run, marking)]) {
    expect(unsaid(`${label} ${description}`), label).toBe("");
  }
});

test("phases, what comes next, and every label of the facts", () => {
  const phases = ["queued", "import", "download", "load", "prepare", "train"] as const;
  for (const name of phases) {
    const run = aRun("running", [{ type: "started" }, { type: "phase", id: "1", name }]);
    expect(unsaid(whatNext(run.job, marking) ?? "")).toBe("");
    const [phase] = runFacts(run, null, T0, marking).phases;
    expect(unsaid(`${phase?.word} ${phase?.text}`), name).toBe("");
  }
  const facts = runFacts(training("running"), null, T0 + 100, marking);
  const labels = facts.facts.flatMap(({ title, rows }) => [title, ...rows.map(({ label }) => label)]);
  expect(labels.length).toBeGreaterThan(5);
  expect(labels.filter((label) => unsaid(label) !== "" && label !== "torch")).toEqual([]);
});
