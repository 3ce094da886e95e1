import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { explainCrash, explainLogFile } from "../../../src/launch/explain-log.ts";
import { scratch } from "./scratch.ts";

async function log(text: string): Promise<string> {
  const path = join(await scratch(), "output.0.log");
  await writeFile(path, text);
  return path;
}

const OOM = "RuntimeError: CUDA out of memory\n";

describe("a log file", () => {
  test("only its end is looked into, its lines keep their numbers", async () => {
    const path = await log(`ModuleNotFoundError: No module named 'x'\n${"fine\n".repeat(400_000)}${OOM}bye`);
    expect(await explainLogFile(path, { tail: 1000 })).toMatchObject([{ code: "oom-train", line: 400_002 }]);
    expect(await explainLogFile(path)).toMatchObject([
      { code: "module-missing", line: 1 },
      { code: "oom-train", line: 400_002 },
    ]);
  });

  test("bytes that are no text do no harm", async () => {
    const path = join(await scratch(), "output.0.log");
    await writeFile(
      path,
      Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0x0a, 0xe2, 0x96]), Buffer.from(`\n${OOM}`)]),
    );
    expect(await explainLogFile(path)).toMatchObject([{ code: "oom-train", line: 3 }]);
  });

  test("a missing one is told by the system", async () => {
    await expect(explainLogFile(join(await scratch(), "none.log"))).rejects.toThrow("ENOENT");
  });
});

describe("a process that is gone", () => {
  test("the reason, where the log has one", async () => {
    expect(
      await explainCrash(await log(`${"step\n".repeat(10)}Segmentation fault (core dumped)\n`)),
    ).toMatchObject([{ code: "segfault", line: 11 }]);
  });

  test("else that it went without a word", async () => {
    expect(await explainCrash(await log("step 3\nstep 4\n"))).toMatchObject([{ code: "gone", line: null }]);
    expect(await explainCrash(await log(""))).toMatchObject([{ code: "gone" }]);
  });
});
