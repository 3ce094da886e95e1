import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { rowHash, splitValue } from "../../../../src/core/data/row-hash.ts";
import type { Row } from "../../../../src/core/data/row.ts";

const file = new URL("../../../fixtures/data/hashes.json", import.meta.url);
const { vectors } = z
  .object({
    // Any JSON hashes; the vectors are rows.
    vectors: z.array(
      z.object({ row: z.custom<Row>(), hash: z.string(), split: z.record(z.string(), z.number()) }),
    ),
  })
  .parse(JSON.parse(readFileSync(file, "utf8")));

describe("row hash", () => {
  test("there are vectors", () => expect(vectors.length).toBeGreaterThan(5));

  test.each(vectors)("vector $hash", ({ row, hash, split }) => {
    expect(rowHash(row)).toBe(hash);
    for (const [seed, value] of Object.entries(split))
      expect(splitValue(hash, Number(seed))).toBeCloseTo(value, 11);
  });

  test("the order of keys does not matter, white space neither, words do", () => {
    expect(rowHash({ prompt: "a", completion: "b" })).toBe(rowHash({ completion: " b\n", prompt: "a" }));
    expect(rowHash({ text: "a b" })).toBe(rowHash({ text: "a \t\n b" }));
    expect(rowHash({ text: "a b" })).not.toBe(rowHash({ text: "ab" }));
  });

  test("a share of the rows lies below that share", () => {
    const hashes = Array.from({ length: 4000 }, (_, index) => rowHash({ text: `row ${index}` }));
    const held = hashes.filter((hash) => splitValue(hash, 3407) < 0.05);
    expect(held.length).toBeGreaterThan(150);
    expect(held.length).toBeLessThan(250);
    expect(hashes.filter((hash) => splitValue(hash, 1) < 0.05)).not.toEqual(held);
  });
});
