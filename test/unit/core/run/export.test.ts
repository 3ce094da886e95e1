import { expect, test } from "vitest";
import { metricsCsv, metricsJson, report } from "../../../../src/core/run/export.ts";
import { aRun } from "../../extension/a-run.ts";

const { job } = aRun("succeeded", [
  { type: "started" },
  { type: "step", step: 1, loss: 2, metrics: { 'odd,"name"': 3 } },
  { type: "step", step: 2, loss: null },
  { type: "eval", step: 2, metrics: { eval_loss: 0.9 }, best: true },
  { type: "artifact" },
  { type: "finished" },
]);

test("CSV has every step, evaluations beside theirs, names quoted, and nothing for what was not finite", () => {
  const [header, first, second, end] = metricsCsv(job).split("\r\n");
  expect(header).toBe(
    'attempt,step,epoch,loss,grad_norm,learning_rate,tokens,tokens_total,seconds_per_step,unix_time,"odd,""name""",eval_loss',
  );
  expect(first).toBe("0,1,0.1,2,0.5,0.0001,1000,1000,1,1764000001,3,");
  expect(second?.split(",").slice(1, 4)).toEqual(["2", "0.1", ""]);
  expect(second?.endsWith(",0.9")).toBe(true);
  expect(end).toBe("");
});

test("JSON is what the job holds", () => {
  expect(JSON.parse(metricsJson(job))).toMatchObject({
    points: [{ step: 1 }, { step: 2 }],
    evals: [{ step: 2, best: true }],
  });
});

test("a report cannot be broken by what it tells", () => {
  const text = report({
    name: "a | b <img>",
    id: "id",
    created: "2026-11-25",
    state: "succeeded",
    facts: [{ title: "Model", rows: [{ label: "Class", value: "A | B\nC" }] }],
    config: "prompt: ```\n",
    job,
  });
  expect(text).toContain("# a \\| b &lt;img>");
  expect(text).toContain("| Class | A \\| B C |");
  expect(text).toContain("````yaml\nprompt: ```\n````");
  expect(text).toContain("| 2 | 0.90 | best |");
});
