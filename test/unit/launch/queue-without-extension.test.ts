/** The extension is updated while a run waits: the run has its own copy of the trainer, and goes on when its turn comes. */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test, vi } from "vitest";
import { localLauncher } from "../../../src/launch/local.ts";
import { readQueue, queueFolder } from "../../../src/launch/queue.ts";
import { eventsFile } from "../../../src/launch/run-files.ts";
import { hostIdentity } from "../../../src/launch/liveness.ts";
import { processStart } from "../../../src/launch/process-start.ts";
import { stopRun } from "../../../src/launch/start.ts";
import { counting, countingRun, samplePlan, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

const wait = { timeout: 30_000, interval: 50 };
const python = join(import.meta.dirname, "..", "..", "..", "python");

test("the trainer's source is gone while the run waits: it begins all the same", async () => {
  const root = await scratch();
  const extension = join(root, "extension");
  await cp(join(python, "finetune_trainer"), join(extension, "finetune_trainer"), { recursive: true });
  const setting = { ...(await counting(root, { UNSLOTH_FORCE_CPU: "1" })), trainer: extension };
  const { bootId, pidNamespace, host } = await hostIdentity();
  const held = join(queueFolder(setting.data), "50-1-held.json");
  await mkdir(queueFolder(setting.data), { recursive: true });
  await writeFile(
    held,
    JSON.stringify({
      token: "held",
      run: "/runs/held",
      attempt: 0,
      state: "holding",
      devices: ["cpu"],
      all: true,
      pid: process.pid,
      pid_start: await processStart(process.pid),
      boot_id: bootId,
      pid_namespace: pidNamespace,
      host,
    }),
  );
  const plan = await samplePlan();
  const folder = await countingRun(root, { plan });
  await localLauncher(setting).start(plan, {}, folder);
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("queued"), wait);
  expect((await readQueue(setting.data)).map(({ run }) => basename(run))).toEqual(["held", basename(folder)]);

  await rm(extension, { recursive: true });
  await rm(held);
  const begun = await vi.waitFor(async () => {
    const text = await readFile(eventsFile(folder), "utf8");
    expect(text).toMatch(/"name":"import"[^\n]*"state":"begin"/);
    return text;
  }, wait);
  // It got as far as the heavy libraries, which this Python may lack; what is ours was there.
  expect(begun).not.toMatch(/No module named 'finetune_trainer/);
  await stopRun(folder, "now");
}, 60_000);
