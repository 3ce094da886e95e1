import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeRun } from "../launch/scratch.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

let terminal: Terminal;
beforeEach(async () => {
  terminal = await openTerminal();
});
afterEach(() => terminal.close());

const LOG = `step 3
Traceback (most recent call last):
  File "trainer.py", line 10, in evaluation_loop
    self.prediction_step()
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB
`;

const CONFIG = `model: smollm2-135m-instruct
dataset: ./a.jsonl
training:
  max_steps: 5
  per_device_eval_batch_size: 8
`;

describe("finetune explain", () => {
  test("cause, place in the log, config line and fix", async () => {
    await terminal.write("output.log", LOG);
    await terminal.write("x.finetune.yaml", CONFIG);
    const { code, out } = await terminal.run("explain", "output.log", "--config", "x.finetune.yaml");
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      "The GPU ran out of memory while evaluating; the training steps themselves fitted.",
      "  found   output.log:5: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB",
      "  config  x.finetune.yaml:5 training.per_device_eval_batch_size",
      expect.stringMatching(/^ {2}do {6}Set training.per_device_eval_batch_size to 1\./),
      "    set training.per_device_eval_batch_size: 1",
      "  [oom-evaluate]",
      "",
    ]);
  });

  test("--json", async () => {
    await terminal.write("output.log", LOG);
    const { out } = await terminal.run("explain", "output.log", "--json");
    expect(JSON.parse(out)).toEqual([
      {
        code: "oom-evaluate",
        phase: "evaluate",
        fragment: "CUDA out of memory",
        line: 5,
        text: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB",
        message: expect.any(String) as string,
        path: "training.per_device_eval_batch_size",
        hint: expect.any(String) as string,
      },
    ]);
  });

  test("nothing known: the last words of the log", async () => {
    await terminal.write("output.log", "all well\nValueError: what nobody knows\nbye\n");
    const { code, out } = await terminal.run("explain", "output.log");
    expect(out).toBe(
      "output.log: no failure that is known here. It ends with: ValueError: what nobody knows\n",
    );
    expect(code).toBe(0);
  });

  test("a log without line ends and of many lines stays small in memory", async () => {
    const bar = " 10%|#  | 1/10\r".repeat(200_000);
    await terminal.write("output.log", `${"fine\n".repeat(50_000)}${bar}RuntimeError: CUDA out of memory\n`);
    const { out } = await terminal.run("explain", "output.log");
    expect(out).toContain("output.log:50001: RuntimeError: CUDA out of memory\n");
  });

  test("a run: its newest log", async () => {
    const folder = await makeRun(terminal.folder);
    await writeFile(join(folder, "output.0.log"), LOG);
    const { code, out } = await terminal.run("explain", "support-triage");
    expect(out).toContain("output.0.log:5: torch.OutOfMemoryError");
    expect(code).toBe(0);
    expect((await terminal.run("explain", folder)).out).toBe(out); // its folder means the run too
    expect(await terminal.run("explain", "no-such-run")).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no run "no-such-run".') as string,
    });
  });

  test("a missing log is told in one sentence", async () => {
    expect(await terminal.run("explain", "none.log")).toMatchObject({
      code: 1,
      err: expect.stringContaining("does not exist") as string,
    });
  });
});
