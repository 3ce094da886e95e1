import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HINT_KINDS, readSettings } from "../../../src/language/settings.ts";

test("everything is on where nothing is set", () => {
  const settings = readSettings(null);
  expect(Object.values(settings.hints)).toEqual(HINT_KINDS.map(() => true));
  expect(settings.lens).toBe(true);
  expect(settings.severities).toEqual({});
});

test("what is not as it should be counts as not set", () => {
  const settings = readSettings({
    lens: "no",
    hints: { memory: false, batch: 0 },
    diagnostics: { severity: { "adamw-32bit": "off", "vram-tight": "loud", "full-lr": 3 } },
  });
  expect(settings.lens).toBe(true);
  expect(settings.hints.memory).toBe(false);
  expect(settings.hints.batch).toBe(true);
  expect(settings.severities).toEqual({ "adamw-32bit": "off" });
  expect(readSettings({ diagnostics: "off", hints: null }).severities).toEqual({});
});

test("package.json offers each setting that is read", () => {
  const { contributes } = JSON.parse(readFileSync("package.json", "utf8"));
  const offered = Object.keys(contributes.configuration.properties);
  const read = ["lens", "diagnostics.severity", ...HINT_KINDS.map((kind) => `hints.${kind}`)];
  expect(offered).toEqual(expect.arrayContaining(read.map((key) => `finetune.${key}`)));
});
