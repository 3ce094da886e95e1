import { expect, onTestFinished, test } from "vitest";
import { verbs } from "../../../src/cli/command-line.ts";
import { openTerminal } from "./terminal.ts";

async function terminal() {
  const opened = await openTerminal();
  onTestFinished(() => opened.close());
  return opened;
}

test("help names every verb; a verb's help shows its options", async () => {
  const { run } = await terminal();
  const { code, out } = await run("help");
  expect(code).toBe(0);
  for (const { name, summary, hidden } of verbs) {
    expect(out.includes(`  ${name} `), name).toBe(hidden !== true);
    expect(out.includes(summary), name).toBe(hidden !== true);
    expect((await run(name, "--help")).out).toMatch(new RegExp(`^finetune ${name}`));
  }
  expect((await run()).code).toBe(2);
});

test.each([
  [["runz"], /no verb "runz"\. Did you mean run/],
  [["valdate"], /Did you mean validate\?/],
  [["xyzzy"], /no verb "xyzzy"\. finetune help/],
  [["run"], /^Name a config\.\nusage: finetune run/],
  [["run", "a", "b"], /^Only one config is taken, but "b" follows/],
  [["run", "--nonsense", "a"], /--nonsense/],
  [["logs", "-n", "many"], /-n takes a whole number, not "many"/],
  [["validate"], /^Name a config/],
  [["validate", "--gpu", "abacus", "x"], /No GPU called "abacus"/],
  [["setup", "--set", "rocm"], /There is no set "rocm": cpu, cu126/],
  [["export", "x", "--method", "onnx"], /There is no method "onnx": merged_16bit/],
  [["chat", "x"], /Give either a question or --rows/],
])("wrong usage is exit code 2 and one sentence: %j", async (args, said) => {
  const { run } = await terminal();
  const { code, out, err } = await run(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(said);
});

test.each([
  [["stop"], /There is no run/],
  [["logs", "gone"], /There is no run "gone"/],
  [["resume", "./here"], /here holds no run/],
  [["validate", "gone.finetune.yaml"], /gone\.finetune\.yaml does not exist/],
])("what is not there is exit code 1 and named: %j", async (args, said) => {
  const { run } = await terminal();
  const { code, err } = await run(...args);
  expect(code).toBe(1);
  expect(err).toMatch(said);
});
