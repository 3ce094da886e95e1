import { expect, test } from "vitest";
import { ALL_KEYS, keyAt, ROOT } from "../../../../src/core/config/keys.ts";
import { REFUSED } from "../../../../src/core/config/refused.ts";
import { RENAMED } from "../../../../src/core/config/renamed.ts";
import { isSecretKey, secretShape, shown } from "../../../../src/core/config/secrets.ts";
import { dotted } from "../../../../src/core/config/value.ts";
import { completed, validateText } from "./whole-file.ts";

test("every new name of the table is a key, and no old name of the top is one", () => {
  const targets = Object.values(RENAMED).flatMap(({ to }) => (to === null ? [] : [to]));
  expect(targets.length).toBeGreaterThan(120);
  expect(targets.filter((path) => keyAt(path) === undefined)).toEqual([]);
  expect(Object.keys(RENAMED).filter((name) => ROOT.children?.has(name))).toEqual([]);
});

test("what has no new name says why", () => {
  expect(Object.entries(RENAMED).filter(([, { to, why }]) => to === null && !why)).toEqual([]);
});

test("a name is renamed or refused, not both", () => {
  expect(Object.keys(REFUSED).filter((name) => Object.hasOwn(RENAMED, name))).toEqual([]);
});

test.each(Object.entries(REFUSED))("%s is refused with its reason", (name, reason) => {
  // The one refused name that is a key in other sections.
  const section = name === "loss_type" ? "training" : "model: {name: a/b}\nlora";
  const { problems } = validateText(completed(`${section}: {${name}: 1}`));
  const problem = problems.find(({ path }) => path.at(-1) === name);
  expect([problem?.code, problem?.message]).toEqual(["refused-key", `${name} is not taken: ${reason}.`]);
});

test("every key in a wrong section is told where it belongs", () => {
  const plain = ALL_KEYS.filter(
    (key) => key.path.split(".").length === 2 && !key.path.startsWith("eval_dataset"),
  );
  expect(plain.length).toBeGreaterThan(80);
  for (const { name, path } of plain) {
    const home = path.split(".")[0];
    const other = home === "lora" ? "compute" : "lora";
    if (keyAt(`${other}.${name}`) !== undefined || Object.hasOwn(REFUSED, name)) continue;
    const { problems } = validateText(completed(`${other}: {${name}: 1}`));
    const found = problems.find((problem) => dotted(problem.path) === `${other}.${name}`);
    expect([name, found?.code]).toEqual([name, "wrong-section"]);
  }
});

test.each([
  ["hf_abcdefghijklmnopqrstuv", true],
  ["sk-proj-abcdefghijklmnopqrstuv", true],
  ["ghp_abcdefghijklmnopqrstuvwxyz0123456789", true],
  ["ak-abcdefghijklmnopqrstuv", true],
  ["https://me:secret@example.org/x.jsonl", true],
  ["unsloth/Llama-3.2-1B-Instruct", false],
  ["as-soon-as-possible", false],
  ["risk-free-trade-of-assets", false],
  ["hf_short", false],
  ["task-classification-of-support-messages", false],
])("%s is a secret by its shape: %s", (text, is) => {
  expect(secretShape(text) !== undefined).toBe(is);
  expect(shown(text).includes(text.slice(0, 12))).toBe(!is);
});

test.each([
  ["token", true],
  ["hf_token", true],
  ["HF_TOKEN", true],
  ["wandb_api_key", true],
  ["apikey", true],
  ["modal_token_secret", true],
  ["password", true],
  ["eos_token", false],
  ["pad_token", false],
  ["max_new_tokens", false],
  ["tokens", false],
  ["tokenizer", false],
  ["secrets", false],
  ["monkey", false],
])("the key %s holds a secret: %s", (name, is) => expect(isSecretKey(name)).toBe(is));
