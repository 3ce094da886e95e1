/** Whatever the bytes are, reading ends, and what it says holds together. */
import * as fc from "fast-check";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isFatal } from "../../../../src/core/data/codes.ts";
import { gunzipWith } from "../../../../src/core/data/gunzip.ts";
import { inspect } from "../../../../src/core/data/inspect.ts";
import type { DatasetReport } from "../../../../src/core/data/report.ts";
import { bytesSource } from "../../../../src/core/data/source.ts";
import { DATA_FORMATS } from "../../../../src/core/run/plan.ts";

const gunzip = gunzipWith(() => new DecompressionStream("gzip"));
const encoder = new TextEncoder();

const NAMES = ["a.jsonl", "a.json", "a.csv", "a.tsv", "a.txt", "a", "a.parquet", "a.jsonl.gz"];
const options = fc.record({
  name: fc.constantFrom(...NAMES),
  format: fc.constantFrom(...DATA_FORMATS),
  maxSeqLength: fc.integer({ min: 1, max: 64 }),
  limit: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
});
type Options = typeof options extends fc.Arbitrary<infer T> ? T : never;

async function read(bytes: Uint8Array, { limit, ...rest }: Options): Promise<DatasetReport> {
  return inspect(bytesSource(bytes), { ...rest, gunzip, ...(limit !== undefined && { limit }) });
}

function holdsTogether(report: DatasetReport, bytes: Uint8Array, lines: number): void {
  expect(report.used).toBeLessThanOrEqual(report.rows);
  expect(report.bytes).toBe(bytes.length);
  expect(report.bytesRead).toBeLessThanOrEqual(bytes.length);
  expect(report.skipped.length).toBeLessThanOrEqual(20);
  if (report.used > 0) expect(report.format).not.toBeNull();
  else expect(report.problems.length).toBeGreaterThan(0);
  if (report.problems.some(({ code }) => isFatal(code))) expect(report.used).toBe(0);
  for (const { line, message } of [...report.problems, ...report.skipped, ...report.notes]) {
    expect(message).toMatch(/\S/);
    if (line === null) continue;
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
  }
}

const linesIn = (bytes: Uint8Array): number => bytes.filter((byte) => byte === 0x0a).length + 1;

/** Rows that are nearly right: what people's files look like. */
const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const key = fc.constantFrom(
  "messages",
  "conversations",
  "instruction",
  "input",
  "output",
  "prompt",
  "completion",
  "chosen",
  "rejected",

  "label",
  "text",
  "role",
  "content",
  "from",
  "value",
  "input_ids",
  "labels",
  "tools",
  "tool_calls",
  "system",
  "user",
);
const { row } = fc.letrec<{ row: unknown; value: unknown; message: unknown }>((tie) => ({
  row: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie("message"), { maxLength: 4 }),
    fc.array(fc.integer(), { maxLength: 3 }),
  ),
  message: fc.oneof(
    fc.record({
      role: fc.constantFrom("user", "assistant", "system", "tool", "human", "gpt", "nobody"),
      content: fc.oneof(scalar, fc.constant([{ type: "text", text: "a" }])),
    }),
    tie("row"),
  ),
}));

describe("any bytes", () => {
  test("random ones", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), options, async (bytes, how) => {
        // UTF-16 and gzip have other line ends than those bytes.
        const lines = Math.max(linesIn(bytes), bytes.length);
        holdsTogether(await read(bytes, how), bytes, lines);
      }),
      { numRuns: 300 },
    );
  });

  test("rows that are nearly right, in lines, as a list, in a table, packed, cut and damaged", async () => {
    const lines = fc.array(row, { minLength: 1, maxLength: 8 });
    const file = fc
      .tuple(
        lines,
        fc.constantFrom("lines", "list", "table", "packed"),
        fc.option(fc.tuple(fc.nat(), fc.nat(255))),
      )
      .map(([rows, shape, damage]) => {
        const text = rows.map((value) => JSON.stringify(value)).join("\n");
        const written = {
          lines: () => encoder.encode(text),
          list: () => encoder.encode(JSON.stringify(rows, null, rows.length % 3)),
          table: () => encoder.encode(`prompt,completion\n${text}`),
          packed: () => new Uint8Array(gzipSync(text)),
        }[shape]();
        if (damage) written[damage[0] % written.length] = damage[1];
        return written;
      });
    await fc.assert(
      fc.asyncProperty(file, options, async (bytes, how) => {
        holdsTogether(await read(bytes, how), bytes, Number.POSITIVE_INFINITY);
      }),
      { numRuns: 300 },
    );
  });

  test("the first part of a file says no more than the whole", async () => {
    const text = fc
      .array(row, { minLength: 3, maxLength: 12 })
      .map((rows) => rows.map((value) => JSON.stringify(value)).join("\n"));
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), async (whole, at) => {
        const bytes = encoder.encode(whole);
        const limit = 1 + (at % bytes.length);
        const part = await inspect(bytesSource(bytes), { name: "a.jsonl", limit });
        const all = await inspect(bytesSource(bytes), { name: "a.jsonl" });
        expect(part.rows).toBeLessThanOrEqual(all.rows);
        expect(part.exact).toBe(limit === bytes.length);
        // A torn last line is no mistake of the file.
        expect(part.problems.map(({ code }) => code)).not.toContain("json-invalid");
      }),
      { numRuns: 300 },
    );
  });
});

describe("memory and time", () => {
  test("a file that never ends a row is read in pieces and told", async () => {
    // 40 MiB without a line end: more than one row may have.
    const size = 40 * 2 ** 20;
    const chunk = new Uint8Array(2 ** 18).fill(0x61);
    chunk[0] = 0x7b;
    let most = 0;
    const source = {
      size,
      read(offset: number, length: number) {
        most = Math.max(most, length);
        return Promise.resolve(chunk.subarray(0, Math.min(length, size - offset)));
      },
    };
    const report = await inspect(source, { name: "a.jsonl" });
    expect(report.problems.map(({ code }) => code)).toContain("row-too-large");
    expect(most).toBeLessThanOrEqual(2 ** 20);
  });

  test("gzip that unpacks to far more than it is stays within the limit", async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(16 * 2 ** 20, `${JSON.stringify({ text: "a" })}\n`)));
    const report = await inspect(bytesSource(bomb), { name: "a.jsonl.gz", limit: 2 ** 20, gunzip });
    expect(report.exact).toBe(false);
    expect(report.rows).toBeLessThan(100_000);
    expect(report.rows).toBeGreaterThan(10_000);
  });

  test("a source that fails is the caller's to tell", async () => {
    const failing = { size: 100, read: () => Promise.reject(new Error("disk")) };
    await expect(inspect(failing, { name: "a.jsonl" })).rejects.toThrow("disk");
    const packed = new Uint8Array(gzipSync(JSON.stringify({ text: "a" }).repeat(100_000)));
    let reads = 0;
    const later = {
      size: packed.length,
      read: (offset: number, length: number) =>
        reads++ < 1
          ? Promise.resolve(packed.subarray(offset, offset + length))
          : Promise.reject(new Error("disk")),
    };
    await expect(inspect(later, { name: "a.jsonl.gz", gunzip })).rejects.toThrow("disk");
  });

  test("reading stops when it is told to", async () => {
    const bytes = encoder.encode(`${JSON.stringify({ text: "a" })}\n`.repeat(100_000));
    const report = await inspect(bytesSource(bytes), { name: "a.jsonl", signal: { aborted: true } });
    expect(report.rows).toBe(0);
    expect(report.exact).toBe(false);
  });
});
