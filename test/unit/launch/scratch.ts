/** A scratch folder for each test, and run folders as a launcher and a trainer would leave them. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { hostIdentity } from "../../../src/launch/liveness.ts";
import { processStart } from "../../../src/launch/process-start.ts";
import { attemptFile, attemptsFolder, eventsFile, runFile } from "../../../src/launch/run-files.ts";
import { runsFolder } from "../../../src/launch/roots.ts";

export async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "finetune test "));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function makeRun(root: string, id = "20261125-142233-support-triage-3f9a"): Promise<string> {
  const folder = join(runsFolder(root), id);
  await mkdir(attemptsFolder(folder), { recursive: true });
  const info = {
    version: 1,
    id,
    name: "support-triage",
    created: new Date().toISOString(),
    target: "local",
    config: "config/support.finetune.yaml",
    plan_id: "0".repeat(64),
    estimate: null,
    git: null,
    attempts: [],
  };
  await writeFile(runFile(folder), JSON.stringify(info));
  return folder;
}

/** The record of an attempt that this process makes; `over` replaces what a test is about. */
export async function recordAttempt(folder: string, attempt: number, over: object = {}): Promise<void> {
  const me = await hostIdentity();
  const record = {
    attempt,
    token: "token",
    created: new Date().toISOString(),
    target: "local",
    resume_from: null,
    pid: process.pid,
    pid_start: await processStart(process.pid),
    boot_id: me.bootId,
    pid_namespace: me.pidNamespace,
    host: hostname(),
    python: "python3",
    ...over,
  };
  await writeFile(attemptFile(folder, attempt), JSON.stringify(record));
}

const common = (attempt: number, seq: number): object => ({
  v: 1,
  attempt,
  seq,
  t: 1_795_000_000 + seq,
  t_mono: seq,
});

export const startedLine = (attempt = 0, resumedFrom: object | null = null): string =>
  JSON.stringify({
    ...common(attempt, 0),
    type: "started",
    run: "r",
    plan_id: "0".repeat(64),
    pid: process.pid,
    host: hostname(),
    python: "python3",
    cwd: "/",
    world_size: 1,
    resumed_from: resumedFrom,
  });

export const stepLine = (seq: number, step: number, attempt = 0): string =>
  JSON.stringify({
    ...common(attempt, seq),
    type: "step",
    step,
    max_steps: 100,
    epoch: 0.5,
    loss: 1 / step,
    grad_norm: 1,
    learning_rate: 1e-4,
    tokens: 100,
    trained_tokens: 50,
    tokens_total: 100 * step,
    seconds: 0.5,
    metrics: {},
  });

export const finishedLine = (seq: number, status: string, attempt = 0): string =>
  JSON.stringify({
    ...common(attempt, seq),
    type: "finished",
    status,
    incomplete: [],
    step: seq - 1,
    train_loss: 0.5,
    seconds: 9,
    peaks: {},
  });

export const addEvents = (folder: string, ...lines: readonly string[]): Promise<void> =>
  appendFile(eventsFile(folder), lines.map((line) => `${line}\n`).join(""));
