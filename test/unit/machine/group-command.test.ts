import { expect, test } from "vitest";
import { processStart } from "../../../src/launch/process-start.ts";
import { runInGroup } from "../../../src/machine/group-command.ts";

const env = { PATH: process.env["PATH"] ?? "" };
const sh = (script: string) => ({ file: "/bin/sh", args: ["-c", script], env: {} });

test.skipIf(process.platform === "win32")("an abort ends what the command has started too", async () => {
  const abort = new AbortController();
  let started = 0;
  const running = runInGroup(sh("sleep 60 & echo $!; wait"), {
    env,
    signal: abort.signal,
    onLine: (line) => {
      started = Number(line);
      abort.abort(new Error("changed my mind"));
    },
  });
  await expect(running).rejects.toThrow("changed my mind");
  expect(started).toBeGreaterThan(1);
  await expect.poll(() => processStart(started)).toBeNull();
});

test("a command that ends by itself: what it said, and whether it failed", async () => {
  const script = "process.stdout.write('out'); process.stderr.write('err'); process.exit(3)";
  const command = { file: process.execPath, args: ["-e", script], env: {} };
  expect(await runInGroup(command, { env })).toMatchObject({ failed: true, stdout: "out", stderr: "err" });
});

test("a program that is not there: the reason stands where its output would", async () => {
  const { failed, all } = await runInGroup({ file: "/nowhere/python", args: [], env: {} }, { env });
  expect(failed).toBe(true);
  expect(all).toContain("ENOENT");
});
