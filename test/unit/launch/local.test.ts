import { chmod, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readLogTail } from "../../../src/launch/log.ts";
import { localLauncher } from "../../../src/launch/local.ts";
import { processStart } from "../../../src/launch/process-start.ts";
import { attemptFile, outputFile } from "../../../src/launch/run-files.ts";
import { openRun } from "../../../src/launch/runs.ts";
import { stopLocal } from "../../../src/launch/stop-local.ts";
import { counting, countingRun, samplePlan, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

const wait = { timeout: 15_000, interval: 20 };
const started = async (root: string, count: Record<string, string> = {}) => {
  const folder = await countingRun(root);
  const launcher = localLauncher(await counting(root, count));
  const handle = await launcher.start(await samplePlan(), {}, folder);
  return { folder, launcher, handle };
};
const state = async (folder: string): Promise<string> => (await view(folder)).state;

test("a run goes from start to finished, in a path with spaces, quotes, other scripts and 200 letters", async () => {
  const root = join(await scratch(), `it's: "größer"; 训练 ${"x".repeat(200)}`);
  await mkdir(root);
  const { folder } = await started(root);
  await vi.waitFor(async () => expect(await state(folder)).toBe("succeeded"), wait);
  const { job } = await view(folder);
  expect(job.points.map((point) => point.step)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(job.invalid).toBe(0);
  expect((await readLogTail(outputFile(folder, 0))).lines.slice(1)).toEqual(
    Array.from({ length: 20 }, (_, index) => `step ${index + 1}`),
  );
});

test("the trainer gets its own environment: nothing of the editor's, no foreign Python settings", async () => {
  const { folder } = await started(await scratch(), {
    COUNT_STEPS: "1",
    ELECTRON_RUN_AS_NODE: "1",
    VSCODE_PID: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONPATH: "/somewhere/else",
  });
  await vi.waitFor(async () => expect(await state(folder)).toBe("succeeded"), wait);
  const line = (await readLogTail(outputFile(folder, 0))).lines[0] ?? "";
  const env: unknown = JSON.parse(line.replace(/^environment /, ""));
  expect(env).toMatchObject({
    UNSLOTH_AUTO_INSTALL: "0",
    PYTHONPATH: join(folder, "trainer"),
    HF_HUB_OFFLINE: "1",
  });
  expect(env).not.toHaveProperty("ELECTRON_RUN_AS_NODE");
  expect(env).not.toHaveProperty("VSCODE_PID");
  expect(env).not.toHaveProperty("PYTHONDONTWRITEBYTECODE");
});

test("graceful stop: at the next step, with a whole checkpoint; asking twice is asking once", async () => {
  const { folder, launcher, handle } = await started(await scratch(), {
    COUNT_STEPS: "1000",
    COUNT_SECONDS: "0.05",
  });
  await vi.waitFor(async () => expect((await view(folder)).job.step).toBeGreaterThan(1), wait);
  await launcher.stop(handle, "graceful");
  await launcher.stop(handle, "graceful");
  await vi.waitFor(async () => expect(await state(folder)).toBe("stopped"), wait);
  expect((await view(folder)).job.checkpoints.at(-1)?.step).toBe((await view(folder)).job.step);
  await launcher.stop(handle, "now");
  expect(await launcher.state(handle)).toBe("gone");
});

test("stop now ends a trainer that does not listen, and its children: no orphan is left", async () => {
  const { folder, handle } = await started(await scratch(), {
    COUNT_DEAF: "1",
    COUNT_CHILD: "1",
    COUNT_STEPS: "100000",
  });
  await vi.waitFor(async () => expect((await view(folder)).job.step).toBeGreaterThan(0), wait);
  const child = Number((await readFile(outputFile(folder, 0), "utf8")).match(/^child (\d+)$/m)?.[1]);
  expect(await processStart(child)).not.toBeNull();
  const pid = (await view(folder)).attempt?.pid ?? 0;
  await Promise.all([stopLocal(handle, "now", 300), stopLocal(handle, "now", 300)]);
  expect(await processStart(pid)).toBeNull();
  await vi.waitFor(async () => expect(await processStart(child)).toBeNull(), wait);
  expect(await state(folder)).toBe("stopped");
});

test("a child that outlives a polite trainer goes with it", async () => {
  const { folder, handle } = await started(await scratch(), { COUNT_CHILD: "1", COUNT_STEPS: "100000" });
  await vi.waitFor(async () => expect((await view(folder)).job.step).toBeGreaterThan(0), wait);
  const child = Number((await readFile(outputFile(folder, 0), "utf8")).match(/^child (\d+)$/m)?.[1]);
  await stopLocal(handle, "now");
  await vi.waitFor(async () => expect(await processStart(child)).toBeNull(), wait);
});

test("killed without a word is a crash", async () => {
  const { folder } = await started(await scratch(), { COUNT_DIE: "3" });
  await vi.waitFor(async () => expect(await state(folder)).toBe("crashed"), wait);
  expect((await view(folder)).job.step).toBe(2);
});

test("a trainer that dies at import: the launch says why and where the log is, readers see a crash at once", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  const launcher = localLauncher(await counting(root, { COUNT_DIE: "import" }));
  await expect(launcher.start(await samplePlan(), {}, folder)).rejects.toMatchObject({
    code: "trainer-died",
    message:
      "The trainer ended before it began: ModuleNotFoundError: No module named 'a_package_that_is_not_installed'",
    hint: expect.stringContaining(outputFile(folder, 0)),
  });
  expect(await state(folder)).toBe("crashed");
});

test("no interpreter: the same sentence, and no wait", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  const launcher = localLauncher({ ...(await counting(root)), python: join(root, "no-python") });
  await expect(launcher.start(await samplePlan(), {}, folder)).rejects.toMatchObject({
    code: "trainer-died",
    message: expect.stringContaining("ENOENT"),
  });
  expect(await state(folder)).toBe("crashed");
});

test("two starts at once: one attempt, and the other says so", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  const launcher = localLauncher(await counting(root));
  const plan = await samplePlan();
  const both = await Promise.allSettled([launcher.start(plan, {}, folder), launcher.start(plan, {}, folder)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({
    reason: { code: "attempt-taken", message: expect.stringMatching(/was just started from somewhere else/) },
  });
  await vi.waitFor(async () => expect(await state(folder)).toBe("succeeded"), wait);
  expect((await view(folder)).job.points).toHaveLength(20);
});

test("a stop file of an earlier attempt does not stop the next one", async () => {
  const { folder, launcher, handle } = await started(await scratch(), {
    COUNT_STEPS: "1000",
    COUNT_SECONDS: "0.02",
  });
  await launcher.stop(handle, "graceful");
  await vi.waitFor(async () => expect(await state(folder)).toBe("stopped"), wait);
  const again = localLauncher(await counting(folder, { COUNT_STEPS: "5" }), {
    attempt: 1,
    resumeFrom: null,
  });
  await again.start(await samplePlan(), {}, folder);
  await vi.waitFor(async () => expect(await state(folder)).toBe("succeeded"), wait);
});

test("a run folder that became read-only: one sentence with the place", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  await chmod(join(folder, "attempts"), 0o555);
  const launcher = localLauncher(await counting(root));
  const start = launcher.start(await samplePlan(), {}, folder);
  if (process.getuid?.() === 0)
    await start; // root may write anywhere: nothing to refuse
  else
    await expect(start).rejects.toMatchObject({
      code: "not-writable",
      message: `${attemptFile(folder, 0)} cannot be written: permission denied.`,
    });
  await chmod(join(folder, "attempts"), 0o755);
});

test("the folder is deleted while it runs: readers see that it is gone", async () => {
  const { folder } = await started(await scratch(), { COUNT_STEPS: "1000" });
  const pid = (await view(folder)).attempt?.pid ?? 0;
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 10 });
  expect(await openRun(folder)).toBeNull();
  await vi.waitFor(async () => expect(await processStart(pid)).toBeNull(), wait);
});
