/** Runs of the counting trainer: real processes, the real launcher, no model. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { planSchema, type Plan } from "../../../src/core/run/plan.ts";
import { findExecutable } from "../../../src/launch/executable.ts";
import type { LocalSetting } from "../../../src/launch/local.ts";
import { createRunFolder, type NewRun } from "../../../src/launch/run-folder.ts";
import { openRun, type RunView } from "../../../src/launch/runs.ts";
import { stopLocal } from "../../../src/launch/stop-local.ts";
import { newestAttempt } from "../../../src/launch/run-files.ts";

const fixture = join(import.meta.dirname, "..", "..", "fixtures", "plans", "support-triage.json");

export async function samplePlan(): Promise<Plan> {
  const plan = planSchema.parse(JSON.parse(await readFile(fixture, "utf8")));
  return { ...plan, inputs: {} };
}

export async function countingRun(root: string, over: Partial<NewRun> = {}): Promise<string> {
  const folder = await createRunFolder({
    root,
    plan: over.plan ?? (await samplePlan()),
    inputs: {},
    config: [{ path: join(root, "support.finetune.yaml"), text: "model: smollm2-135m-instruct\n" }],
    target: "local",
    estimate: null,
    git: null,
    now: new Date(),
    random: Math.random,
    ...over,
  });
  onTestFinished(async () => {
    const attempt = await newestAttempt(folder).catch(() => null);
    if (attempt !== null) await stopLocal({ folder, attempt }, "now");
  });
  return folder;
}

/** `count`: COUNT_… of the counting trainer. */
export async function counting(root: string, count: Record<string, string> = {}): Promise<LocalSetting> {
  const python = await findExecutable("python3");
  if (python === null) throw new Error("these tests need python3");
  return {
    python,
    trainer: join(import.meta.dirname, "trainer"),
    cache: join(root, "cache"),
    data: join(root, "data"),
    env: { ...process.env, ...count },
    hasGpu: false,
  };
}

export async function view(folder: string): Promise<RunView> {
  const found = await openRun(folder);
  if (found === null) throw new Error(`${folder} is no run`);
  return found;
}
