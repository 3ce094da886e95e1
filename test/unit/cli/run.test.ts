import { chmod, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { findExecutable } from "../../../src/launch/executable.ts";
import { listRuns } from "../../../src/launch/runs.ts";
import { stopRun } from "../../../src/launch/start.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

const CONFIG = "model: smollm2-135m-instruct\ndataset: data.jsonl\n";
const wait = { timeout: 15_000, interval: 20 };

/** A terminal in a project, with the counting trainer and an interpreter that has everything. */
async function project(count: Record<string, string> = {}): Promise<Terminal> {
  const python = (await findExecutable("python3")) ?? "python3";
  const modules = join(import.meta.dirname, "..", "launch", "trainer");
  const terminal = await openTerminal({
    ...count,
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    FINETUNE_TRAINER_DIR: modules,
  });
  Object.assign(terminal.env, {
    FINETUNE_DATA_DIR: join(terminal.folder, "data"),
    FINETUNE_CACHE_DIR: join(terminal.folder, "cache"),
    FINETUNE_PYTHON: await complete(terminal, python),
  });
  await terminal.write("support.finetune.yaml", CONFIG);
  await terminal.write("data.jsonl", '{"prompt": "a", "completion": "b"}\n');
  onTestFinished(async () => {
    for (const { folder } of await listRuns(terminal.folder)) await stopRun(folder, "now");
    await terminal.close();
  });
  return terminal;
}

/** Python that says, when it is asked, that it has everything a training imports. */
async function complete(terminal: Terminal, python: string): Promise<string> {
  const path = join(terminal.folder, "python");
  await terminal.write(
    "python",
    `#!/bin/sh\n[ "$2" = -c ] && { echo '${JSON.stringify({
      executable: path,
      version: [3, 12, 0],
      bits: 64,
      environment: true,
      canMake: true,
      pip: true,
      missing: [],
    })}'; exit; }\nexec '${python}' "$@"\n`,
  );
  await chmod(path, 0o755);
  return path;
}

test("run: what is trained, steps as lines, where it lies; then runs and logs know it", async () => {
  const terminal = await project();
  const { code, out, err } = await terminal.run("run", "support.finetune.yaml");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(
    /^support · smollm2-135m-instruct · LoRA r 16 · 1 epoch · ≈ [\d.]+ [GM]B.* · ≈ \d+ (s|min)$/m,
  );
  expect(out).toMatch(/^run \d{8}-\d{6}-support-[0-9a-f]{4}$/m);
  expect(out.match(/^train +\d+\/20 +loss/gm)).toHaveLength(20);
  expect(out).toMatch(/^succeeded +20 steps in 1 s, mean loss 0.50$/m);
  expect(out).toMatch(/^run folder {2}\.finetune\/runs\/\d{8}/m);
  expect((await terminal.run("runs")).out).toMatch(/-support-[0-9a-f]{4} {2}succeeded · loss 0.05/);
  expect((await terminal.run("logs", "support", "-n", "2")).out).toBe("step 19\nstep 20\n");
  const [json] = JSON.parse((await terminal.run("runs", "--json")).out);
  expect(json).toMatchObject({ name: "support", state: "succeeded", step: 20, max_steps: 20, attempt: 0 });
});

test("run --json: lines on stderr, one object on stdout", async () => {
  const terminal = await project({ COUNT_STEPS: "2" });
  const { out, err } = await terminal.run("run", "--json", "support.finetune.yaml");
  expect(JSON.parse(out)).toMatchObject({
    status: "succeeded",
    folder: expect.stringContaining(".finetune"),
  });
  expect(err).toContain("2/2");
});

test("a config with errors: its lines, exit code 1, no run", async () => {
  const terminal = await project();
  await terminal.write("bad.finetune.yaml", `${CONFIG}training:\n  learning_rte: 1\n`);
  const { code, err } = await terminal.run("run", "bad.finetune.yaml");
  expect(code).toBe(1);
  expect(err).toMatch(/^bad\.finetune\.yaml:4:3: error: .*learning_rate.* \[unknown-key\]$/m);
  expect((await terminal.run("runs")).out).toContain("No runs here yet");
  const validated = await terminal.run("validate", "--json", "bad.finetune.yaml");
  expect(validated.code).toBe(1);
  expect(JSON.parse(validated.out)).toContainEqual(
    expect.objectContaining({
      code: "unknown-key",
      severity: "error",
      range: { start: { line: 3, character: 2 }, end: { line: 3, character: 14 } },
      fixes: expect.arrayContaining([expect.objectContaining({ title: "Rename to learning_rate" })]),
    }),
  );
});

test("validate --machine looks beside the config, and only then", async () => {
  const terminal = await project();
  await terminal.write("train.py", "from trl import SFTTrainer\n");
  await terminal.write("huge.py", `from trl import SFTTrainer\n${"#\n".repeat(200_000)}`);
  const { code, out } = await terminal.run("validate", "--machine", "support.finetune.yaml");
  expect(code).toBe(0);
  expect(out).toMatch(
    /hint: Beside this file: train\.py \(a plain TRL training script\)\..*\[training-script-beside\]/,
  );
  expect((await terminal.run("validate", "support.finetune.yaml")).out).toBe(
    "support.finetune.yaml: no problems\n",
  );
});

test("Ctrl-C stops at the next step with a checkpoint; resume goes on to the end", async () => {
  const terminal = await project({ COUNT_STEPS: "40", COUNT_SECONDS: "0.05" });
  const running = terminal.run("run", "support.finetune.yaml");
  await vi.waitFor(
    async () => expect((await listRuns(terminal.folder))[0]?.job.step).toBeGreaterThan(2),
    wait,
  );
  terminal.press();
  const { code, out } = await running;
  expect(code).toBe(0);
  expect(out).toMatch(/stopping at the next step, with a checkpoint/);
  expect(out).toMatch(/^stopped at step \d+; go on with: finetune resume /m);
  const resumed = await terminal.again().run("resume");
  expect(resumed.code).toBe(0);
  expect(resumed.out).toMatch(/^attempt 1 of .*\nresumed +from step \d+$/m);
  expect(resumed.out).toMatch(/^succeeded/m);
});

test("Ctrl-C twice ends a trainer that does not listen", async () => {
  const terminal = await project({ COUNT_DEAF: "1", COUNT_STEPS: "100000" });
  const running = terminal.run("run", "support.finetune.yaml");
  await vi.waitFor(
    async () => expect((await listRuns(terminal.folder))[0]?.job.step).toBeGreaterThan(2),
    wait,
  );
  terminal.press();
  terminal.press();
  const { code, out } = await running;
  expect(code).toBe(0);
  expect(out).toContain("stopping now");
}, 30_000);

test("a crash: exit code 1, the last words, the log, how to go on", async () => {
  const terminal = await project({ COUNT_DIE: "7" });
  const { code, out } = await terminal.run("run", "support.finetune.yaml");
  expect(code).toBe(1);
  expect(out).toMatch(/^crashed at step 6/m);
  expect(out).toMatch(/^log {2}\.finetune.*output\.0\.log$/m);
  expect(out).toMatch(/^go on with: finetune resume /m);
});

test("detached: returns at once; stop and logs -f work on it", async () => {
  const terminal = await project({ COUNT_STEPS: "1000", COUNT_SECONDS: "0.02" });
  expect((await terminal.run("run", "--detach", "support.finetune.yaml")).code).toBe(0);
  const following = terminal.run("logs", "-f");
  expect((await terminal.run("stop", "support")).out).toMatch(/asked to stop at its next step/);
  const { out } = await following;
  expect(out.trimEnd().split("\n").at(-1)).toMatch(/^step \d+$/);
  expect((await terminal.run("stop", "support")).out).toMatch(/has ended already \(stopped\)/);
});

test("delete says what it would free, and does it only with --yes", async () => {
  const terminal = await project({ COUNT_STEPS: "2" });
  await terminal.run("run", "support.finetune.yaml");
  expect((await terminal.run("delete", "support")).out).toMatch(
    /^\S+-support-\S+ would be deleted: \d+ KB\nNothing was deleted yet: add --yes\.\n$/,
  );
  expect(await listRuns(terminal.folder)).toHaveLength(1);
  expect((await terminal.run("delete", "support", "--yes")).out).toMatch(/ deleted: \d+ KB\n$/);
  expect(await listRuns(terminal.folder)).toEqual([]);
});

test("no environment: the sentence and the way out", async () => {
  const terminal = await project();
  Object.assign(terminal.env, { FINETUNE_PYTHON: "", PATH: "" });
  const { code, err } = await terminal.run("run", "support.finetune.yaml");
  expect(code).toBe(1);
  expect(err).toMatch(/No Python environment for training was found/);
  expect(err).toMatch(/Run finetune setup/);
});

test("delete --checkpoints keeps the newest and the best, and says so before", async () => {
  const terminal = await project({ COUNT_STEPS: "20" });
  await terminal.run("run", "support.finetune.yaml");
  const [{ folder } = { folder: "" }] = await listRuns(terminal.folder);
  expect((await terminal.run("delete", "support", "--checkpoints")).out).toMatch(
    /-support-\S+: 3 checkpoints would be deleted: \d+ \S+\nNothing was deleted yet: add --yes\.\n$/,
  );
  expect(await readdir(join(folder, "checkpoints"))).toHaveLength(4);
  expect((await terminal.run("delete", "support", "--checkpoints", "--yes")).out).toMatch(
    /: 3 checkpoints deleted: /,
  );
  expect(await readdir(join(folder, "checkpoints"))).toEqual(["checkpoint-20"]);
  expect((await terminal.run("delete", "support", "--checkpoints", "--yes")).out).toMatch(
    /: 0 checkpoints deleted/,
  );
});

test("run --after: the attempt names the run whose end it waits for", async () => {
  const terminal = await project({ COUNT_STEPS: "2" });
  await terminal.run("run", "support.finetune.yaml");
  const [first] = await listRuns(terminal.folder);
  await terminal.write("later.finetune.yaml", `name: later\n${CONFIG}`);
  expect((await terminal.run("run", "later.finetune.yaml", "--after", "support", "--detach")).code).toBe(0);
  const later = (await listRuns(terminal.folder)).find(({ info }) => info.name === "later");
  expect(later?.attempt?.after).toBe(first?.folder);
  const none = await terminal.run("run", "later.finetune.yaml", "--after", "nobody");
  expect(none.err).toContain('There is no run "nobody".');
});

test("a closed terminal leaves the run alone, unless it was asked to stop it", async () => {
  for (const asked of [false, true]) {
    const terminal = await project({ COUNT_STEPS: "60", COUNT_SECONDS: "0.05" });
    const running = terminal.run("run", "support.finetune.yaml", ...(asked ? ["--stop-when-closed"] : []));
    await vi.waitFor(
      async () => expect((await listRuns(terminal.folder))[0]?.job.step).toBeGreaterThan(1),
      wait,
    );
    await terminal.hangUp();
    await running;
    expect((await listRuns(terminal.folder))[0]?.state).toBe(asked ? "stopped" : "succeeded");
  }
}, 30_000);

test("rerun: the exact plan in a run of its own, whatever the config says now; not with another file", async () => {
  const terminal = await project({ COUNT_STEPS: "2" });
  await terminal.run("run", "support.finetune.yaml");
  const [first] = await listRuns(terminal.folder);
  await terminal.write("support.finetune.yaml", `${CONFIG}training: {learning_rate: 0.1}\n`);
  const { code, out } = await terminal.run("rerun", "support");
  expect(code).toBe(0);
  expect(out).toMatch(/^succeeded/m);
  const runs = await listRuns(terminal.folder);
  expect(runs).toHaveLength(2);
  expect(new Set(runs.map(({ info }) => info.plan_id))).toEqual(new Set([first?.info.plan_id]));
  const copies = runs.map(({ folder, info }) => readFile(join(folder, info.config), "utf8"));
  expect(new Set(await Promise.all(copies))).toEqual(new Set([CONFIG]));
  await terminal.write("data.jsonl", '{"prompt": "a", "completion": "c"}\n');
  const refused = await terminal.run("rerun", "support");
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/^data\.jsonl changed since \S+, so it would be another training\.\n/);
});
