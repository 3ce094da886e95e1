import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toPlan } from "../../../../src/core/config/plan.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { dotted } from "../../../../src/core/config/value.ts";

const read = () => ({ missing: "no such file" });
const files = (folder: string): string[] => readdirSync(`test/fixtures/configs/${folder}`).toSorted();
const check = (folder: string, name: string) => {
  const text = readFileSync(`test/fixtures/configs/${folder}/${name}`, "utf8");
  return { text, ...validate(text, { path: `/project/${name}`, read }) };
};

describe("valid", () => {
  test("the corpus is there", () => expect(files("valid").length).toBeGreaterThanOrEqual(15));

  test.each(files("valid"))("%s has no problem above a hint, and a plan", (name) => {
    const { problems, resolution } = check("valid", name);
    expect(problems.filter(({ severity }) => severity !== "hint")).toEqual([]);
    const config = resolution.config;
    if (config === null) throw new Error("no config");
    const sha = "0".repeat(64);
    const inputs = Object.fromEntries(
      Object.keys(config.locals).map((id) => [id, { bytes: 1, sha256: sha }]),
    );
    // toPlan parses its result with planSchema.
    expect(toPlan(config, inputs, () => sha).version).toBe(1);
  });
});

describe("invalid", () => {
  test("the corpus is there", () => expect(files("invalid").length).toBeGreaterThanOrEqual(150));

  test.each(files("invalid"))("%s has exactly the problems of its first line", (name) => {
    const { text, problems, parsed } = check("invalid", name);
    const expected = /^# expect: (.+)$/m.exec(text)?.[1] ?? "";
    expect(expected).not.toBe("");
    expect(problems.map(({ code, path }) => `${code}@${dotted(path)}`).join(", ")).toBe(expected);
    for (const { span } of problems) {
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeLessThanOrEqual(text.length);
      expect(span.end).toBeGreaterThan(span.start);
      // The first line is the expectation itself: only a missing section is shown there.
      if (!problems.some(({ code }) => /-missing$|^empty/.test(code)))
        expect(parsed.lineAt(span.start)).toBeGreaterThan(1);
    }
  });
});
