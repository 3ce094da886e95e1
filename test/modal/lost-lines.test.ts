/** Lines that Modal's log loses: the volume has them, and what it has not is said. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { readLogTail } from "../../src/launch/log.ts";
import { outputFile } from "../../src/launch/run-files.ts";
import { openRig } from "./rig.ts";
import { eventNumbers, stepsOf } from "./seen.ts";

const wait = { timeout: 20_000, interval: 20 };
const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);
const without = (lost: readonly number[]): number[] => range(60).filter((step) => !lost.includes(step));

test("events that the stream loses come from the volume, while it trains and at its end; lost lines of the log are told", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "10" } });
  // Two steps in the middle, one near the end after the last checkpoint but one, the last word; and lines of the log.
  rig.fake.hooks.losesLines = '"type":"step",.*"step":(7|8|58),|"type":"finished"|^step (12|59)$';
  const { folder, id } = await rig.prepare();
  const pumped = rig.pump(folder);
  // The next checkpoint has committed them: nobody waits for the end of the run.
  await vi.waitFor(async () => {
    const { job, state } = await rig.view(folder);
    expect(job.points.map(({ step }) => step).slice(0, 8)).toEqual(range(8));
    expect(state).toBe("running");
  }, wait);
  expect(await pumped).toBe("over");
  const { job, state, remote } = await rig.view(folder);
  expect({ state, problem: remote?.problem }).toEqual({ state: "succeeded", problem: null });
  expect(job.points.map(({ step }) => step)).toEqual(range(60));
  const numbers = await eventNumbers(folder);
  expect(numbers).toEqual(numbers.map((_, index) => `0.${index}`));
  expect(await stepsOf(folder, 0)).toEqual(without([12, 59]));
  const { lines } = await readLogTail(outputFile(folder, 0));
  expect(lines.map((line) => line.trimEnd())).toContain(
    `Modal: 2 lines of this log did not arrive. The whole log is on the volume: finetune fetch ${id} stream.0.log`,
  );
}, 60_000);

test("what neither the stream nor the volume has is said in the log, and the run goes on", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "1000" } });
  rig.fake.hooks.losesLines = '"type":"step",.*"step":(7|8),';
  const { folder, id } = await rig.prepare();
  const stream = join(rig.fake.volume("finetune-runs"), "runs", id, "stream.0.log");
  const away = setInterval(() => rmSync(stream, { force: true }), 20);
  expect(await rig.pump(folder, { gapWait: 100 })).toBe("over");
  clearInterval(away);
  const { job, state } = await rig.view(folder);
  expect(state).toBe("succeeded");
  expect(job.points.map(({ step }) => step)).toEqual(without([7, 8]));
  const { lines } = await readLogTail(outputFile(folder, 0));
  expect(lines.filter((line) => line.startsWith("Modal: ")).map((line) => line.trimEnd())).toEqual([
    "Modal: 2 events of the trainer did not arrive and cannot be read from the volume. The chart has a gap there; the training has none.",
  ]);
}, 60_000);
