import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { connect, failure, never, scratch } from "./connect.ts";

const MB = 1024 * 1024;
const quiet = (): void => undefined;

/** 20 MiB and a bit: a block of noise, one that is zeros in its second half, one of zeros alone, an odd end. */
function awkward(): Buffer {
  const data = Buffer.alloc(20 * MB + 5);
  randomBytes(12 * MB).copy(data);
  data[data.length - 1] = 7;
  return Buffer.concat([data.subarray(0, 16 * MB), Buffer.alloc(8 * MB), data.subarray(16 * MB)]);
}

test("a file goes up and comes down byte-equal, zeros and all, and what is there is not sent again", async () => {
  const { fake, session } = await connect();
  const folder = await scratch();
  const data = awkward();
  const file = join(folder, "data.jsonl");
  await writeFile(file, data);
  const progress: number[] = [];
  const up = (to: string) =>
    session.upload("runs", [{ from: file, to }], (done, total) => progress.push(done / total), never());
  await up("inputs/data.jsonl");
  expect((await readFile(join(fake.volume("runs"), "inputs/data.jsonl"))).equals(data)).toBe(true);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  expect([progress[0], progress.at(-1)]).toEqual([0, 1]);
  const sent = fake.blocks.count.put;
  await up("inputs/again.jsonl");
  expect(fake.blocks.count.put).toBe(sent);
  data[9 * MB] = (data[9 * MB] ?? 0) + 1;
  await writeFile(file, data);
  await up("inputs/data.jsonl");
  expect(fake.blocks.count.put).toBe(sent + 1);
  const to = join(folder, "down", "data.jsonl");
  await session.download("runs", "inputs/data.jsonl", to, quiet, never());
  expect((await readFile(to)).equals(data)).toBe(true);
});

test("many small files, an empty one and one with rights go in few requests", async () => {
  const { fake, session } = await connect();
  const files = Array.from({ length: 120 }, (_, index) => ({
    from: Buffer.from(`f${index}`),
    to: `many/${index}`,
  }));
  await session.upload(
    "runs",
    [
      ...files,
      { from: new Uint8Array(), to: "empty" },
      { from: Buffer.from("#!/bin/sh"), to: "run.sh", mode: 0o755 },
    ],
    quiet,
    never(),
  );
  const folder = fake.volume("runs");
  expect(await readFile(join(folder, "many/119"), "utf8")).toBe("f119");
  expect((await stat(join(folder, "empty"))).size).toBe(0);
  expect((await stat(join(folder, "run.sh"))).mode & 0o777).toBe(0o755);
  expect(fake.count("VolumePutFiles2")).toBeLessThanOrEqual(6);
});

test("an upload that was broken off goes on where it stopped", async () => {
  const { fake, session } = await connect();
  const data = randomBytes(64 * MB);
  const abort = new AbortController();
  const first = session.upload(
    "runs",
    [{ from: data, to: "big" }],
    (done) => done > 0 && abort.abort(),
    abort.signal,
  );
  expect(await failure(first)).toMatchObject({ code: "modal-cancelled" });
  await sleep(300); // What was on its way may still arrive.
  const kept = (await readdir(join(fake.state.root, "blocks"))).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(8);
  fake.blocks.count.put = 0;
  await session.upload("runs", [{ from: data, to: "big" }], quiet, never());
  expect(fake.blocks.count.put).toBe(8 - kept);
  expect((await readFile(join(fake.volume("runs"), "big"))).equals(data)).toBe(true);
});

test("a store that fails now and then is asked again; one that stays broken is named", async () => {
  const { fake, session } = await connect();
  fake.hooks.blockFailures = 3;
  await session.upload("runs", [{ from: Buffer.from("abc"), to: "x" }], quiet, never());
  fake.hooks.blockFailures = 3;
  expect(Buffer.from((await session.read("runs", "x", 0, 10)) ?? []).toString()).toBe("abc");
  fake.hooks.blockFailures = 99;
  const failed = await failure(
    session.upload("runs", [{ from: Buffer.from("other"), to: "y" }], quiet, never()),
  );
  expect(failed).toMatchObject({
    code: "modal-store",
    message: expect.stringMatching(
      /^Modal's store of files \(127\.0\.0\.1:\d+\) cannot be reached: it answered with 500\.$/,
    ),
  });
});

test("a file that changes while it is sent is not sent as something else", async () => {
  const { fake, session } = await connect();
  const file = join(await scratch(), "log");
  await writeFile(file, randomBytes(9 * MB));
  fake.hooks.blockDelay = 50;
  const work = session.upload("runs", [{ from: file, to: "log" }], () => void truncate(file, 1000), never());
  expect(await failure(work)).toMatchObject({
    code: "modal-file-changed",
    message: `${file} changed while it was sent to Modal.`,
  });
  expect(existsSync(join(fake.volume("runs"), "log"))).toBe(false);
});

test("a download that was broken off goes on, and starts anew when the file is another one", async () => {
  const { fake, session } = await connect();
  const to = join(await scratch(), "adapter.safetensors");
  const remote = join(fake.volume("runs"), "adapter.safetensors");
  const data = randomBytes(64 * MB + 3);
  await writeFile(remote, data);
  const half = async (): Promise<void> => {
    const abort = new AbortController();
    const work = session.download(
      "runs",
      "adapter.safetensors",
      to,
      (done) => done > 24 * MB && abort.abort(),
      abort.signal,
    );
    expect(await failure(work)).toMatchObject({ code: "modal-cancelled" });
    expect(existsSync(to)).toBe(false);
  };
  await half();
  fake.blocks.count.get = 0;
  await session.download("runs", "adapter.safetensors", to, quiet, never());
  // Nine parts: three at least were there, one of them is looked at again, and the size is asked for.
  expect(fake.blocks.count.get).toBeLessThanOrEqual(7);
  expect((await readFile(to)).equals(data)).toBe(true);
  expect(existsSync(`${to}.part`) || existsSync(`${to}.part.json`)).toBe(false);
  await rm(to);
  await half();
  const other = randomBytes(64 * MB + 3);
  await writeFile(remote, other);
  await session.download("runs", "adapter.safetensors", to, quiet, never());
  expect((await readFile(to)).equals(other)).toBe(true);
});

test.each([true, false])("lists, pieces and removal (calls for files: %s)", async (volumeFiles) => {
  const { fake, session } = await connect();
  fake.hooks.volumeFiles = volumeFiles;
  expect(await session.list("none", "", true)).toEqual([]);
  expect(await session.read("none", "x", 0, 5)).toBeNull();
  await session.remove("none", "x");
  expect(fake.count("SandboxCreateV2")).toBe(0);
  await session.upload(
    "runs",
    [
      { from: Buffer.from("0123456789"), to: "runs/a/log" },
      { from: Buffer.from("{}"), to: "runs/b/plan.json", mode: 0o600 },
    ],
    quiet,
    never(),
  );
  const list = async (path: string, recursive: boolean) =>
    (await session.list("runs", path, recursive))
      .map(({ path: found, kind, bytes }) => `${kind} ${found} ${bytes}`)
      .sort();
  expect(await list("", false)).toEqual(["folder runs 0"]);
  expect(await list("runs", true)).toEqual([
    "file runs/a/log 10",
    "file runs/b/plan.json 2",
    "folder runs/a 0",
    "folder runs/b 0",
  ]);
  expect(await list("runs/nothing", true)).toEqual([]);
  const [entry] = await session.list("runs", "runs/a", false);
  expect(Math.abs((entry?.mtime ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  const piece = async (offset: number, length: number) => {
    const bytes = await session.read("runs", "runs/a/log", offset, length);
    return bytes === null ? null : Buffer.from(bytes).toString();
  };
  expect(await piece(3, 4)).toBe("3456");
  expect(await piece(8, 100)).toBe("89");
  expect(await piece(10, 5)).toBe("");
  expect(await session.read("runs", "runs/a/none", 0, 5)).toBeNull();
  const to = join(await scratch(), "log");
  await session.download("runs", "runs/a/log", to, quiet, never());
  expect(await readFile(to, "utf8")).toBe("0123456789");
  await session.upload("runs", [{ from: Buffer.from("0123456789"), to: "runs/a/log" }], quiet, never());
  await session.remove("runs", "runs/a");
  await session.remove("runs", "runs/a");
  expect(await list("runs", true)).toEqual(["file runs/b/plan.json 2", "folder runs/b 0"]);
  // The small machine is one for all of this, and goes with the session.
  expect(fake.count("SandboxCreateV2")).toBe(volumeFiles ? 0 : 1);
  session.close();
  await expect
    .poll(() => [...fake.state.sandboxes.values()].every(({ result }) => result !== null))
    .toBe(true);
});

test("an empty file comes down too", async () => {
  const { fake, session } = await connect();
  await mkdir(join(fake.volume("runs"), "a"));
  await writeFile(join(fake.volume("runs"), "a/empty"), "");
  const to = join(await scratch(), "empty");
  await session.download("runs", "a/empty", to, quiet, never());
  expect((await stat(to)).size).toBe(0);
});

test("behind a proxy that plain requests do not take, files go by the small machine; else it is said", async () => {
  const { fake, session } = await connect();
  fake.blocks.close();
  const up = () => session.upload("runs", [{ from: Buffer.from("abc"), to: "x" }], quiet, never());
  expect(await failure(up())).toMatchObject({
    code: "modal-store-unreachable",
    message: expect.stringContaining("ECONNREFUSED"),
  });
  process.env["https_proxy"] = "http://127.0.0.1:9";
  onTestFinished(() => void delete process.env["https_proxy"]);
  await up();
  expect(await readFile(join(fake.volume("runs"), "x"), "utf8")).toBe("abc");
});
