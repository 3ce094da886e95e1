import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { hasPump, takePumpLock } from "../../../../src/launch/modal/pump-lock.ts";
import { processStart } from "../../../../src/launch/process-start.ts";
import { scratch } from "../scratch.ts";

/** An owner on another machine, last seen so many seconds ago. */
async function foreign(run: string, number: number, age: number): Promise<void> {
  await mkdir(join(run, "pump"), { recursive: true });
  const path = join(run, "pump", `${number}.json`);
  await writeFile(path, JSON.stringify({ pid: 1, pid_start: "1", host: "elsewhere" }));
  const then = new Date(Date.now() - age * 1000);
  await utimes(path, then, then);
}

test("one owner; released, the next one; nothing but the owner's file stays", async () => {
  const run = await scratch();
  expect(await hasPump(run)).toBe(false);
  const lock = await takePumpLock(run);
  expect(lock?.holds()).toBe(true);
  expect(await takePumpLock(run)).toBeNull();
  expect(await hasPump(run)).toBe(true);
  await lock?.release();
  expect(lock?.holds()).toBe(false);
  expect(await hasPump(run)).toBe(false);
  const next = await takePumpLock(run);
  expect(await readdir(join(run, "pump"))).toEqual(["0.json"]);
  await next?.release();
});

test("of many at once exactly one, also when they find a stale owner, 50 times", async () => {
  for (let round = 0; round < 50; round += 1) {
    const run = await scratch();
    if (round % 2 === 1) await foreign(run, 3, 60);
    const all = await Promise.all(Array.from({ length: 8 }, () => takePumpLock(run)));
    const owners = all.filter((lock) => lock !== null);
    expect(owners).toHaveLength(1);
    expect(owners[0]?.holds()).toBe(true);
    expect((await readdir(join(run, "pump"))).filter((name) => name.endsWith(".json"))).toHaveLength(1);
    await owners[0]?.release();
  }
});

test("fresh on another machine: alive; silent there: replaced; whoever slept sees that he was replaced", async () => {
  const run = await scratch();
  await foreign(run, 0, 5);
  expect(await takePumpLock(run)).toBeNull();
  await foreign(run, 0, 60);
  const lock = await takePumpLock(run);
  expect(lock?.holds()).toBe(true);
  // It sleeps, and somebody takes over.
  await foreign(run, 2, 0);
  expect(lock?.holds()).toBe(false);
  expect(await hasPump(run)).toBe(true);
  await lock?.release();
});

test("a process that is gone is replaced at once, whatever the age of its file", async () => {
  const run = await scratch();
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
  await vi.waitFor(async () => expect(await processStart(child.pid ?? 0)).not.toBeNull());
  await mkdir(join(run, "pump"));
  const { hostname } = await import("node:os");
  const owner = { pid: child.pid, pid_start: await processStart(child.pid ?? 0), host: hostname() };
  await writeFile(join(run, "pump", "7.json"), JSON.stringify(owner));
  expect(await takePumpLock(run)).toBeNull();
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  const lock = await takePumpLock(run);
  expect(lock?.holds()).toBe(true);
  expect(existsSync(join(run, "pump", "8.json"))).toBe(true);
  await lock?.release();
});
