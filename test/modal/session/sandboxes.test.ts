import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { connect, failure, never, readAll, start, wish } from "./connect.ts";

test("a sandbox is asked for with everything that was wished, and its id comes before its machine", async () => {
  const { fake, session } = await connect();
  fake.addSecret("my-secret", { FROM_SECRET: "kept" });
  fake.hooks.schedule = 300;
  const asked = await wish(session, 'echo "$FROM_SECRET $HF_TOKEN $PLAIN $(cat /runs/x)"; exit 3', {
    gpu: "A100-80GB:2",
    cpu: 6,
    memory: 20_000,
    timeoutS: 91,
    region: "us-east",
    name: "run-1.0",
    tags: { "finetune-run": "run-1" },
    env: { PLAIN: "yes" },
    secretNames: ["my-secret"],
    secretValues: { HF_TOKEN: "hf_planted" },
    volumes: { "/runs": "finetune-runs" },
  });
  await session.upload("finetune-runs", [{ from: Buffer.from("file"), to: "x" }], () => undefined, never());
  const early: [string, boolean][] = [];
  const id = await session.createSandbox(
    asked,
    (given) => early.push([given, fake.sandbox(given).scheduled]),
    never(),
  );
  expect(early).toEqual([[id, false]]);
  const { definition, tags } = fake.sandbox(id).facts;
  expect(definition).toMatchObject({
    timeoutSecs: 91,
    name: "run-1.0",
    resources: { milliCpu: 6000, memoryMb: 20_000, gpuConfig: { gpuType: "A100-80GB", count: 2 } },
    schedulerPlacement: { regions: ["us-east"] },
  });
  expect(tags).toMatchObject([{ tagName: "finetune-run", tagValue: "run-1" }]);
  expect(await readAll(session, id)).toBe("kept hf_planted yes file\n");
  expect(await session.outcome(id)).toEqual({ status: "failure", exitCode: 3, message: "" });
});

test.each([
  [1, "success"],
  [2, "failure"],
  [3, "terminated"],
  [4, "timeout"],
  [5, "init_failure"],
  [6, "internal_failure"],
  [7, "idle_timeout"],
  [8, "evicted"],
  [77, "unknown"],
])("the server's status %i is %s, though the exit code says 0", async (status, name) => {
  const { fake, session } = await connect();
  const id = await start(session, "sleep 30");
  expect(await session.outcome(id)).toBeNull();
  fake.sandbox(id).end({ status, exitcode: 0, exception: "no space\nTraceback" });
  await expect.poll(() => session.outcome(id)).toEqual({ status: name, exitCode: 0, message: "no space" });
});

test("a sandbox that dies before its command starts has ended, not failed to be made", async () => {
  const { fake, session } = await connect();
  fake.hooks.dieAtStart = { status: 5, exitcode: 0, exception: "volume could not be mounted" };
  const id = await start(session, "echo never");
  expect(await readAll(session, id)).toBe("");
  expect(await session.outcome(id)).toEqual({
    status: "init_failure",
    exitCode: 0,
    message: "volume could not be mounted",
  });
});

test("cancelling while it waits for a GPU ends the waiting at once, here and there", async () => {
  const { fake, session } = await connect();
  fake.hooks.schedule = "never";
  const abort = new AbortController();
  const asked = await wish(session, "echo", { name: "stuck" });
  const creating = failure(
    session.createSandbox(asked, () => setTimeout(() => abort.abort(), 50), abort.signal),
  );
  const begun = Date.now();
  expect(await creating).toMatchObject({
    code: "modal-cancelled",
    message: expect.stringContaining("cost nothing"),
  });
  console.log(`cancelled after ${Date.now() - begun} ms`);
  await expect.poll(() => fake.named("stuck")?.result?.status).toBe(3);
});

test("cancelling before the server has given an id withdraws what comes later", async () => {
  const { fake, session } = await connect();
  fake.hooks.schedule = "never";
  const abort = new AbortController();
  const asked = await wish(session, "echo", { name: "late" });
  const creating = session.createSandbox(asked, () => expect.unreachable(), abort.signal);
  abort.abort();
  expect(await failure(creating)).toMatchObject({ code: "modal-cancelled" });
  await sleep(300);
  for (const sandbox of fake.state.sandboxes.values()) expect(sandbox.result?.status).toBe(3);
});

test("what lives is found by its tags, with name, tags and age; what is over is not", async () => {
  const { session } = await connect();
  expect(await session.find({ finetune: "1" })).toEqual([]);
  const id = await start(session, "sleep 30", { name: "one", tags: { finetune: "1", "finetune-run": "a" } });
  await start(session, "sleep 30", { name: "two", tags: { finetune: "1", "finetune-run": "b" } });
  const [found, ...more] = await session.find({ finetune: "1", "finetune-run": "a" });
  expect(more).toEqual([]);
  expect(found).toMatchObject({ id, name: "one", tags: { finetune: "1", "finetune-run": "a" } });
  expect(Math.abs((found?.created ?? 0) - Date.now() / 1000)).toBeLessThan(30);
  await session.terminate(id);
  await expect.poll(async () => (await session.find({ "finetune-run": "a" })).length).toBe(0);
  await session.terminate(id); // Twice is no fault.
});

test("a file and a command reach a living sandbox; on a CPU too", async () => {
  const { session } = await connect();
  for (const gpu of ["T4", null]) {
    const id = await start(session, "until [ -f /job/stop ]; do sleep 0.05; done; cat /job/stop", { gpu });
    expect(await session.execInside(id, ["sh", "-c", "echo hello; exit 4"])).toEqual({
      code: 4,
      stdout: "hello\n",
    });
    await session.writeInside(id, "/job/stop", "enough");
    expect(await readAll(session, id)).toBe("enough");
    expect(await session.outcome(id)).toMatchObject({ status: "success", exitCode: 0 });
  }
});

test("terminate is answered and nothing happens: the outcome stays open", async () => {
  const { fake, session } = await connect();
  const id = await start(session, "sleep 30");
  fake.hooks.deafTerminate = true;
  await session.terminate(id);
  await sleep(100);
  expect(await session.outcome(id)).toBeNull();
});
