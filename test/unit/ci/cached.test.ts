import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cached } from "../../../.ci/setup/cached.mjs";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "finetune-cached-"));
  folder = path.join(scratch, "thing");
});
afterEach(() => rmSync(scratch, { recursive: true }));

const make = (text: string) => (partial: string) => writeFileSync(path.join(partial, "content"), text);
const content = () => readFileSync(path.join(folder, "content"), "utf8");

test("it is made once", async () => {
  await cached(folder, make("first"));
  await cached(folder, make("second"));
  expect(content()).toBe("first");
});

test("what failed leaves nothing behind, and is made the next time", async () => {
  const failing = async (partial: string) => {
    make("half")(partial);
    throw new Error("no space left");
  };
  await expect(cached(folder, failing)).rejects.toThrow("no space left");
  expect(readdirSync(scratch)).toEqual([]);
  await cached(folder, make("whole"));
  expect(content()).toBe("whole");
});

test("a folder without the marker was left half-made and is replaced", async () => {
  mkdirSync(folder);
  writeFileSync(path.join(folder, "old"), "");
  await cached(folder, make("whole"));
  expect(content()).toBe("whole");
  expect(existsSync(path.join(folder, "old"))).toBe(false);
});

test("copies of processes that are gone are removed, those of living ones stay", async () => {
  const { pid: gone } = spawnSync(process.execPath, ["--version"]);
  const living = process.ppid;
  mkdirSync(`${folder}.partial-${gone}`);
  mkdirSync(`${folder}.partial-${living}`);
  await cached(folder, make("whole"));
  expect(readdirSync(scratch).toSorted()).toEqual(["thing", `thing.partial-${living}`]);
});

test("of two that make it at once the first one stays", async () => {
  await cached(folder, async (partial) => {
    make("slow")(partial);
    mkdirSync(folder);
    make("quick")(folder);
    writeFileSync(path.join(folder, ".complete"), "");
  });
  expect(content()).toBe("quick");
});
