import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { caught, MISTAKE_CLASSES, mistakesPage } from "./cross-field-classes.ts";
import { completed, validateText } from "./whole-file.ts";

const PAGE = "media/docs/axolotl-checks.md";

test.each(MISTAKE_CLASSES.map((each) => [`${each.topic}: ${each.mistake}`, each] as const))(
  "%s",
  (_, { code, example }) => {
    const whole = code === "model-missing" || code === "dataset-missing" ? example : completed(example);
    const codes = validateText(whole).problems.map((problem) => problem.code);
    if (code !== null) expect(codes).toContain(code);
    // A class that is said to be missed must not be reported by the way: the table would understate.
    else expect(codes.filter((each) => each !== "ddp-effective-batch")).toEqual([]);
  },
);

test("at least nine of ten are caught while typing", () => {
  expect(MISTAKE_CLASSES.length).toBeGreaterThan(90);
  expect(caught() / MISTAKE_CLASSES.length).toBeGreaterThanOrEqual(0.9);
});

// Renew with: FINETUNE_RENEW=1 npx vitest run test/unit/core/config/cross-field-classes.test.ts
test("the page is the generated one", () => {
  if (process.env["FINETUNE_RENEW"]) writeFileSync(PAGE, mistakesPage());
  expect(readFileSync(PAGE, "utf8"), "renew it: see above").toBe(mistakesPage());
});
