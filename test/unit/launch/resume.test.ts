import { lstat, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { wholeCheckpoints } from "../../../src/launch/checkpoints.ts";
import { deleteRun } from "../../../src/launch/delete-run.ts";
import { measure } from "../../../src/launch/inputs.ts";
import { withKeptCheckpoints } from "../../../src/launch/kept-checkpoints.ts";
import { localLauncher } from "../../../src/launch/local.ts";
import { resumable } from "../../../src/launch/resume.ts";
import { counting, countingRun, samplePlan, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

const wait = { timeout: 15_000, interval: 20 };

/** A run that was gone without a word at step 13; whole checkpoints at 5 and 10. */
async function crashed(root: string, over: Parameters<typeof countingRun>[1] = {}): Promise<string> {
  const folder = await countingRun(root, over);
  await localLauncher(await counting(root, { COUNT_DIE: "13" })).start(await samplePlan(), {}, folder);
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("crashed"), wait);
  return folder;
}

test("after a crash: from the newest whole checkpoint, and the curve joins", async () => {
  const root = await scratch();
  const folder = await crashed(root);
  const { from, plan, inputs } = await resumable(folder);
  expect(from).toMatchObject({ step: 10, path: "checkpoints/checkpoint-10" });
  await localLauncher(await counting(root), { attempt: 1, resumeFrom: from?.path ?? null }).start(
    plan,
    inputs,
    folder,
  );
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), wait);
  const { points, attempt } = (await view(folder)).job;
  expect(attempt).toBe(1);
  expect(points.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  await expect(resumable(folder)).rejects.toMatchObject({ code: "already-done" });
});

test("of the checkpoints that were made, those that are still there are shown", async () => {
  const folder = await crashed(await scratch());
  const steps = async () =>
    (await withKeptCheckpoints(await view(folder))).job.checkpoints.map(({ step }) => step);
  expect(await steps()).toEqual([5, 10]);
  await rm(join(folder, "checkpoints", "checkpoint-5"), { recursive: true });
  expect((await view(folder)).job.checkpoints.map(({ step }) => step)).toEqual([5, 10]);
  expect(await steps()).toEqual([10]);
  await rm(join(folder, "checkpoints"), { recursive: true });
  expect(await steps()).toEqual([]);
  // Of a run on Modal this machine has no checkpoints: they are on its volume.
  const found = await view(folder);
  const remote = await withKeptCheckpoints({ ...found, info: { ...found.info, target: "modal" } });
  expect(remote.job.checkpoints).toHaveLength(2);
});

test("a checkpoint without its mark, or with a file that is short, is not offered", async () => {
  const folder = await crashed(await scratch());
  await truncate(join(folder, "checkpoints", "checkpoint-10", "state.json"), 3);
  expect((await wholeCheckpoints(folder)).map(({ step }) => step)).toEqual([5]);
  await rm(join(folder, "checkpoints", "checkpoint-5", "COMPLETE.json"));
  expect(await wholeCheckpoints(folder)).toEqual([]);
  await expect(resumable(folder)).rejects.toMatchObject({
    code: "no-checkpoint",
    message: expect.stringContaining("has no whole checkpoint: it ended at step 12"),
  });
  expect((await resumable(folder, { fromStart: true })).from).toBeNull();
});

test("a run that is still going is not resumed, and not deleted", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  await localLauncher(await counting(root, { COUNT_STEPS: "10000" })).start(await samplePlan(), {}, folder);
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("running"), wait);
  await expect(resumable(folder)).rejects.toMatchObject({ code: "still-running" });
  await expect(deleteRun(folder)).rejects.toMatchObject({ code: "still-running" });
});

test("changed data is named", async () => {
  const root = await scratch();
  const data = join(root, "data.jsonl");
  await writeFile(data, "{}\n");
  const input = { source: "data.jsonl", path: data, kind: "file" } as const;
  const plan = {
    ...(await samplePlan()),
    inputs: { "dataset.0": { source: "data.jsonl", kind: "file" as const, ...(await measure(input)) } },
  };
  const folder = await crashed(root, { plan, inputs: { "dataset.0": data } });
  expect((await resumable(folder)).plan.inputs["dataset.0"]?.bytes).toBe(3);
  await writeFile(data, "{} \n");
  await expect(resumable(folder)).rejects.toMatchObject({
    code: "inputs-changed",
    message: expect.stringMatching(/^data\.jsonl changed since/),
  });
  await rm(data);
  await expect(resumable(folder)).rejects.toMatchObject({
    code: "input-missing",
    message: "data.jsonl does not exist.",
  });
});

test("a damaged plan is named", async () => {
  const folder = await crashed(await scratch());
  await truncate(join(folder, "plan.json"), 100);
  await expect(resumable(folder)).rejects.toMatchObject({
    code: "plan-unreadable",
    message: expect.stringContaining("plan.json of"),
  });
});

test("a folder is measured by names and contents, in any order of writing", async () => {
  const root = await scratch();
  const make = async (name: string, files: readonly string[]) => {
    for (const file of files) {
      await mkdir(join(root, name, "sub"), { recursive: true });
      await writeFile(join(root, name, file), file);
    }
    return measure({ source: name, path: join(root, name), kind: "folder" });
  };
  expect(await make("a", ["x.json", "sub/y.bin"])).toEqual(await make("b", ["sub/y.bin", "x.json"]));
  expect(await make("c", ["x.json", "sub/z.bin"])).not.toEqual(await make("a", []));
  const file = measure({ source: "a", path: join(root, "a"), kind: "file" });
  await expect(file).rejects.toMatchObject({
    code: "input-kind",
    message: "a is a folder, but a file is needed.",
  });
});

test("deleting a run removes links and never what they point to", async () => {
  const root = await scratch();
  const outside = join(root, "precious");
  await mkdir(outside);
  await writeFile(join(outside, "weights"), "keep me");
  const folder = await crashed(root);
  await symlink(outside, join(folder, "linked"));
  await deleteRun(folder);
  expect(await readFile(join(outside, "weights"), "utf8")).toBe("keep me");
  expect(await readdir(join(root, ".finetune", "runs"))).toEqual([]);

  const other = await crashed(root);
  const link = join(root, ".finetune", "runs", "20261125-000000-link-0000");
  await symlink(other, link);
  await expect(deleteRun(link)).rejects.toMatchObject({ code: "is-a-link" });
  expect((await lstat(other)).isDirectory()).toBe(true);
  await rm(link);
});

test("with a trash, the folder goes there", async () => {
  const folder = await crashed(await scratch());
  const thrown: string[] = [];
  await deleteRun(folder, async (path) => void thrown.push(path));
  expect(thrown).toEqual([folder]);
});
