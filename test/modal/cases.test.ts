/** What went wrong for people elsewhere, against the fake Modal: one test a case. */
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { dollarsSoFar } from "../../src/core/run/remote-state.ts";
import { readLogTail } from "../../src/launch/log.ts";
import { createAttempt } from "../../src/launch/attempts.ts";
import { outputFile } from "../../src/launch/run-files.ts";
import { wishStop } from "../../src/launch/modal/stop-wish.ts";
import { startRun, stopRun } from "../../src/launch/start.ts";
import { begun, end, range, wait } from "./begun.ts";
import { kill } from "./processes.ts";
import { openRig } from "./rig.ts";
import { eventNumbers, stepsOf } from "./seen.ts";
import { scratch } from "../unit/launch/scratch.ts";

/** With FINETUNE_LONG_TESTS=1 the long cut takes ten minutes. */
const LONG = process.env["FINETUNE_LONG_TESTS"] === "1";

test("M01: a connection that is cut 50 times, once for long, a new control plane, an expired token: never failed, no line lost or doubled", async () => {
  const steps = LONG ? 7000 : 400;
  const run = await begun({ count: { COUNT_STEPS: String(steps), COUNT_SECONDS: LONG ? "0.1" : "0.015" } });
  const states = new Set<string>();
  const told = new Set<string>();
  const look = setInterval(
    () => {
      void run.view(run.folder).then(({ state }) => states.add(state));
      void run.say().then((text) => told.add(text.replace(/ · step .*/, "")));
    },
    LONG ? 2000 : 50,
  );
  await run.reaches(5);
  for (let cut = 0; cut < 50; cut += 1) {
    run.fake.cut();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  run.fake.wire.unplug();
  await vi.waitFor(() => expect([...told]).toContain("not connected, the run continues"), wait);
  if (LONG) await new Promise((resolve) => setTimeout(resolve, 600_000));
  run.fake.wire.plug();
  await run.fake.restart(200);
  run.fake.expireTokens();
  run.fake.cut();
  expect(await run.pumped).toBe("over");
  clearInterval(look);
  const { job, state } = await run.view(run.folder);
  expect(state).toBe("succeeded");
  for (const bad of ["failed", "crashed", "stopped", "interrupted"]) expect([...states]).not.toContain(bad);
  expect(job.points.map(({ step }) => step)).toEqual(range(steps));
  expect(await stepsOf(run.folder, 0)).toEqual(range(steps));
  const numbers = await eventNumbers(run.folder);
  expect(numbers).toEqual(numbers.map((_, index) => `0.${index}`));
  console.log(`50 cuts${LONG ? ", one of 10 minutes" : ""}: ${numbers.length} events once`);
}, 900_000);

test("a token that is taken back is no end of the run: the next one with a good token goes on", async () => {
  const run = await begun({ count: { COUNT_STEPS: "200", COUNT_SECONDS: "0.02" } });
  await run.reaches(3);
  const good = run.fake.state.account;
  Object.assign(run.fake.state, { account: { ...good, tokenSecret: "another" } });
  run.fake.expireTokens();
  run.fake.cut();
  await expect(run.pumped).rejects.toMatchObject({ code: "modal-token" });
  const { state, remote } = await run.view(run.folder);
  expect({ state, stage: remote?.stage, ok: remote?.contact.ok }).toEqual({
    state: "running",
    stage: "running",
    ok: false,
  });
  expect(await run.say()).toMatch(/^not connected, the run continues/);
  Object.assign(run.fake.state, { account: good });
  expect(await run.pump(run.folder)).toBe("over");
  const after = await run.view(run.folder);
  expect(after.state).toBe("succeeded");
  expect(await stepsOf(run.folder, 0)).toEqual(range(200));
}, 60_000);

test("M06: waiting for a GPU is a state of its own, costs nothing, and is cancelled at once", async () => {
  const run = await begun({}, ({ fake }) => void (fake.hooks.schedule = "never"));
  await vi.waitFor(async () => expect(await run.say()).toMatch(/^waiting for an L40S on Modal/), wait);
  await vi.waitFor(async () => expect((await run.view(run.folder)).remote?.sandbox).not.toBeNull(), wait);
  expect((await run.view(run.folder)).state).toBe("queued");
  const asked = Date.now();
  await stopRun(run.folder, "graceful", run.site.modal);
  expect(await run.pumped).toBe("over");
  const took = Date.now() - asked;
  console.log(`cancelled after ${took} ms`);
  expect(took).toBeLessThan(2000);
  const { state, remote } = await run.view(run.folder);
  expect(state).toBe("stopped");
  expect(remote?.paid).toEqual([]);
  expect(remote && dollarsSoFar(remote, Date.now() / 1000)).toBe(0);
  const sandbox = await run.sandbox();
  await vi.waitFor(() => expect(sandbox.result).not.toBeNull(), wait);
}, 30_000);

test("M10: a sandbox that dies at its start is 'died while starting', with the reason, once", async () => {
  const run = await begun({}, ({ fake }) => {
    fake.hooks.dieAtStart = { ...end("init_failure", 1), exception: "volume mount failed" };
  });
  await run.pumped;
  const { state, remote } = await run.view(run.folder);
  expect(state).toBe("failed");
  expect(remote?.problem?.message).toMatch(
    /^The sandbox died while starting, .* and printed nothing \(Modal says: init failure, exit code 1, volume mount failed/,
  );
  expect(run.fake.count("SandboxCreate")).toBe(1);
}, 30_000);

test("M11: a script that fails at its start is not started again", async () => {
  const run = await begun({ count: { COUNT_DIE: "import" } });
  await run.pumped;
  const { state, attemptNumber, remote } = await run.view(run.folder);
  expect({ state, attemptNumber }).toEqual({ state: "crashed", attemptNumber: 0 });
  expect(remote?.stage).toBe("ended");
  expect(run.fake.count("SandboxCreate")).toBe(1);
  const { lines } = await readLogTail(outputFile(run.folder, 0));
  expect(lines.at(-1)).toBe("ModuleNotFoundError: No module named 'a_package_that_is_not_installed'");
}, 30_000);

test("M12: a stop that Modal accepts and does not carry out: still running, costs continue", async () => {
  const run = await begun({ count: { COUNT_STEPS: "10000", COUNT_SECONDS: "0.02" } }, ({ fake }) => {
    fake.hooks.deafTerminate = true;
  });
  await run.reaches(3);
  await wishStop(run.folder, 0, "now");
  await vi.waitFor(
    async () => expect(await run.say()).toMatch(/^Still running on Modal, costs continue/),
    wait,
  );
  const { remote, state } = await run.view(run.folder);
  expect(state).toBe("stopping");
  expect(remote?.problem?.hint).toMatch(
    /https:\/\/modal\.com\/apps, .*modal app stop unsloth-finetune\. The sandbox is sb-/,
  );
  const before = remote && dollarsSoFar(remote, Date.now() / 1000);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(remote && dollarsSoFar(remote, Date.now() / 1000)).toBeGreaterThan(before ?? Infinity);
  run.fake.hooks.deafTerminate = false;
  expect(await run.pumped).toBe("over");
  const after = await run.view(run.folder);
  expect({ state: after.state, problem: after.remote?.problem }).toEqual({ state: "stopped", problem: null });
}, 60_000);

test("M13: a build that fails for reasons outside is tried again, and its log is there while it goes on", async () => {
  const run = await begun({}, ({ fake }) => {
    fake.hooks.buildFailures = [
      {
        lines: ["#2 pulling layer 3"],
        exception: "unexpected status from HEAD request to registry: 500 Internal Server Error",
        times: 2,
      },
    ];
  });
  await run.pumped;
  const { state } = await run.view(run.folder);
  expect(state).toBe("succeeded");
  const { lines } = await readLogTail(outputFile(run.folder, 0));
  expect(lines.filter((line) => line.trim() === "#2 pulling layer 3")).toHaveLength(2);
  expect(lines.filter((line) => / Try [23] of 4 follows /.test(line))).toHaveLength(2);
}, 60_000);

test("M16: cores, memory and whole seconds are always asked for; 30 h are planned as two sandboxes", async () => {
  const rig = await openRig({ modal: "timeout: 90.5", count: { COUNT_STEPS: "2" } });
  const { folder, id } = await rig.prepare();
  await rig.pump(folder);
  const { definition } = rig.fake.named(`${id}.0`)?.facts ?? {};
  expect(definition).toMatchObject({ timeoutSecs: 91, resources: { milliCpu: 4000, memoryMb: 16_384 } });

  const long = await openRig({ modal: "timeout: 24h" });
  const { folder: planned } = await long.prepare(30 * 3600);
  const { remote } = await long.view(planned);
  expect(remote).toMatchObject({ planned_attempts: 2, allowed_attempts: 4 });
}, 30_000);

test("a timeout that nobody wrote leaves room for a long run; one that is written is kept", async () => {
  for (const [modal, hours] of [
    ["max_cost_usd: 500", 24],
    ["max_cost_usd: 500, timeout: 5h", 5],
  ] as const) {
    const rig = await openRig({
      modal,
      count: { COUNT_STEPS: "2" },
      more: "training: {max_steps: 1000000}\n",
    });
    const { folder, plan } = await startRun(rig.site, { config: rig.config });
    onTestFinished(() => void kill(folder));
    expect(plan.compute.modal?.["timeout"]).toBe(`${hours}h`);
    await vi.waitFor(async () => expect((await rig.view(folder)).remote?.stage).toBe("ended"), wait);
    const [sandbox] = rig.fake.state.sandboxes.values();
    expect(sandbox?.facts.definition.timeoutSecs).toBe(hours * 3600);
  }
}, 60_000);

test("two cards are asked for and paid, and one command starts the trainer on both", async () => {
  const rig = await openRig({
    count: { COUNT_STEPS: "2" },
    config: [
      "model: smollm2-135m-instruct",
      "dataset: data.jsonl",
      'compute: {target: modal, modal: {gpu: "A100-80GB:2", image: "me/own:1", cpu: 8, memory: 65536}}',
      "",
    ].join("\n"),
  });
  const { folder, id } = await rig.prepare();
  await rig.pump(folder);
  const { definition } = rig.fake.named(`${id}.0`)?.facts ?? {};
  expect(definition).toMatchObject({
    resources: { gpuConfig: { gpuType: "A100-80GB", count: 2 }, milliCpu: 8000, memoryMb: 65_536 },
  });
  expect(definition?.entrypointArgs.slice(-4, -1)).toEqual(["train", `/finetune/runs/${id}`, "--attempt"]);
  // Two cards, eight cores, 64 GiB by the dated table.
  expect((await rig.view(folder)).remote?.rate?.dollars).toBeCloseTo(
    2 * 0.000694 + 8 * 0.00003942 + 64 * 0.00000667,
  );
}, 30_000);

test("M18: an end within seconds and without a word says all that is known", async () => {
  const silent = join(await scratch(), "silent");
  await writeFile(silent, "#!/bin/sh\nsleep 0.3\nexit 0\n");
  await chmod(silent, 0o755);
  const run = await begun({ python: silent });
  await run.pumped;
  const { state, remote } = await run.view(run.folder);
  expect(state).toBe("failed");
  expect(remote?.problem?.message).toMatch(
    /printed nothing \(Modal says: success, exit code 0, without the mark that the trainer leaves\)\.$/,
  );
  expect(remote?.problem?.hint).toMatch(
    /^It ran python -m finetune_trainer\.container \/finetune\/runs\/.* in the image me\/own:1\..*FINETUNE_MODAL_LOG=debug/,
  );
}, 30_000);

test("the run folder is deleted: the sandbox is not paid for any longer", async () => {
  const run = await begun({ count: { COUNT_STEPS: "100000", COUNT_SECONDS: "0.02" } });
  const sandbox = await run.sandbox();
  await run.reaches(3);
  await rm(run.folder, { recursive: true, force: true, maxRetries: 20 });
  expect(await run.pumped).toBe("replaced");
  await vi.waitFor(() => expect(sandbox.result).not.toBeNull(), wait);
}, 30_000);

test("two resumes at once, and a resume beside a pump that goes on by itself: one attempt", async () => {
  const rig = await openRig();
  const { folder } = await rig.prepare();
  await expect(
    createAttempt(folder, { attempt: 0, resumeFrom: null, target: "modal" }),
  ).rejects.toMatchObject({ code: "attempt-taken" });
  expect(JSON.parse(await readFile(join(folder, "attempts", "0.json"), "utf8"))).toMatchObject({
    target: "modal",
  });
}, 30_000);
