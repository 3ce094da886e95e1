/** The budget runs out with launcher and pump gone: the real trainer saves a checkpoint and the sandbox ends itself. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { dollarsSoFar } from "../../src/core/run/remote-state.ts";
import { count } from "../../src/core/units.ts";
import { resumable } from "../../src/launch/resume.ts";
import { ensurePump } from "../../src/launch/modal/start-pump.ts";
import { readRemote } from "../../src/launch/remote-file.ts";
import { startRun } from "../../src/launch/start.ts";
import { kill, lives } from "./processes.ts";
import { openTiny } from "./tiny.ts";

const wait = { timeout: 300_000, interval: 100 };

test("what is paid stays within max_cost_usd and a minute, and no step is lost", async () => {
  // An L40S with its cores and memory costs $0.00081 a second: this pays for two and a half minutes.
  const cap = 0.121;
  const rig = await openTiny(
    "max_steps: 1000000\n  save_strategy: steps\n  save_steps: 1000000",
    `, max_cost_usd: ${cap}, max_attempts: 3`,
  );
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  const id = folder.split("/").at(-1) ?? "";
  await vi.waitFor(() => expect(rig.fake.named(`${id}.0`)?.log.length).toBeGreaterThan(1), wait);
  const killed = kill(folder);
  expect(killed).toHaveLength(1);
  await vi.waitFor(() => expect(killed.filter(lives)).toEqual([]), wait);
  const sandbox = rig.fake.named(`${id}.0`);
  await vi.waitFor(() => expect(sandbox?.result).not.toBeNull(), wait);
  // By its own word, not by Modal's limit: 75 is "interrupted".
  expect(sandbox?.result).toMatchObject({ exitcode: 75 });

  await ensurePump(folder, rig.site.modal);
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  const { remote, attemptNumber, state, job } = await rig.view(folder);
  expect({ attemptNumber, state, reason: job.finished?.reason }).toEqual({
    attemptNumber: 0,
    state: "interrupted",
    reason: "deadline",
  });
  expect(job.step).toBeGreaterThan(0);
  expect(remote?.problem).toMatchObject({
    code: "modal-budget",
    message: `The run ended at step ${count(job.step)} because compute.modal.max_cost_usd pays for no more. Nothing is lost: step ${count(job.step)} is saved.`,
  });
  const checkpoint = `checkpoints/checkpoint-${job.step}`;
  const there = join(rig.fake.volume("finetune-runs"), "runs", id, checkpoint, "COMPLETE.json");
  expect(existsSync(there)).toBe(true);
  expect((await resumable(folder)).from).toMatchObject({ step: job.step, path: checkpoint });
  const paid = remote === null ? null : dollarsSoFar(remote, Date.now() / 1000);
  console.log(`${job.step} steps, $${paid?.toFixed(4)} of $${cap}`);
  expect(paid).toBeGreaterThan(cap / 2);
  expect(paid).toBeLessThanOrEqual(cap + 60 * (remote?.rate?.dollars ?? 0));
  expect(rig.fake.count("SandboxCreate")).toBe(1);
}, 600_000);
