import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { describe as docOf } from "../../../../src/core/config/docs.ts";
import { explain, explainCode } from "../../../../src/core/failures/explain.ts";
import { explainExit } from "../../../../src/core/failures/exit.ts";
import { FAILURES, type FailureRow } from "../../../../src/core/failures/table.ts";
import { PHASES } from "../../../../src/core/run/phase-names.ts";

const texts = z.array(z.string().min(3)).min(1);
const rowSchema = z.strictObject({
  code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  kind: z.enum(["cause", "symptom", "wrapper", "benign", "silent"]),
  phase: z.enum(PHASES),
  any: z.array(z.string().min(4)),
  unit: texts.optional(),
  unless: texts.optional(),
  after: texts.optional(),
  path: z
    .string()
    .regex(/^(model|lora|dataset|training|save|compute)(\.[a-z_0-9]+)*$/)
    .nullable(),
  message: z.string().regex(/\.$/),
  hint: z.string().regex(/\.$/),
  variants: z
    .array(
      z.strictObject({
        when: texts.optional(),
        bf16: z.boolean().optional(),
        message: z.string().optional(),
        hint: z.string().optional(),
        path: z.string().optional(),
      }),
    )
    .optional(),
  set: z.array(z.strictObject({ path: z.string(), value: z.unknown() })).optional(),
  mustNot: texts.optional(),
});

const spoken = FAILURES.filter((row) => row.kind !== "benign" && row.kind !== "silent");
const fragments = spoken.flatMap((row) =>
  row.any.map((fragment): [string, string, FailureRow] => [row.code, fragment, row]),
);

/** A log in which the fragment is the exception, with the frames that the row asks for. */
function logOf(fragment: string, row: FailureRow): string {
  const frames = (row.unit ?? []).slice(0, 1).map((frame) => `  File "x.py", line 1, ${frame}\n    call()\n`);
  return `all is well\nTraceback (most recent call last):\n${frames.join("")}  File "y.py", line 2, in other\n    call()\n${fragment} and more\nbye\n`;
}

describe("table of failures", () => {
  test("each row is well formed", () => {
    for (const row of FAILURES) expect(() => rowSchema.parse(row), row.code).not.toThrow();
    expect(new Set(FAILURES.map((row) => row.code)).size).toBe(FAILURES.length);
  });

  test.each(fragments)("%s is recognised by %j, and nothing else is", (code, fragment, row) => {
    expect(explain(logOf(fragment, row)).map((found) => found.code)).toEqual([code]);
  });

  test("what `after` names exists", () => {
    const codes = FAILURES.map((row) => row.code);
    for (const code of FAILURES.flatMap((row) => row.after ?? [])) expect(codes).toContain(code);
  });

  test("benign lines say nothing, and hide what else is on the line", () => {
    for (const row of FAILURES.filter(({ kind }) => kind === "benign")) {
      for (const fragment of row.any) {
        expect(explain(`${fragment} ${row.unit?.[0] ?? ""} CUDA out of memory`), fragment).toEqual([]);
      }
    }
  });

  test("F31: what leaves no text has words too", () => {
    const silent = FAILURES.filter(({ kind }) => kind === "silent");
    expect(silent.map(({ code }) => code)).toContain("memory-spill");
    for (const { code, any } of silent) {
      expect(any).toEqual([]);
      expect(explainCode(code)).toMatchObject({ code, line: null, fragment: "" });
    }
    expect(explainCode("no-such-code")).toBeUndefined();
  });

  test("changes of the config are edits by path", () => {
    const [found] = explain(logOf("Attempting to unscale FP16 gradients", FAILURES[0] as FailureRow));
    expect(found?.edits).toEqual([{ kind: "set", path: ["model", "dtype"], value: "auto" }]);
  });

  test("config keys that it names exist", () => {
    const words = FAILURES.flatMap(({ message, hint, path, variants = [], set = [] }) => [
      message,
      hint,
      path,
      ...set.map((one) => one.path),
      ...variants.flatMap((one) => [one.message, one.hint, one.path]),
    ]);
    const named =
      words.join("\n").match(/\b(?:model|lora|dataset|training|save|compute)\.[a-z_0-9.]*[a-z0-9]/g) ?? [];
    expect(named.length).toBeGreaterThan(50);
    expect([...new Set(named)].filter((key) => docOf(key) === undefined)).toEqual([]);
  });

  test("a trainer's copy is the same file", () => {
    const copy = new URL("../../../../python/finetune_trainer/failures.json", import.meta.url);
    const table = new URL("../../../../src/core/failures/table.json", import.meta.url);
    expect(readFileSync(copy, "utf8")).toBe(readFileSync(table, "utf8"));
  });
});

describe("exit status", () => {
  test.each([
    [{ code: null, signal: "SIGKILL" }, "killed"],
    [{ code: 137, signal: null }, "killed"],
    [{ code: 139, signal: null }, "segfault"],
    [{ code: 135, signal: null }, "shared-memory"],
    [{ code: null, signal: "SIGILL" }, "illegal-instruction"],
    [{ code: 134, signal: null }, "aborted"],
    [{ code: 1, signal: null }, undefined],
    [{ code: 0, signal: null }, undefined],
    [{ code: null, signal: "SIGTERM" }, undefined],
  ])("%j", (exit, code) => expect(explainExit(exit)?.code).toBe(code));
});
