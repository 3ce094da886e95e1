import { existsSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { newRemote, type Remote } from "../../../src/core/run/remote.ts";
import { hostIdentity, judge, REGISTRATION_GRACE_MS } from "../../../src/launch/liveness.ts";
import { knownStarts } from "../../../src/launch/known-starts.ts";
import { parseProcStat, processStart, sameStart } from "../../../src/launch/process-start.ts";
import type { AttemptRecord } from "../../../src/launch/run-files.ts";

const me = { host: "laptop", bootId: "boot-1", pidNamespace: "pid:[1]" };
const now = Date.parse("2026-11-25T12:00:00Z");
const record: AttemptRecord = {
  attempt: 0,
  token: "t",
  created: "2026-11-25T11:59:50Z",
  target: "local",
  resume_from: null,
  pid: 42,
  pid_start: "1000",
  boot_id: "boot-1",
  pid_namespace: "pid:[1]",
  host: "laptop",
};
const judged = async (over: Partial<AttemptRecord>, start: string | null = "1000"): Promise<string> =>
  (await judge({ ...record, ...over }, { me, now, startOf: async () => start })).kind;

test("alive: the same process on the same boot", async () => {
  expect(await judged({})).toBe("alive");
});

test("on Modal no process here is the run: its pump says when it is over, and a record may be ahead of it", async () => {
  const known = {
    app: "a",
    environment: null,
    gpu: "L40S",
    volume: "v",
    max_cost_usd: 1,
    planned_attempts: 1,
    allowed_attempts: 3,
  };
  const remote = newRemote(known, now / 1000 - 999);
  const rented = { ...record, target: "modal" as const, attempt: 1, pid: null };
  const kind = async (over: Partial<AttemptRecord>, part: Partial<Remote> | null): Promise<string> =>
    (
      await judge(
        { ...rented, ...over },
        { me, now, startOf: async () => null },
        part === null ? null : { ...remote, ...part },
      )
    ).kind;
  expect(await kind({}, { attempt: 1, stage: "running" })).toBe("alive");
  expect(await kind({}, { attempt: 1, stage: "ended" })).toBe("gone");
  // Just made: the pump has not come to it.
  expect(await kind({}, { attempt: 0, stage: "ended" })).toBe("waiting");
  expect(await kind({}, null)).toBe("waiting");
  const old = new Date(now - 2 * REGISTRATION_GRACE_MS).toISOString();
  expect(await kind({ created: old }, null)).toBe("gone");
  expect(await kind({ attempt: 0 }, { attempt: 1, stage: "running" })).toBe("gone");
});

test("gone: no such process, or the number belongs to another one now", async () => {
  expect(await judged({}, null)).toBe("gone");
  expect(await judged({}, "2000")).toBe("gone");
  expect(await judged({ pid_start: null })).toBe("gone");
  expect(await judged({ failed: "no such file" })).toBe("gone");
});

test.each([{ host: "gpu-box" }, { boot_id: "boot-0" }, { pid_namespace: "pid:[2]" }, { boot_id: null }])(
  "elsewhere, whatever this machine's process 42 is: %o",
  async (over) => {
    expect(await judged(over)).toBe("elsewhere");
    expect(await judged(over, null)).toBe("elsewhere");
  },
);

test("a process that has not said who it is may take its time, but not for ever", async () => {
  expect(await judged({ pid: null })).toBe("waiting");
  const old = new Date(now - REGISTRATION_GRACE_MS - 1).toISOString();
  expect(await judged({ pid: null, created: old })).toBe("gone");
});

test("the start of a real process is known while it lives and null afterwards", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  const start = await processStart(pid);
  expect(start).toMatch(/^\d+$/);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await processStart(pid)).toBeNull();
});

test("field 22 is found behind a program name with spaces and brackets; a zombie has ended", () => {
  const rest = Array.from({ length: 30 }, (_, index) => String(index + 4)).join(" ");
  expect(parseProcStat(`7 (a) b (c) S ${rest}`)).toBe("22");
  expect(parseProcStat(`7 (python3) Z ${rest}`)).toBeNull();
});

test.skipIf(!existsSync("/bin/ps"))(
  "ps tells when a process began, and nothing of one that is gone",
  async () => {
    const begun = Number(await processStart(process.pid, "darwin"));
    expect(Math.abs(begun - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000);
    expect(await processStart(2 ** 22 + 1, "darwin")).toBeNull();
  },
);

test("start times: exact on Linux, within two seconds where only seconds are told", () => {
  expect(sameStart("1000", "1001", "linux")).toBe(false);
  expect(sameStart("1764072000000", "1764072000870", "darwin")).toBe(true);
  expect(sameStart("1764072000000", "1764072009000", "win32")).toBe(false);
});

test("this machine has an identity", async () => {
  expect((await hostIdentity()).host).not.toBe("");
});

test("where asking takes a process, an answer is kept while the process is there, and not for ever", async () => {
  let clock = 0;
  let alive = true;
  const asked: number[] = [];
  const ask = async (pid: number) => `start ${asked.push(pid)}`;
  const startOf = knownStarts(
    "win32",
    ask,
    () => clock,
    () => alive,
  );
  expect([await startOf(7), await startOf(7)]).toEqual(["start 1", "start 1"]);
  clock = 60_000;
  expect(await startOf(7)).toBe("start 2");
  alive = false;
  expect(await startOf(7)).toBeNull();
  alive = true;
  expect(await startOf(7)).toBe("start 3"); // the number is somebody else's now
});
