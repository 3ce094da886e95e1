import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toPlan } from "../../../../src/core/config/plan.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { planSchema } from "../../../../src/core/run/plan.ts";

const FIXTURE = "test/fixtures/plans/support-triage.json";
const SAMPLE = "media/samples/support-triage/support-triage.finetune.yaml";
const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

function sampleConfig() {
  const folder = SAMPLE.slice(0, SAMPLE.lastIndexOf("/"));
  const path = `/project/${SAMPLE.split("/").pop()}`;
  const { problems, resolution } = validate(readFileSync(SAMPLE, "utf8"), {
    path,
    read: () => ({ missing: "no such file" }),
  });
  expect(problems).toEqual([]);
  const config = resolution.config;
  if (config === null) throw new Error("the sample does not resolve");
  const inputs = Object.fromEntries(
    Object.entries(config.locals).map(([id, { source }]) => {
      const bytes = readFileSync(`${folder}/${source}`);
      return [id, { bytes: bytes.length, sha256: sha256(bytes) }];
    }),
  );
  return { config, inputs };
}

// Renew with: FINETUNE_RENEW=1 npx vitest run test/unit/core/config/plan.test.ts
test("the sample resolves to the plan that the trainer's tests read", () => {
  const { config, inputs } = sampleConfig();
  const plan = toPlan(config, inputs, sha256);
  const text = `${JSON.stringify(plan, null, 2)}\n`;
  if (process.env["FINETUNE_RENEW"]) writeFileSync(FIXTURE, text);
  expect(planSchema.parse(JSON.parse(readFileSync(FIXTURE, "utf8"))), "renew it: see above").toEqual(plan);
});

test("plan_id changes with the training, not with names, places or logging", () => {
  const { config, inputs } = sampleConfig();
  const id = toPlan(config, inputs, sha256).plan_id;
  const renamed = { ...config, name: "other", save: [], training: { ...config.training, logging_steps: 5 } };
  expect(toPlan(renamed, inputs, sha256).plan_id).toBe(id);
  const moved = {
    ...config,
    dataset: config.dataset.map((each) => ({ ...each, label: "elsewhere.jsonl" })),
    locals: Object.fromEntries(
      Object.entries(config.locals).map(([key, local]) => [key, { ...local, source: "elsewhere.jsonl" }]),
    ),
  };
  expect(toPlan(moved, inputs, sha256).plan_id).toBe(id);
  const faster = { ...config, training: { ...config.training, learning_rate: 2e-3 } };
  expect(toPlan(faster, inputs, sha256).plan_id).not.toBe(id);
  const edited = { ...inputs, "dataset.0": { bytes: 1, sha256: sha256("other rows") } };
  expect(toPlan(config, edited, sha256).plan_id).not.toBe(id);
});

test("an input without size and hash is an error of the caller", () => {
  const { config } = sampleConfig();
  expect(() => toPlan(config, {}, sha256)).toThrow("No size and hash for the input dataset.0");
});
