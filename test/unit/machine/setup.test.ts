import { readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { choosePython } from "../../../src/machine/python-env.ts";
import { previewSetup, setUp } from "../../../src/machine/setup.ts";
import { withSetupLock } from "../../../src/machine/setup-lock.ts";
import { scratch } from "../launch/scratch.ts";
import { offline, PINS } from "./offline.ts";

test("an environment is made once, shows its commands and packages, and is found afterwards", async () => {
  const { wish, progress } = await offline();
  const preview = await previewSetup(wish);
  expect(progress).toEqual([]);
  const first = await setUp(wish);
  expect(preview?.folder).toBe(first.folder);
  const run = progress.flatMap((step) => (step.kind === "command" ? [step.text] : []));
  // Asking for the build of PyTorch comes in between and changes nothing.
  expect(run.filter((text) => !text.includes("--dry-run"))).toEqual(preview?.commands);
  expect(await previewSetup(wish)).toBeNull();
  expect(first.made).toBe(true);
  expect(progress.filter(({ kind }) => kind === "command")).toHaveLength(4);
  expect(progress.findLast((step) => step.kind === "package")).toMatchObject({ done: 8, total: 8 });
  expect((await choosePython({ cache: wish.cache })).source).toBe("ours");
  expect(await setUp(wish)).toEqual({ ...first, made: false });
}, 60_000);

test("a package that is not there: one sentence, and nothing is marked as complete", async () => {
  const { wish } = await offline(["torch==1.0+cpu", ...PINS.slice(1)]);
  await expect(setUp(wish)).rejects.toMatchObject({
    code: "package-missing",
    message: expect.stringContaining("unsloth==1.0"),
  });
  await expect(choosePython({ cache: wish.cache })).rejects.toMatchObject({ code: "no-environment" });
}, 60_000);

test("two at once: one makes it, the other says who is at it; a lock of the dead is taken over", async () => {
  const path = join(await scratch(), "cpu-1.lock");
  let release = (): void => {};
  const first = withSetupLock(path, () => new Promise<void>((resolve) => (release = resolve)));
  await expect.poll(async () => (await readdir(join(path, ".."))).length).toBe(1);
  await expect(withSetupLock(path, async () => {})).rejects.toMatchObject({
    code: "setup-running",
    message: expect.stringContaining(`Process ${process.pid}`),
  });
  release();
  await first;
  const dead = JSON.stringify({ pid: process.pid, start: "1", host: hostname() });
  for (const left of ["", dead]) {
    await writeFile(path, left);
    expect(await withSetupLock(path, async () => "mine")).toBe("mine");
  }
});
