import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { knownRoots } from "../../../src/launch/roots.ts";
import { planFile } from "../../../src/launch/run-files.ts";
import { listRuns } from "../../../src/launch/runs.ts";
import { ConfigRefused } from "../../../src/launch/config-refused.ts";
import { resumeRun, startRun, stopRun } from "../../../src/launch/start.ts";
import { counting, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

const wait = { timeout: 15_000, interval: 20 };
const git = (cwd: string, ...args: readonly string[]) => promisify(execFile)("git", args, { cwd });

async function project(
  text = "model: smollm2-135m-instruct\ndataset: data.jsonl\n",
): Promise<{ root: string; config: string }> {
  const root = await scratch();
  const config = join(root, "support.finetune.yaml");
  await writeFile(config, text);
  await writeFile(join(root, "data.jsonl"), '{"prompt": "a", "completion": "b"}\n');
  return { root, config };
}

test("from a file to a finished run: plan with hashes, commit, remembered root", async () => {
  const { root, config } = await project();
  await git(root, "init", "-q");
  await git(root, "add", "support.finetune.yaml");
  await git(root, "-c", "user.name=T", "-c", "user.email=t@t", "commit", "-qm", "x");
  await mkdir(join(root, "sub"));
  const site = await counting(root);
  const { folder, plan } = await startRun(site, { config });
  expect(Object.values(plan.inputs)).toMatchObject([
    { source: "data.jsonl", kind: "file", bytes: 35, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  expect(JSON.parse(await readFile(planFile(folder), "utf8"))).toEqual(plan);
  expect((await view(folder)).info).toMatchObject({
    source: config,
    plan_id: plan.plan_id,
    git: { commit: expect.stringMatching(/^[0-9a-f]{40}$/), dirty: false },
  });
  expect(await knownRoots(site.data)).toEqual([root]);
  await vi.waitFor(async () => expect((await listRuns(root))[0]?.state).toBe("succeeded"), wait);
});

test("what is not saved yet is what runs, in the file and in what it extends", async () => {
  const { root, config } = await project("extends: base.finetune.yaml\ndataset: data.jsonl\n");
  const base = join(root, "base.finetune.yaml");
  await writeFile(base, "model: smollm2-135m-instruct\n");
  const unsaved = new Map([
    [config, "extends: base.finetune.yaml\ndataset: data.jsonl\nname: from-the-editor\n"],
    [base, "model: smollm2-135m-instruct\ntraining: {max_steps: 7}\n"],
  ]);
  const { folder, plan } = await startRun(await counting(root, { COUNT_STEPS: "1" }), { config, unsaved });
  expect(plan).toMatchObject({ name: "from-the-editor", training: { max_steps: 7 } });
  expect(await readFile(join(folder, "config", "1-base.finetune.yaml"), "utf8")).toBe(unsaved.get(base));
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), wait);
});

test.each([
  ["model: [", "yaml-syntax"],
  ["model: smollm2-135m-instruct\ndataset: data.jsonl\ntraining: {learning_rte: 1}\n", "unknown-key"],
])("errors of the file refuse the run and leave nothing: %j", async (text, code) => {
  const { root, config } = await project(text);
  const refused: unknown = await startRun(await counting(root), { config }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigRefused);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/^support\.finetune\.yaml has (an error|\d errors): /),
  });
  const problems = refused instanceof ConfigRefused ? refused.loaded.problems : [];
  expect(problems.map((problem) => problem.code)).toContain(code);
  expect(await listRuns(root)).toEqual([]);
});

test("a dataset that is not there refuses the run and is named", async () => {
  const { root, config } = await project("model: smollm2-135m-instruct\ndataset: ./gone.jsonl\n");
  await expect(startRun(await counting(root), { config })).rejects.toMatchObject({
    message: expect.stringContaining("gone.jsonl"),
  });
  expect(await listRuns(root)).toEqual([]);
});

test("stop, then resume from two places at once: one attempt", async () => {
  const { root, config } = await project();
  const slow = await counting(root, { COUNT_STEPS: "40", COUNT_SECONDS: "0.05" });
  const { folder } = await startRun(slow, { config });
  await vi.waitFor(async () => expect((await view(folder)).job.step).toBeGreaterThan(3), wait);
  await stopRun(folder);
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("stopped"), wait);
  const both = await Promise.allSettled([resumeRun(slow, folder), resumeRun(slow, folder)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: expect.stringMatching(/^(attempt-taken|still-running)$/) },
  });
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), wait);
  const { job, attemptNumber } = await view(folder);
  expect(attemptNumber).toBe(1);
  expect(job.points.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test("a finished run trains on with more steps; what would make it another training is named", async () => {
  const { root, config } = await project(
    "model: smollm2-135m-instruct\ndataset: data.jsonl\ntraining: {max_steps: 20}\n",
  );
  const site = await counting(root);
  const { folder, plan } = await startRun(site, { config });
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), wait);
  const withConfig = { withConfig: true };
  await expect(resumeRun(site, folder, withConfig)).rejects.toMatchObject({ code: "already-done" });

  await writeFile(
    config,
    "model: smollm2-135m-instruct\ndataset: data.jsonl\ntraining: {max_steps: 30, learning_rate: 0.5}\n",
  );
  await expect(resumeRun(site, folder, withConfig)).rejects.toMatchObject({
    code: "plan-differs",
    message: `training.learning_rate is 0.5 in support.finetune.yaml and was 0.0002: a run that goes on cannot change it.`,
  });
  expect(JSON.parse(await readFile(planFile(folder), "utf8"))).toEqual(plan);

  await writeFile(config, "model: smollm2-135m-instruct\ndataset: data.jsonl\ntraining: {max_steps: 30}\n");
  const longer = await counting(root, { COUNT_STEPS: "30" });
  expect((await resumeRun(longer, folder, withConfig)).plan.training.max_steps).toBe(30);
  await vi.waitFor(
    async () => expect(await view(folder)).toMatchObject({ state: "succeeded", job: { step: 30 } }),
    wait,
  );
  expect(JSON.parse(await readFile(join(folder, "attempts", "0.plan.json"), "utf8"))).toEqual(plan);
  expect(await readFile(join(folder, "config", "attempt-1", "support.finetune.yaml"), "utf8")).toContain(
    "max_steps: 30",
  );
});
