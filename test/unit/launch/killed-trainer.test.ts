import { expect, test, vi } from "vitest";
import { localLauncher } from "../../../src/launch/local.ts";
import { newestAttempt } from "../../../src/launch/run-files.ts";
import { resumable } from "../../../src/launch/resume.ts";
import { counting, countingRun, samplePlan, view } from "./counting.ts";
import { scratch } from "./scratch.ts";

const KILLS = 20;
const STEPS = 800;

test("killed at twenty random moments, resumed each time: every step once, and the curve joins", async () => {
  const root = await scratch();
  const folder = await countingRun(root);
  const setting = await counting(root, { COUNT_STEPS: String(STEPS), COUNT_SECONDS: "0.005" });
  await localLauncher(setting).start(await samplePlan(), {}, folder);
  let kills = 0;
  while (kills < KILLS) {
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
    const { attempt, state } = await view(folder);
    if (state === "succeeded") break;
    process.kill(-(attempt?.pid ?? 0), "SIGKILL");
    kills += 1;
    await vi.waitFor(async () => expect((await view(folder)).state).toBe("crashed"), {
      timeout: 10_000,
      interval: 5,
    });
    // Killed before the first checkpoint, there is nothing to go on from.
    const {
      from,
      plan,
      inputs,
      attempt: next,
    } = await resumable(folder).catch(() => resumable(folder, { fromStart: true }));
    await localLauncher(setting, { attempt: next, resumeFrom: from?.path ?? null }).start(
      plan,
      inputs,
      folder,
    );
  }
  await vi.waitFor(async () => expect((await view(folder)).state).toBe("succeeded"), {
    timeout: 30_000,
    interval: 50,
  });
  const { job } = await view(folder);
  expect(job.points.map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
  expect(await newestAttempt(folder)).toBe(kills);
  console.log(
    `${kills} kills, ${kills + 1} attempts, ${job.points.length} of ${STEPS} steps, ${job.invalid} torn lines`,
  );
}, 120_000);
