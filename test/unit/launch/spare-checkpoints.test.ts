import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deleteSpare, spareCheckpoints } from "../../../src/launch/spare-checkpoints.ts";
import { aRun } from "../extension/a-run.ts";
import { scratch } from "./scratch.ts";

async function withCheckpoints(root: string, ...steps: readonly number[]): Promise<string> {
  const folder = join(root, "run");
  for (const step of steps) {
    const path = join(folder, "checkpoints", `checkpoint-${step}`);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "model"), "x".repeat(1000));
    await writeFile(join(path, "COMPLETE.json"), JSON.stringify({ step, files: { model: 1000 } }));
  }
  return folder;
}
const stopped = (folder: string) =>
  aRun(
    "stopped",
    [
      { type: "started" },
      { type: "eval", step: 10, best: true },
      { type: "eval", step: 20, best: true },
      { type: "eval", step: 30, best: false },
    ],
    { folder },
  );

test("the best and the newest whole one stay, a torn one and the others go, links outside are left alone", async () => {
  const root = await scratch();
  const folder = await withCheckpoints(root, 10, 20, 30, 40);
  const torn = join(folder, "checkpoints", "checkpoint-50");
  await mkdir(torn);
  const outside = join(root, "outside");
  await mkdir(outside);
  await writeFile(join(outside, "keep"), "mine");
  await symlink(outside, join(folder, "checkpoints", "checkpoint-60"));
  const spare = await spareCheckpoints(stopped(folder));
  expect(spare.map(({ path }) => Number(path.split("-").at(-1))).toSorted((a, b) => a - b)).toEqual([
    10, 30, 50, 60,
  ]);
  await deleteSpare(spare);
  expect((await readdir(join(folder, "checkpoints"))).toSorted()).toEqual(["checkpoint-20", "checkpoint-40"]);
  expect(await readdir(outside)).toEqual(["keep"]);
});

test("without a whole one nothing is spare; without checkpoints neither", async () => {
  const root = await scratch();
  await mkdir(join(root, "run", "checkpoints", "checkpoint-5"), { recursive: true });
  expect(await spareCheckpoints(stopped(join(root, "run")))).toEqual([]);
  expect(await spareCheckpoints(stopped(join(root, "none")))).toEqual([]);
});

test("a folder of checkpoints behind a link belongs to somebody else", async () => {
  const root = await scratch();
  const folder = await withCheckpoints(join(root, "other"), 10, 20, 30);
  await mkdir(join(root, "run"));
  await symlink(join(folder, "checkpoints"), join(root, "run", "checkpoints"));
  expect(await spareCheckpoints(stopped(join(root, "run")))).toEqual([]);
});

test("while it goes on its trainer prunes", async () => {
  await expect(spareCheckpoints(aRun("running", []))).rejects.toMatchObject({
    code: "still-running",
    message: expect.stringContaining("is still going (running)"),
  });
});
