/** Every case of test/fixtures/data: the trainer's reader passes the same ones. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { isFatal } from "../../../../src/core/data/codes.ts";
import { gunzipWith } from "../../../../src/core/data/gunzip.ts";
import { inspect } from "../../../../src/core/data/inspect.ts";
import type { Row } from "../../../../src/core/data/row.ts";
import { bytesSource } from "../../../../src/core/data/source.ts";
import { DATA_FORMATS } from "../../../../src/core/run/plan.ts";

const root = new URL("../../../fixtures/data/", import.meta.url);
const cases = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), "utf8"));

const caseSchema = z.strictObject({
  about: z.string(),
  file: z.string(),
  format: z.enum(DATA_FORMATS),
  columns: z.record(z.string(), z.string()),
  max_seq_length: z.int(),
});
const place = z.strictObject({ line: z.int().nullable(), code: z.string() });
const expectedSchema = z.union([
  z.strictObject({ fatal: z.literal(true), problems: z.array(place) }),
  z.strictObject({
    format: z.string(),
    roles: z.record(z.string(), z.string()),
    columns: z.array(z.string()),
    encoding: z.string(),
    shape: z.string(),
    rows: z.int(),
    used: z.int(),
    skipped: z.array(place),
    notes: z.array(place),
    problems: z.array(place),
    normalised: z.array(z.unknown()),
  }),
]);

const places = (problems: readonly { line: number | null; code: string }[]) =>
  problems.map(({ line, code }) => ({ line, code }));

describe("shared data files", () => {
  test("there are cases", () => expect(cases.length).toBeGreaterThan(50));

  test.each(cases.map((entry) => entry.name))("%s", async (name) => {
    const config = caseSchema.parse(json(`${name}/case.json`));
    const expected = expectedSchema.parse(json(`${name}/expected.json`));
    const source = bytesSource(readFileSync(new URL(`${name}/${config.file}`, root)));
    const normalised: Row[] = [];
    const report = await inspect(source, {
      name: config.file,
      format: config.format,
      columns: config.columns,
      maxSeqLength: config.max_seq_length,
      gunzip: gunzipWith(() => new DecompressionStream("gzip")),
      onRow: (row) => normalised.push(row),
    });
    if ("fatal" in expected) {
      expect(places(report.problems.filter(({ code }) => isFatal(code)))).toEqual(expected.problems);
      expect(report.used).toBe(0);
      return;
    }
    const aboutFile = report.problems.filter(({ code }) => isAboutFile(code));
    expect({
      format: report.format,
      roles: report.roles,
      columns: report.columns,
      encoding: report.encoding,
      shape: report.shape,
      rows: report.rows,
      used: report.used,
      skipped: places(report.skipped),
      notes: places(report.notes),
      problems: places(aboutFile),
      normalised,
    }).toEqual(expected);
  });
});

const table = z
  .object({
    codes: z.record(z.string(), z.object({ scope: z.enum(["row", "file"]), means: z.string().min(10) })),
  })
  .parse(JSON.parse(readFileSync(new URL("../../../../src/core/data/codes.json", import.meta.url), "utf8")));

const isAboutFile = (code: string) => table.codes[code]?.scope === "file";
