/** Logs as people paste them; the trainer's own reader of the table passes the same ones. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { explain } from "../../../../src/core/failures/explain.ts";

const schema = z.object({
  cases: z.array(
    z.strictObject({
      name: z.string(),
      log: z.array(z.string()),
      codes: z.array(z.string()),
      path: z.string().optional(),
      line: z.int().optional(),
      hint: z.array(z.string()).optional(),
      hintNot: z.array(z.string()).optional(),
      capability: z.string().optional(),
    }),
  ),
});
const file = new URL("../../../fixtures/failures/logs.json", import.meta.url);
const { cases } = schema.parse(JSON.parse(readFileSync(file, "utf8")));

/** Failures that people reported, each under its name. */
const REPORTED = "F02 F04 F06 F07 F10 F11 F13 F15 F20 F22 F23 F24 F26 F28 F29".split(" ");

test.each(REPORTED)("%s has its log", (id) => {
  expect(cases.filter(({ name }) => name.startsWith(`${id}: `)).length).toBeGreaterThan(0);
});

describe("logs", () => {
  test.each(cases)("$name", ({ log, codes, path, line, hint = [], hintNot = [], capability }) => {
    const found = explain(log.join("\n"), capability === undefined ? {} : { capability });
    expect(found.map(({ code }) => code)).toEqual(codes);
    const [first] = found;
    if (path !== undefined) expect(first?.path).toBe(path);
    if (line !== undefined) expect(first?.line).toBe(line);
    for (const text of hint) expect(first?.hint).toContain(text);
    for (const text of hintNot) expect(first?.hint).not.toContain(text);
    for (const one of found) expect(one.text).toContain(one.fragment);
  });
});
