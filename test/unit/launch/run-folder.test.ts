import { chmod, chown, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileFailure } from "../../../src/launch/launch-failure.ts";
import { runId, slug } from "../../../src/launch/run-id.ts";
import { listRuns } from "../../../src/launch/runs.ts";
import { copyTrainer, trainerFolder } from "../../../src/launch/trainer-copy.ts";
import { countingRun, samplePlan } from "./counting.ts";
import { scratch } from "./scratch.ts";

test("ids sort by time, carry a readable name and differ", () => {
  const at = new Date(2026, 10, 25, 14, 22, 33);
  expect(runId("Support triage!", at, 0x3f9a / 0x10000)).toBe("20261125-142233-support-triage-3f9a");
  expect(slug("Größe & Stil")).toBe("gro-e-stil");
  expect(slug("训练")).toBe("run");
  expect(slug("x".repeat(300))).toHaveLength(40);
});

test("a run folder holds the config as it was read, the plan, and is ignored by git", async () => {
  const root = await scratch();
  const base = { path: "/elsewhere/support.finetune.yaml", text: "base: 1\n" };
  const own = { path: join(root, "support.finetune.yaml"), text: "extends: x # unsaved\r\n" };
  const folder = await countingRun(root, { config: [own, base] });
  expect(await readFile(join(root, ".finetune", ".gitignore"), "utf8")).toBe("*\n");
  expect((await readdir(folder)).sort()).toEqual([
    "attempts",
    "config",
    "inputs.json",
    "plan.json",
    "run.json",
    "work",
  ]);
  expect(await readFile(join(folder, "config", "support.finetune.yaml"), "utf8")).toBe(own.text);
  expect(await readFile(join(folder, "config", "1-support.finetune.yaml"), "utf8")).toBe(base.text);
  const [view] = await listRuns(root);
  expect(view?.info).toMatchObject({ source: own.path, config: "config/support.finetune.yaml" });
});

test("ten launches in the same second get ten folders", async () => {
  const root = await scratch();
  const now = new Date();
  let calls = 0;
  const random = () => Math.floor(calls++ / 2) / 100; // every second one collides
  const folders = await Promise.all(Array.from({ length: 10 }, () => countingRun(root, { now, random })));
  expect(new Set(folders).size).toBe(10);
});

test("the copy of the trainer is renewed only when it differs", async () => {
  const folder = await countingRun(await scratch());
  await copyTrainer(join(import.meta.dirname, "trainer"), folder);
  expect(await readdir(join(trainerFolder(folder), "finetune_trainer"))).not.toContain("__pycache__");
  const main = join(trainerFolder(folder), "finetune_trainer", "__main__.py");
  const before = await stat(main);
  await copyTrainer(join(import.meta.dirname, "trainer"), folder);
  expect((await stat(main)).ino).toBe(before.ino);
  await writeFile(main, "changed");
  await copyTrainer(join(import.meta.dirname, "trainer"), folder);
  expect(await readFile(main, "utf8")).not.toBe("changed");
});

/** Root may write anywhere: as nobody the refusal is real. */
function withoutPrivileges(): void {
  if (process.getuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
}

test("a root that cannot be written: the sentence names it, and nothing half-made is left", async () => {
  const root = await scratch();
  await chmod(root, 0o555);
  if (process.getuid?.() === 0) await chown(root, 0, 0);
  const plan = await samplePlan(); // the checkout may be closed to nobody
  withoutPrivileges();
  await expect(countingRun(root, { plan })).rejects.toMatchObject({
    code: "not-writable",
    message: `${join(root, ".finetune", "runs")} cannot be written: permission denied.`,
    hint: expect.stringContaining("FINETUNE_RUNS_DIR"),
  });
  expect(await readdir(root)).toEqual([]);
});

test.each([
  ["EROFS", "not-writable", "/x lies on a read-only file system."],
  ["ENOSPC", "disk-full", "No space is left for /x."],
  ["EDQUOT", "disk-full", "No space is left for /x."],
  ["ENAMETOOLONG", "path-too-long", "The path of /x is too long for this file system."],
])("%s is told as %s", (code, told, message) => {
  expect(fileFailure(Object.assign(new Error("no"), { code }), "/x")).toMatchObject({ code: told, message });
});
