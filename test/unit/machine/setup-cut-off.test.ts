/** Set-ups that are cancelled, and set-ups whose window is killed, at random moments: the next one makes it work. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentsFolder } from "../../../src/machine/environment-folder.ts";
import { setUp, type SetupWish } from "../../../src/machine/setup.ts";
import { bundledProgram } from "../bundled-program.ts";
import { offline } from "./offline.ts";

/** Ten prove it, four are quick: FINETUNE_KILLS=10. */
const CUTS = Number(process.env["FINETUNE_KILLS"] ?? 4);
/** A whole one takes a few seconds here. Milliseconds. */
const LONGEST = 4000;

let program: Awaited<ReturnType<typeof bundledProgram>>;
beforeAll(async () => {
  program = await bundledProgram(join(import.meta.dirname, "set-up-once.ts"));
});
afterAll(() => program.remove());

async function expectWorking(wish: SetupWish): Promise<void> {
  const { python } = await setUp(wish);
  const check = "import unsloth, torch, trl; print(torch.__version__)";
  expect((await promisify(execFile)(python, ["-c", check])).stdout.trim()).toBe("1.0+cpu");
  const names = await readdir(environmentsFolder(wish.cache));
  expect(names.filter((name) => /\.(lock|child)$/.test(name))).toEqual([]);
}

test(`cancelled ${CUTS} times at random moments, it ends in a working environment`, async () => {
  const { wish } = await offline();
  let cut = 0;
  for (let time = 0; time < CUTS; time += 1) {
    const signal = AbortSignal.timeout(Math.round(Math.random() * LONGEST));
    const result = await setUp({ ...wish, signal }).catch((error: unknown) => error);
    if (signal.aborted && result instanceof Error) cut += 1;
  }
  await expectWorking(wish);
  console.log(`set-up cancelled ${cut} times, then working`);
}, 240_000);

test(`its window killed ${CUTS} times at random moments, it ends in a working environment`, async () => {
  const { wish } = await offline();
  let cut = 0;
  for (let time = 0; time < CUTS; time += 1) {
    const window = spawn(process.execPath, [program.file, JSON.stringify(wish)], { stdio: "ignore" });
    const end = setTimeout(() => window.kill("SIGKILL"), 100 + Math.random() * LONGEST);
    const [, signal] = await once(window, "exit");
    clearTimeout(end);
    if (signal === "SIGKILL") cut += 1;
  }
  // The installer of the last one may be at work in this very moment.
  await expectWorking(wish);
  console.log(`window killed ${cut} times during a set-up, then working`);
}, 240_000);
