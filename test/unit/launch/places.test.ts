import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cacheFolder, dataFolder } from "../../../src/launch/places.ts";
import { knownRoots, rememberRoot, rootOf } from "../../../src/launch/roots.ts";
import { scratch } from "./scratch.ts";

test.each([
  ["linux", {}, "/home/me", "/home/me/.cache/unsloth-finetune", "/home/me/.local/share/unsloth-finetune"],
  [
    "linux",
    { XDG_CACHE_HOME: "/c", XDG_DATA_HOME: "d" },
    "/h",
    "/c/unsloth-finetune",
    "/h/.local/share/unsloth-finetune",
  ],
  ["linux", { FINETUNE_CACHE_DIR: "/c", FINETUNE_DATA_DIR: "/d" }, "/h", "/c", "/d"],
  [
    "linux",
    { FINETUNE_CACHE_DIR: "", FINETUNE_DATA_DIR: "" },
    "/h",
    "/h/.cache/unsloth-finetune",
    "/h/.local/share/unsloth-finetune",
  ],
  [
    "darwin",
    {},
    "/Users/me",
    "/Users/me/Library/Caches/unsloth-finetune",
    "/Users/me/Library/Application Support/unsloth-finetune",
  ],
  [
    "win32",
    { LOCALAPPDATA: "C:\\L" },
    "C:\\me",
    "C:\\L\\unsloth-finetune\\cache",
    "C:\\L\\unsloth-finetune\\data",
  ],
  [
    "win32",
    {},
    "C:\\me",
    "C:\\me\\AppData\\Local\\unsloth-finetune\\cache",
    "C:\\me\\AppData\\Local\\unsloth-finetune\\data",
  ],
] as const)("places on %s with %o", (platform, env, home, cache, data) => {
  expect(cacheFolder({ platform, env, home })).toBe(cache);
  expect(dataFolder({ platform, env, home })).toBe(data);
});

test("the root of a config: .finetune before .git before its own folder, and the override before all", async () => {
  const base = await scratch();
  const config = join(base, "repo", "a", "b", "x.finetune.yaml");
  await mkdir(join(base, "repo", "a", "b"), { recursive: true });
  expect(await rootOf(config)).toBe(join(base, "repo", "a", "b"));
  await mkdir(join(base, "repo", ".git"));
  expect(await rootOf(config)).toBe(join(base, "repo"));
  await mkdir(join(base, "repo", "a", ".finetune"));
  expect(await rootOf(config)).toBe(join(base, "repo", "a"));
  expect(await rootOf(config, join(base, "runs"))).toBe(join(base, "runs"));
});

test("roots are remembered once each, and a torn line hides no other", async () => {
  const data = join(await scratch(), "data");
  expect(await knownRoots(data)).toEqual([]);
  await rememberRoot(data, "/a");
  await appendFile(join(data, "roots.jsonl"), '{"root": "/tor\n');
  await rememberRoot(data, "/b");
  await rememberRoot(data, "/a");
  expect(await knownRoots(data)).toEqual(["/a", "/b"]);
});
