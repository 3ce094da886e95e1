import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { connect, failure, never, readAll, start } from "./connect.ts";

const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `{"step": ${index + 1}}\n`).join("");
const steps = (count: number, pause: number): string =>
  `for i in $(seq 1 ${count}); do echo "{\\"step\\": $i}"; sleep ${pause}; done`;

test("a stream cut fifty times loses nothing and tells nothing twice", async () => {
  const { fake, session } = await connect();
  const script = `i=0; until [ -f /job/enough ]; do i=$((i+1)); echo "{\\"step\\": $i}"; sleep 0.01; done`;
  const id = await start(session, script);
  const reading = readAll(session, id);
  for (let cut = 0; cut < 50; cut += 1) {
    // Two streams, begun anew after each cut; with lines on their way.
    const opened = fake.count("SandboxGetLogs");
    const printed = fake.sandbox(id).log.length;
    fake.cut();
    await expect
      .poll(() => fake.count("SandboxGetLogs"), { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(opened);
    await expect.poll(() => fake.sandbox(id).log.length, { interval: 5 }).toBeGreaterThan(printed + 1);
  }
  await session.writeInside(id, "/job/enough", "");
  const text = await reading;
  const lines = text.split("\n").length - 1;
  console.log(`50 cuts: ${lines} lines, ${lines - new Set(text.split("\n")).size + 1} twice`);
  expect(lines).toBeGreaterThan(100);
  expect(text).toBe(numbered(lines));
}, 60_000);

test("a restart of the control plane in mid-stream is not seen", async () => {
  const { fake, session } = await connect();
  const id = await start(session, steps(60, 0.02));
  setTimeout(() => void fake.restart(500), 300);
  expect(await readAll(session, id)).toBe(numbered(60));
});

test("a token that expires in mid-stream is renewed without a lost or doubled character", async () => {
  const { fake, session } = await connect();
  const id = await start(session, `${steps(60, 0.02)}; echo err >&2`);
  setTimeout(() => {
    fake.expireTokens();
    fake.cut();
  }, 400);
  expect(await readAll(session, id)).toBe(numbered(60));
  expect(fake.count("AuthTokenGet")).toBeGreaterThan(1);
});

test("a token that expires between calls, and while a GPU is waited for, is renewed", async () => {
  const { fake, session } = await connect();
  await session.check();
  fake.expireTokens();
  expect(await session.check()).toEqual({ workspace: "test-workspace" });
  fake.hooks.schedule = 1500;
  const creating = start(session, "echo up", { name: "once" });
  // Its id has been told: what is waited for from here on is the machine.
  await expect.poll(() => fake.count("SandboxGetTaskId")).toBeGreaterThan(0);
  fake.expireTokens();
  fake.cut();
  const id = await creating;
  expect(await readAll(session, id)).toBe("up\n");
  expect(fake.count("SandboxCreate")).toBe(1);
});

test("an outage that the SDK cannot bridge says so, and a second reading has everything from the start", async () => {
  const { fake, session } = await connect();
  const id = await start(session, `${steps(20, 0.02)}; sleep 1; echo last`);
  const heard: string[] = [];
  const first = (async () => {
    for await (const { text } of session.logs(id, never())) {
      heard.push(text);
      fake.wire.unplug();
    }
  })();
  expect(await failure(first)).toMatchObject({ code: "modal-unreachable", passing: true });
  expect(heard.length).toBeGreaterThan(0);
  fake.wire.plug();
  expect(await readAll(session, id)).toBe(`${numbered(20)}last\n`);
}, 60_000);

test("thirty thousand lines arrive whole, the two streams apart", async () => {
  const { session } = await connect();
  const script = `seq 1 30000 | sed 's/.*/{"step": &}/'; seq 1 500 >&2`;
  const id = await start(session, script);
  const begun = Date.now();
  const text: Record<1 | 2, string> = { 1: "", 2: "" };
  for await (const item of session.logs(id, never())) text[item.fd] += item.text;
  console.log(
    `30,000 lines in ${Date.now() - begun} ms, heap ${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`,
  );
  expect(text[1]).toBe(numbered(30_000));
  expect(text[2].trimEnd().split("\n")).toHaveLength(500);
});

test("leaving a stream leaves the sandbox running", async () => {
  const { session } = await connect();
  const id = await start(session, "while true; do echo tick; sleep 0.05; done");
  const abort = new AbortController();
  let ticks = 0;
  for await (const { text } of session.logs(id, abort.signal)) {
    ticks += text.length;
    abort.abort();
  }
  expect(ticks).toBeGreaterThan(0);
  expect(await session.outcome(id)).toBeNull();
});

test("a reader that falls asleep misses nothing: the SDK lets go of the stream and takes it up again", async () => {
  process.env["MODAL_SANDBOX_CHANNEL_IDLE_TIMEOUT"] = "0.1";
  onTestFinished(() => void delete process.env["MODAL_SANDBOX_CHANNEL_IDLE_TIMEOUT"]);
  const { fake, session } = await connect();
  const id = await start(session, steps(40, 0.02));
  let text = "";
  for await (const item of session.logs(id, never())) {
    text += item.text;
    if (text.length < 100) await sleep(400);
  }
  expect(text).toBe(numbered(40));
  expect(fake.count("SandboxGetLogs")).toBeGreaterThan(2);
});
