/** Pumps are killed without a word, at every moment of a run; whoever comes next finds out where it was. */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readRemote, writeRemote } from "../../src/launch/remote-file.ts";
import { eventsFile, outputFile } from "../../src/launch/run-files.ts";
import { ensurePump } from "../../src/launch/modal/start-pump.ts";
import type { RunView } from "../../src/launch/runs.ts";
import { startRun } from "../../src/launch/start.ts";
import { STATUS } from "./fake/result.ts";
import { kill, lives, pumps } from "./processes.ts";
import { openRig, QUICK, type Rig } from "./rig.ts";
import { eventNumbers, stepsOf } from "./seen.ts";

const wait = { timeout: 40_000, interval: 10 };
const range = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);

interface Moment {
  readonly name: string;
  readonly at: (view: RunView, rig: Rig) => boolean;
  /** Nobody is there until this holds. */
  readonly gap?: (rig: Rig) => boolean;
}

const sandboxes = ({ fake }: Rig) => [...fake.state.sandboxes.values()];
const stage = (wanted: string) => (view: RunView) => view.remote?.stage === wanted;
const step = (wanted: number) => (view: RunView) => view.job.step >= wanted;

const MOMENTS: readonly Moment[] = [
  { name: "uploading", at: stage("uploading") },
  {
    name: "asked for the image",
    at: (view) => view.remote?.stage === "building" || view.remote?.stage === "waiting",
  },
  {
    name: "waiting, and the sandbox gets its machine while nobody is there",
    at: ({ remote }) => remote?.stage === "waiting" && remote.sandbox !== null,
    gap: (rig) => sandboxes(rig).some(({ log }) => log.length > 0),
  },
  { name: "the first step", at: step(1) },
  { name: "step 40", at: step(40) },
  { name: "step 80", at: step(80) },
  { name: "going on after it was taken away", at: stage("recovering") },
  {
    name: "waiting for the next machine, and it still waits afterwards",
    at: ({ remote, attemptNumber }) =>
      attemptNumber === 1 && remote?.stage === "waiting" && remote.sandbox !== null,
  },
  {
    name: "at work, and it ends while nobody is there",
    at: step(120),
    gap: (rig) => sandboxes(rig).every(({ result }) => result !== null),
  },
  { name: "bringing the result", at: stage("downloading") },
];

test("a pump killed at ten moments: nothing lost, nothing twice, one sandbox an attempt, none left", async () => {
  const rig = await openRig({
    count: {
      COUNT_STEPS: "160",
      COUNT_SECONDS: "0.03",
      COUNT_EVERY: "10",
      COUNT_HOLD: "85",
      COUNT_ADAPTER: "300000",
    },
    env: { FINETUNE_PUMP_TIMING: JSON.stringify({ ...QUICK, backoff: [1500], shortestAttempt: 1 }) },
  });
  rig.fake.hooks.blockDelay = 60;
  rig.fake.hooks.schedule = 700;
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  const id = folder.split("/").at(-1) ?? "";
  let done = 0;
  for (const moment of MOMENTS) {
    await vi.waitFor(
      async () => expect(moment.at(await rig.view(folder), rig), moment.name).toBe(true),
      wait,
    );
    const killed = kill(folder);
    expect(killed.length, moment.name).toBeGreaterThan(0);
    await vi.waitFor(() => expect(killed.filter(lives)).toEqual([]), wait);
    done += 1;
    const { gap } = moment;
    if (gap !== undefined) await vi.waitFor(() => expect(gap(rig), moment.name).toBe(true), wait);
    // Two windows find it at the same time.
    await Promise.all([ensurePump(folder, rig.site.modal), ensurePump(folder, rig.site.modal)]);
    expect(new Set(pumps(folder).filter(lives)).size, moment.name).toBeLessThanOrEqual(1);
    if (moment.name === "step 80") {
      rig.fake.named(`${id}.0`)?.end({ status: STATUS.internal_failure, exitcode: 0, exception: "" });
    }
  }
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  const { job, state, attemptNumber, remote } = await rig.view(folder);
  expect({ state, attemptNumber, problem: remote?.problem }).toEqual({
    state: "succeeded",
    attemptNumber: 1,
    problem: null,
  });
  expect(job.points.map(({ step: each }) => each)).toEqual(range(160));
  const numbers = await eventNumbers(folder);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const attempt of [0, 1]) {
    const own = numbers.filter((each) => each.startsWith(`${attempt}.`));
    expect(own).toEqual(own.map((_, index) => `${attempt}.${index}`));
    const steps = await stepsOf(folder, attempt);
    expect(steps).toEqual(range(steps.length).map((each) => each + (steps[0] ?? 1) - 1));
  }
  const names = sandboxes(rig).map(({ name }) => name);
  expect(names.toSorted()).toEqual([`${id}.0`, `${id}.1`]);
  expect(sandboxes(rig).every(({ result }) => result !== null)).toBe(true);
  const weights = ["adapter", "weights.bin"];
  expect(await readFile(join(folder, ...weights))).toEqual(
    await readFile(join(rig.fake.volume("finetune-runs"), "runs", id, ...weights)),
  );
  expect(done).toBe(10);
  console.log(`${done} pumps killed, ${numbers.length} events once`);
}, 120_000);

/** As a pump leaves it that dies in the call, before it has heard the answer. */
async function forget(folder: string): Promise<void> {
  const remote = await readRemote(folder);
  if (remote === null) throw new Error("no remote.json");
  await writeRemote(folder, { ...remote, stage: "waiting", sandbox: null, paid: [], problem: null });
}

test("asked for by a pump that died before the answer: it is found by its name while it runs", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "80", COUNT_SECONDS: "0.03" } });
  const { folder } = await startRun(rig.site, { config: rig.config });
  onTestFinished(() => void kill(folder));
  await vi.waitFor(async () => expect((await rig.view(folder)).job.step).toBeGreaterThan(5), wait);
  const killed = kill(folder);
  await vi.waitFor(() => expect(killed.filter(lives)).toEqual([]), wait);
  await forget(folder);
  expect(await rig.pump(folder)).toBe("over");
  const { state, remote } = await rig.view(folder);
  expect(state).toBe("succeeded");
  expect(await stepsOf(folder, 0)).toEqual(range(80));
  expect(rig.fake.count("SandboxCreate")).toBe(1);
  // Paid since it began, by its own word.
  expect(remote?.paid).toMatchObject([{ attempt: 0, to: expect.any(Number) }]);
}, 60_000);

test("…and by its traces on the volume when it has ended: it is not trained twice", async () => {
  const rig = await openRig();
  const { folder } = await rig.prepare();
  await rig.pump(folder);
  const before = await readFile(eventsFile(folder), "utf8");
  await rm(eventsFile(folder));
  await rm(outputFile(folder, 0));
  await forget(folder);
  expect(await rig.pump(folder)).toBe("over");
  const { state, remote } = await rig.view(folder);
  expect(state).toBe("succeeded");
  expect((await readFile(eventsFile(folder), "utf8")).split("\n").length).toBe(before.split("\n").length);
  expect(await stepsOf(folder, 0)).toEqual(range(20));
  expect(rig.fake.count("SandboxCreate")).toBe(1);
  expect(remote?.paid).toHaveLength(1);
}, 60_000);

test("ten starters at once: one pump, one sandbox", async () => {
  const rig = await openRig({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.02" } });
  const { folder } = await rig.prepare();
  onTestFinished(() => void kill(folder));
  await Promise.all(range(10).map(() => ensurePump(folder, rig.site.modal)));
  await vi.waitFor(async () => expect((await readRemote(folder))?.stage).toBe("ended"), wait);
  expect((await rig.view(folder)).state).toBe("succeeded");
  expect(rig.fake.count("SandboxCreate")).toBe(1);
  expect(await stepsOf(folder, 0)).toEqual(range(60));
}, 60_000);
