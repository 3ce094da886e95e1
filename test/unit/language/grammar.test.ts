import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { grammarWords } from "../../../src/language/grammar.ts";

const FILE = "syntaxes/finetune.tmLanguage.json";
const RENEW = "FINETUNE_RENEW=1 npx vitest run test/unit/language/grammar.test.ts";

test("the committed grammar colours the words of the schema", () => {
  const grammar = JSON.parse(readFileSync(FILE, "utf8"));
  const words = grammarWords();
  if (process.env["FINETUNE_RENEW"]) {
    for (const [name, match] of Object.entries(words)) grammar.repository[name].match = match;
    writeFileSync(FILE, `${JSON.stringify(grammar, null, 2)}\n`);
  }
  for (const [name, match] of Object.entries(words)) {
    expect(grammar.repository[name].match, `renew it with ${RENEW}`).toBe(match);
  }
});

test("a word is coloured alone, not inside a name or a path", () => {
  const keys = new RegExp(grammarWords().keys);
  expect(keys.test("lora_alpha")).toBe(true);
  expect(keys.test("my-path")).toBe(false);
  expect(keys.test("data/path")).toBe(false);
  expect(keys.test("lora_alphas")).toBe(false);
});
