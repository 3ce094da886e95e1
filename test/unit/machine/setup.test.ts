import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findExecutable } from "../../../src/launch/executable.ts";
import { environmentsFolder } from "../../../src/machine/environment-folder.ts";
import { choosePython } from "../../../src/machine/python-env.ts";
import { type SetupProgress, setUp, type SetupWish } from "../../../src/machine/setup.ts";
import { withSetupLock } from "../../../src/machine/setup-lock.ts";
import { scratch } from "../launch/scratch.ts";

const PINS = ["unsloth", "unsloth_zoo", "transformers", "trl", "peft", "datasets", "accelerate"].map(
  (name) => `${name}==1.0`,
);

/** A real set-up from a folder of wheels, by the real pip. */
async function offline(pins: readonly string[] = [...PINS, "torch==1.0+cpu"]) {
  const root = await scratch();
  const wheels = join(root, "wheels");
  const python = (await findExecutable("python3")) ?? "python3";
  const script = join(import.meta.dirname, "make-wheels.py");
  await promisify(execFile)(python, [script, wheels, ...pins]);
  const requirements = join(root, "requirements");
  await mkdir(requirements);
  await writeFile(join(requirements, "cpu.lock"), `# pins\n${[...PINS, "torch==1.0"].join("\n")}\n`);
  const progress: SetupProgress[] = [];
  const wish: SetupWish = {
    cache: join(root, "cache with space"),
    requirements,
    set: "cpu",
    // Without uv, whatever this machine has: pip is everywhere.
    base: python,
    env: {
      PATH: "/usr/bin:/bin",
      HOME: root,
      PIP_NO_INDEX: "1",
      PIP_FIND_LINKS: pathToFileURL(wheels).href,
      PIP_CONFIG_FILE: "/dev/null",
    },
    onProgress: (step) => progress.push(step),
  };
  return { wish, progress };
}

test("an environment is made once, shows its commands and packages, and is found afterwards", async () => {
  const { wish, progress } = await offline();
  const first = await setUp(wish);
  expect(first.made).toBe(true);
  expect(progress.filter(({ kind }) => kind === "command")).toHaveLength(4);
  expect(progress.findLast((step) => step.kind === "package")).toMatchObject({ done: 8, total: 8 });
  expect((await choosePython({ cache: wish.cache })).source).toBe("ours");
  expect(await setUp(wish)).toEqual({ ...first, made: false });
}, 60_000);

test("cut off again and again, it ends in a working environment", async () => {
  const { wish } = await offline();
  let cut = 0;
  for (const after of [20, 300, 900, 1600, 2400, 3200]) {
    const signal = AbortSignal.timeout(after);
    const result = await setUp({ ...wish, signal }).catch((error: unknown) => error);
    if (signal.aborted && result instanceof Error) cut += 1;
  }
  const { python } = await setUp(wish);
  const check = "import unsloth, torch, trl; print(torch.__version__)";
  expect((await promisify(execFile)(python, ["-c", check])).stdout.trim()).toBe("1.0+cpu");
  expect((await readdir(environmentsFolder(wish.cache))).filter((name) => name.endsWith(".lock"))).toEqual(
    [],
  );
  console.log(`set-up cut off ${cut} times, then working`);
  expect(cut).toBeGreaterThan(0);
}, 120_000);

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
