import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findExecutable } from "../../../src/launch/executable.ts";
import { findBase } from "../../../src/machine/base-python.ts";
import {
  environmentPython,
  markFile,
  environmentsFolder,
  hasEnvironment,
} from "../../../src/machine/environment-folder.ts";
import { isSupported, NEEDED_MODULES, probe } from "../../../src/machine/interpreter.ts";
import { oldEnvironments, removeEnvironment } from "../../../src/machine/old-environments.ts";
import { choosePython } from "../../../src/machine/python-env.ts";
import { scratch } from "../launch/scratch.ts";

/** An interpreter that answers like Python `version` with everything installed but `missing`. */
async function interpreter(
  path: string,
  missing: readonly string[] = [],
  version = [3, 12, 1],
  canMake = true,
): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  const answer = { executable: path, version, bits: 64, environment: true, canMake, pip: true, missing };
  await writeFile(path, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(path, 0o755);
  return path;
}

async function ownEnvironment(
  cache: string,
  name: string,
  made: string,
  missing: readonly string[] = [],
  set = "cpu",
): Promise<string> {
  const folder = join(environmentsFolder(cache), name);
  const python = await interpreter(environmentPython(folder), missing);
  await writeFile(markFile(folder), JSON.stringify({ set, lock: "1", python, made }));
  return python;
}

test("an interpreter that is named is taken before all others", async () => {
  const cache = await scratch();
  await ownEnvironment(cache, "cpu-1", "2026-01-01");
  const mine = await interpreter(join(cache, "mine", "python"));
  expect(await choosePython({ explicit: mine, cache })).toEqual({
    python: mine,
    source: "explicit",
    why: "named by you",
    version: "3.12.1",
  });
});

test("one that is named and cannot train is refused with what it lacks", async () => {
  const cache = await scratch();
  const mine = await interpreter(join(cache, "mine", "python"), ["unsloth", "trl"]);
  await expect(choosePython({ explicit: mine, cache })).rejects.toMatchObject({
    code: "python-incomplete",
    message: `${mine} cannot train: it lacks unsloth, trl.`,
    hint: expect.stringContaining("finetune.pythonPath"),
  });
  await expect(choosePython({ explicit: join(cache, "gone"), cache })).rejects.toMatchObject({
    code: "python-broken",
    message: expect.stringContaining("does not run"),
  });
});

test("a program that asks for input gets none: it fails at once, and the sentence names it", async () => {
  const path = join(await scratch(), "python");
  await writeFile(path, "#!/bin/sh\nprintf 'Password: ' >&2\nread answer || exit 7\nsleep 60\n");
  await chmod(path, 0o755);
  const begun = performance.now();
  const answer = await probe(path);
  const seconds = (performance.now() - begun) / 1000;
  expect(answer).toEqual({ failed: expect.stringContaining(path) });
  expect(seconds).toBeLessThan(10);
  console.log(`asking for a password failed after ${seconds.toFixed(2)} s: ${JSON.stringify(answer)}`);
});

test("ours before the active one; the newest of ours; a half-made one does not count", async () => {
  const cache = await scratch();
  const active = await interpreter(join(cache, "active", "python"));
  expect((await choosePython({ cache, active })).source).toBe("active");
  await interpreter(environmentPython(join(environmentsFolder(cache), "cpu-half")));
  expect((await choosePython({ cache, active })).source).toBe("active");
  expect(await hasEnvironment(cache)).toBe(false);
  await ownEnvironment(cache, "cpu-1", "2026-01-01");
  expect(await hasEnvironment(cache)).toBe(true);
  const newest = await ownEnvironment(cache, "cpu-2", "2026-02-01");
  expect(await choosePython({ cache, active })).toMatchObject({ source: "ours", python: newest });
});

test("of several environments of ours, the one for this machine's packages; old ones are found, those in use kept", async () => {
  const cache = await scratch();
  const gpu = await ownEnvironment(cache, "cu128-1", "2026-01-01", [], "cu128");
  const cpu = await ownEnvironment(cache, "cpu-1", "2026-02-01");
  expect((await choosePython({ cache, set: "cu128" })).python).toBe(gpu);
  expect((await choosePython({ cache, set: "cu130" })).python).toBe(cpu);
  const [keep, other] = ["cpu-1", "cu128-1"].map((name) => join(environmentsFolder(cache), name));
  expect(await oldEnvironments(cache, keep ?? "", [gpu])).toEqual([]);
  const [old] = await oldEnvironments(cache, keep ?? "", []);
  expect(old).toMatchObject({ folder: other, bytes: expect.any(Number) });
  if (old !== undefined) await removeEnvironment(old);
  expect((await choosePython({ cache, set: "cu128" })).python).toBe(cpu);
});

test("none: the sentence says what was looked at and the way out", async () => {
  const cache = await scratch();
  const active = await interpreter(join(cache, "active", "python"), [...NEEDED_MODULES]);
  await expect(choosePython({ cache, active })).rejects.toMatchObject({
    code: "no-environment",
    message: expect.stringContaining(`${active} (the active environment) cannot train: it lacks unsloth`),
    hint: expect.stringMatching(/^Run finetune setup/),
  });
});

test("a folder of the project is not taken for a library", async () => {
  const root = await scratch();
  await mkdir(join(root, "unsloth"));
  await writeFile(join(root, "unsloth", "__init__.py"), "");
  const python = (await findExecutable("python3")) ?? "";
  const here = process.cwd();
  process.chdir(root);
  try {
    expect(await probe(python)).toMatchObject({ version: [3, expect.any(Number), expect.any(Number)] });
    const found = await probe(python);
    expect("missing" in found && found.missing).toContain("unsloth");
  } finally {
    process.chdir(here);
  }
});

test("the base of an environment: a version with wheels that can make one, or what to install", async () => {
  const root = await scratch();
  const old = await interpreter(join(root, "old", "python3"), [], [3, 9, 2]);
  await interpreter(join(root, "bare", "python3.12"), [], [3, 12, 0], false);
  const env = { PATH: [join(root, "old"), join(root, "bare")].join(":") };
  await expect(findBase(undefined, "pip", env)).rejects.toMatchObject({
    code: "no-python",
    message: `No Python 3.11 to 3.14 that can make environments is on the PATH. Found: ${old} (version 3.9.2), ${join(root, "bare", "python3.12")} (its venv module is missing).`,
    hint: expect.stringContaining("Install"),
  });
  expect(await findBase(undefined, "uv", env)).toBe(join(root, "bare", "python3.12"));
  expect(await findBase(undefined, "uv", { PATH: join(root, "old") })).toBeNull();
  await expect(findBase(undefined, "pip", { PATH: root })).rejects.toMatchObject({ code: "no-python" });
});

test("supported: 64 bit, 3.11 to 3.14", () => {
  const some = { executable: "p", environment: false, canMake: true, pip: true, missing: [] };
  const fits = (version: [number, number, number], bits = 64): boolean =>
    isSupported({ ...some, version, bits });
  expect([
    fits([3, 11, 0]),
    fits([3, 14, 9]),
    fits([3, 10, 9]),
    fits([3, 15, 0]),
    fits([3, 12, 0], 32),
  ]).toEqual([true, true, false, false, false]);
});
