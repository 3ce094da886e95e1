import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { processStart } from "../../../src/launch/process-start.ts";
import { endLeftover, noteChild } from "../../../src/machine/setup-child.ts";
import { scratch } from "../launch/scratch.ts";

const wait = { timeout: 10_000, interval: 20 };

/** An installer that started a process of its own. */
async function installer(): Promise<{ leader: number; child: number; end: () => void }> {
  const shell = spawn("/bin/sh", ["-c", "sleep 600 & echo $!; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = await once(shell.stdout, "data");
  return { leader: shell.pid ?? 0, child: Number(String(text)), end: () => void shell.kill("SIGKILL") };
}

test.skipIf(process.platform === "win32").each([false, true])(
  "what a killed window left at work is ended, also when its first process is gone: %s",
  async (leaderGone) => {
    const note = join(await scratch(), "cpu-1.child");
    const { leader, child, end } = await installer();
    await noteChild(note, leader);
    if (leaderGone) {
      end();
      await vi.waitFor(async () => expect(await processStart(leader)).toBeNull(), wait);
      expect(await processStart(child)).not.toBeNull();
    }
    await endLeftover(note);
    await vi.waitFor(async () => expect(await processStart(child)).toBeNull(), wait);
    expect(existsSync(note)).toBe(false);
  },
);

test.skipIf(process.platform === "win32")(
  "a number that another process has now, or that was noted elsewhere, is left alone",
  async () => {
    const note = join(await scratch(), "cpu-1.child");
    const { leader, child, end } = await installer();
    await noteChild(note, leader);
    const noted: object = JSON.parse(await readFile(note, "utf8"));
    for (const other of [{ start: "1" }, { host: "gpu-box" }, { boot: "before" }]) {
      await writeFile(note, JSON.stringify({ ...noted, ...other }));
      await endLeftover(note);
    }
    await endLeftover(note); // there is none
    expect(await processStart(child)).not.toBeNull();
    end();
    process.kill(child, "SIGKILL");
  },
);
