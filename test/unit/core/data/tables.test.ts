/** The tables that the trainer's reader shares: well formed, equal on both sides, and each code is produced. */
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { DATA_CODES, isFatal, meaningOf, severityOf } from "../../../../src/core/data/codes.ts";
import { COLUMN_ROLES, FORMAT_RULES, messageRole } from "../../../../src/core/data/formats.ts";
import { inspect, type InspectOptions } from "../../../../src/core/data/inspect.ts";
import { overlap } from "../../../../src/core/data/overlap.ts";
import { bytesSource } from "../../../../src/core/data/source.ts";
import { DATA_FORMATS } from "../../../../src/core/run/plan.ts";

const root = new URL("../../../../", import.meta.url);
const text = (path: string) => readFileSync(new URL(path, root), "utf8");
const names = z.record(z.string(), z.array(z.string().min(1)).min(1));

const entry = z.union([
  z.strictObject({
    scope: z.literal("row"),
    skips: z.boolean(),
    severity: z.enum(["warning", "information"]),
    means: z.string().regex(/\.$/),
  }),
  z.strictObject({
    scope: z.literal("file"),
    fatal: z.boolean(),
    severity: z.enum(["error", "warning", "information"]),
    means: z.string().regex(/\.$/),
  }),
]);

describe("codes", () => {
  test("the table is well formed", () => {
    const { codes } = z
      .object({ codes: z.record(z.string().regex(/^[a-z0-9-]+$/), entry) })
      .parse(JSON.parse(text("src/core/data/codes.json")));
    expect(DATA_CODES).toEqual(Object.keys(codes));
    for (const code of DATA_CODES) {
      expect(severityOf(code)).toBe(codes[code]?.severity);
      expect(meaningOf(code)).toBe(codes[code]?.means);
    }
    expect(DATA_CODES.filter(isFatal)).toContain("file-zip");
  });

  test("each is produced by some file", async () => {
    const produced = new Set([...sharedCodes(), ...(await specialCodes())]);
    expect([...DATA_CODES].filter((code) => !produced.has(code))).toEqual([]);
  });
});

/** Codes that the shared files carry. */
function sharedCodes(): string[] {
  const folder = new URL("test/fixtures/data/", root);
  const place = z.array(z.object({ code: z.string() })).default([]);
  const expected = z.object({ skipped: place, notes: place, problems: place });
  return readdirSync(folder, { withFileTypes: true })
    .filter((found) => found.isDirectory())
    .flatMap(({ name }) => {
      const { skipped, notes, problems } = expected.parse(
        JSON.parse(readFileSync(new URL(`${name}/expected.json`, folder), "utf8")),
      );
      return [...skipped, ...notes, ...problems].map(({ code }) => code);
    });
}

const bytes = (...values: (string | number)[]): Uint8Array =>
  Buffer.concat(values.map((value) => (typeof value === "number" ? Buffer.of(value) : Buffer.from(value))));

/** Codes of files that are too large or too odd to keep, or that the trainer reads where we do not. */
async function specialCodes(): Promise<string[]> {
  const files: [Uint8Array, Partial<InspectOptions>][] = [
    [bytes("PAR1", 0, 0, "PAR1"), {}],
    [bytes("ARROW1", 0, 0), {}],
    [bytes(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0), {}],
    [new Uint8Array(gzipSync("{}")), {}],
    [new Uint8Array(gzipSync("{}")).subarray(0, 12), { gunzip: () => broken() }],
    [bytes(`{"text":"${"a".repeat(2 ** 24)}"}\n{"text":"b"}\n`), {}],
    [bytes(JSON.stringify({ prompt: "a".repeat(400), completion: "b" })), { maxSeqLength: 50 }],
  ];
  const reports = await Promise.all(
    files.map(([content, options]) => inspect(bytesSource(content), { name: "a.jsonl", ...options })),
  );
  const both = overlap(["a", "b"], ["b", "c"]);
  return [...reports.flatMap(({ problems }) => problems.map(({ code }) => code)), both?.code ?? ""];
}

// eslint-disable-next-line require-yield -- it fails before the first bytes
async function* broken(): AsyncGenerator<Uint8Array> {
  throw new TypeError("not gzip");
}

describe("formats", () => {
  test("the table is well formed", () => {
    const table = z
      .strictObject({
        about: z.string(),
        whitespace: z.string().min(5),
        formats: z.array(
          z.strictObject({
            format: z.enum([...DATA_FORMATS, "tokens"]).exclude(["auto"]),
            required: names,
            optional: names,
          }),
        ),
        message: z.strictObject({ role: z.array(z.string()), content: z.array(z.string()) }),
        roles: z.record(z.enum(["system", "user", "assistant", "tool"]), z.array(z.string())),
        media: z.array(z.string()),
      })
      .parse(JSON.parse(text("src/core/data/formats.json")));
    expect(FORMAT_RULES).toEqual(table.formats);
    const aliases = Object.values(table.roles).flat();
    expect(new Set(aliases).size).toBe(aliases.length);
    expect(aliases.every((alias) => alias === alias.toLowerCase())).toBe(true);
  });

  test("every format can be found", () => {
    const found = new Set(FORMAT_RULES.map(({ format }) => format));
    expect(
      DATA_FORMATS.filter((format) => format !== "auto" && format !== "sharegpt" && !found.has(format)),
    ).toEqual([]);
    expect(COLUMN_ROLES).toContain("chosen");
  });

  test("roles by their names", () => {
    expect(["Human", " gpt ", "MODEL", "observation", "developer", "narrator"].map(messageRole)).toEqual([
      "user",
      "assistant",
      "assistant",
      "tool",
      "system",
      undefined,
    ]);
  });

  test("the trainer's copy is the same file", () => {
    expect(text("python/finetune_trainer/data/formats.json")).toBe(text("src/core/data/formats.json"));
  });
});
