import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { decodeLine } from "../../../src/core/run/decode.ts";
import { localLauncher } from "../../../src/launch/local.ts";
import { eventsFile } from "../../../src/launch/run-files.ts";
import { needSpace } from "../../../src/machine/disk-space.ts";
import { counting, countingRun, samplePlan, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

/** A disk of its own of so many KiB; false where this user may not mount one. */
async function smallDisk(kib: number): Promise<string | false> {
  const folder = await scratch();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kib}k`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}
const canMount = process.platform === "linux" && process.getuid?.() === 0;

test.skipIf(!canMount)(
  "no space for the run folder: the sentence names it, nothing half-made is left",
  async (context) => {
    const root = await smallDisk(16);
    if (root === false) return context.skip();
    await expect(countingRun(root)).rejects.toMatchObject({
      code: "disk-full",
      message: `No space is left for ${join(root, ".finetune", "runs")}.`,
    });
    expect(await readdir(join(root, ".finetune", "runs"))).toEqual([]);
  },
);

test.skipIf(!canMount)(
  "the disk fills up in the middle: every event before is readable, the end is no mystery",
  async (context) => {
    const root = await smallDisk(256);
    if (root === false) return context.skip();
    const folder = await countingRun(root);
    await localLauncher(await counting(root, { COUNT_STEPS: "100000", COUNT_SECONDS: "0" })).start(
      await samplePlan(),
      {},
      folder,
    );
    await vi.waitFor(async () => expect((await view(folder)).state).toBe("crashed"), {
      timeout: 15_000,
      interval: 50,
    });
    const lines = (await readFile(eventsFile(folder), "utf8")).split("\n");
    const whole = lines.slice(0, -1);
    expect(whole.length).toBeGreaterThan(20);
    expect(whole.filter((line) => decodeLine(line).kind !== "event")).toEqual([]);
    const { job } = await view(folder);
    expect(job.step).toBe(whole.filter((line) => /"type": ?"step"/.test(line)).length);
    console.log(`disk full after ${whole.length} events, ${job.invalid} unreadable`);
  },
);

test.skipIf(!canMount)(
  "no space for an environment is said before anything is downloaded",
  async (context) => {
    const cache = await smallDisk(1024);
    if (cache === false) return context.skip();
    await expect(needSpace(cache, "cpu")).rejects.toMatchObject({
      code: "disk-full",
      message: expect.stringMatching(/^The environment needs 2\.5 GB, but .* has 1 MB free\.$/),
    });
  },
);
