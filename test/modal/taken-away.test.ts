/** Sandboxes that Modal takes away, that meet their limit, or that somebody ends: what goes on, and from where. */
import { expect, onTestFinished, test, vi } from "vitest";
import { readLogTail } from "../../src/launch/log.ts";
import { resumable } from "../../src/launch/resume.ts";
import { outputFile } from "../../src/launch/run-files.ts";
import { resumeRun } from "../../src/launch/start.ts";
import { begun, end, range, wait } from "./begun.ts";
import { kill } from "./processes.ts";
import { stepsOf } from "./seen.ts";

test("M04: taken away every 20 steps: one run, each attempt goes on from a checkpoint, the same curve", async () => {
  const run = await begun({
    count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "10" },
    modal: "max_attempts: 4",
  });
  for (const [attempt, at] of [22, 43].entries()) {
    const sandbox = await run.sandbox(attempt);
    await run.reaches(at);
    sandbox.end(end("internal_failure", 0));
  }
  expect(await run.pumped).toBe("over");
  const { job, state, attemptNumber, remote } = await run.view(run.folder);
  expect({ state, attemptNumber }).toEqual({ state: "succeeded", attemptNumber: 2 });
  expect(job.points.map(({ step }) => step)).toEqual(range(60));
  expect(job.points.map(({ loss }) => loss)).toEqual(range(60).map((step) => 1 / step));
  expect(remote?.paid.map(({ attempt, to }) => [attempt, to !== null])).toEqual([
    [0, true],
    [1, true],
    [2, true],
  ]);
  // A machine paid in between, or twice at once, would show here.
  for (const [index, { from }] of (remote?.paid ?? []).entries()) {
    expect(from).toBeGreaterThanOrEqual(remote?.paid[index - 1]?.to ?? 0);
  }
}, 60_000);

test("a machine taken away with a warning: the trainer saves at once, and nothing is repeated", async () => {
  const run = await begun({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "1000" } });
  const sandbox = await run.sandbox();
  await run.reaches(20);
  sandbox.end(end("terminated"), 3000);
  expect(await run.pumped).toBe("over");
  const { job, state, attemptNumber } = await run.view(run.folder);
  expect({ state, attemptNumber }).toEqual({ state: "succeeded", attemptNumber: 1 });
  expect(job.started?.resumed_from?.step).toBeGreaterThanOrEqual(20);
  expect([...(await stepsOf(run.folder, 0)), ...(await stepsOf(run.folder, 1))]).toEqual(range(60));
  const { lines } = await readLogTail(outputFile(run.folder, 0));
  expect(lines.at(-1)).toBe("Modal: Modal took the machine away ");
}, 60_000);

test("a sandbox's time is up: the trainer has saved before, and the run goes on in the next one", async () => {
  const run = await begun({
    count: { COUNT_STEPS: "90", COUNT_SECONDS: "0.05", COUNT_EVERY: "1000" },
    modal: "timeout: 4s",
  });
  expect(await run.pumped).toBe("over");
  const { job, state, attemptNumber } = await run.view(run.folder);
  expect(state).toBe("succeeded");
  expect(attemptNumber).toBeGreaterThanOrEqual(1);
  const steps = await Promise.all(range(attemptNumber + 1).map((each) => stepsOf(run.folder, each - 1)));
  expect(steps.flat()).toEqual(range(90));
  expect(job.points.map(({ step }) => step)).toEqual(range(90));
}, 60_000);

test("preempted more often than max_attempts allows: the end says so, and where a resume begins", async () => {
  const run = await begun({
    count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "10" },
    modal: "max_attempts: 1",
  });
  const sandbox = await run.sandbox();
  await run.reaches(15);
  sandbox.end(end("evicted"));
  await run.pumped;
  const { state, remote } = await run.view(run.folder);
  expect(state).toBe("failed");
  expect(remote?.problem?.message).toMatch(
    /^Modal ended the sandbox because it used more memory than it has at step \d+ \(Modal says: evicted, exit code 137, without the mark that the trainer leaves\)\. \d+ steps? since the checkpoint of step 10 (is|are) lost\.$/,
  );
}, 60_000);

test("M08: a hard timeout at step 950 says that 50 steps are lost; resume starts at 900", async () => {
  const run = await begun({
    count: { COUNT_STEPS: "1000", COUNT_SECONDS: "0", COUNT_EVERY: "100", COUNT_HOLD: "950" },
    modal: "max_attempts: 1, timeout: 1h",
  });
  const sandbox = await run.sandbox();
  await run.reaches(950);
  sandbox.end(end("timeout"));
  await run.pumped;
  const { state, remote } = await run.view(run.folder);
  expect(state).toBe("failed");
  expect(await run.say()).toMatch(/^The sandbox reached its time limit of 1 h at step 950( ·|$)/);
  expect(remote?.problem).toMatchObject({
    code: "modal-timeout",
    message:
      "The sandbox reached its time limit of 1 h at step 950. 50 steps since the checkpoint of step 900 are lost.",
    hint: "Raise compute.modal.timeout and resume with finetune resume --with-config. It goes on from step 900.",
  });
  expect((await resumable(run.folder)).from).toMatchObject({ step: 900, path: "checkpoints/checkpoint-900" });
}, 60_000);

test("ended in Modal's dashboard: it is stopped, not started again and not paid for any longer; a person may resume it", async () => {
  const run = await begun({ count: { COUNT_STEPS: "60", COUNT_SECONDS: "0.03", COUNT_EVERY: "10" } });
  const sandbox = await run.sandbox();
  await run.reaches(22);
  // What Modal's page and `modal app stop` call.
  const session = await run.session();
  await session.terminate(sandbox.facts.id);
  expect(await run.pumped).toBe("over");
  const { state, attemptNumber, remote, job } = await run.view(run.folder);
  expect({ state, attemptNumber, stage: remote?.stage }).toEqual({
    state: "stopped",
    attemptNumber: 0,
    stage: "ended",
  });
  expect(await run.say()).toMatch(
    /^The sandbox was ended on Modal, in its dashboard or by a command, at step \d+ · step \d+\/60/,
  );
  expect(remote?.problem?.hint).toMatch(
    /^It is not started again by itself, so nothing more is paid\. Resume it with finetune resume\. It goes on from step 20\.$/,
  );
  expect(remote?.paid).toMatchObject([{ to: expect.any(Number) }]);
  // Another window, or the next start of the editor, leaves it alone too.
  expect(await run.pump(run.folder)).toBe("over");
  expect(run.fake.count("SandboxCreate")).toBe(1);
  await resumeRun(run.site, run.folder);
  onTestFinished(() => void kill(run.folder));
  await vi.waitFor(async () => expect((await run.view(run.folder)).state).toBe("succeeded"), wait);
  const resumed = await run.view(run.folder);
  expect(resumed.job.started?.resumed_from?.step).toBe(20);
  expect(resumed.job.points.map(({ step }) => step)).toEqual(range(60));
  expect(job.step).toBeGreaterThanOrEqual(22);
}, 60_000);
