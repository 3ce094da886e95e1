import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EDITOR_BYTES } from "../../../src/core/data/inspect.ts";
import { bytesSource } from "../../../src/core/data/source.ts";
import { readDataset } from "../../../src/server/dataset-facts.ts";

const line = (index: number) =>
  `${JSON.stringify({ instruction: `Question ${index} ${"and more words ".repeat(8)}`, output: `Answer ${index}` })}\n`;
const text = Array.from({ length: 20_000 }, (_, index) => line(index)).join("");
const bytes = new TextEncoder().encode(text);

describe("what the editor knows of a data file", () => {
  test("of a large one the first part, its rows are about", async () => {
    const fact = await readDataset(bytesSource(bytes), "a.jsonl", 7, {});
    expect(bytes.length).toBeGreaterThan(2 * EDITOR_BYTES);
    expect(fact).toMatchObject({
      format: "alpaca",
      exact: false,
      mtime: 7,
      bytes: bytes.length,
      problems: [],
    });
    expect(Math.abs((fact?.rows ?? 0) - 20_000)).toBeLessThan(400);
    expect(fact?.preview?.[0]?.turns.map(({ speaker }) => speaker)).toEqual(["user", "assistant"]);
  });

  test("of a packed one too", async () => {
    const packed = new Uint8Array(gzipSync(text.slice(0, 100_000)));
    const fact = await readDataset(bytesSource(packed), "a.jsonl.gz", 7, {});
    expect(fact).toMatchObject({ format: "alpaca", exact: true });
    expect(fact?.problems.map(({ code }) => code)).toEqual(["json-invalid"]);
  });

  test("of a large packed one the rows are about right", async () => {
    const noise = (index: number) => ((index * 2_654_435_761) >>> 0).toString(36);
    const rows = Array.from({ length: 60_000 }, (_, index) => line(index).replace("and", noise(index)));
    const packed = new Uint8Array(gzipSync(rows.join("")));
    const fact = await readDataset(bytesSource(packed), "a.jsonl.gz", 7, {});
    expect(fact?.exact).toBe(false);
    expect(Math.abs((fact?.rows ?? 0) - 60_000)).toBeLessThan(20_000);
  });

  test("the wishes of the config count", async () => {
    const fact = await readDataset(bytesSource(bytes), "a.jsonl", 7, {
      format: "text",
      columns: { text: "output" },
    });
    expect(fact).toMatchObject({ format: "text" });
  });

  test("a source that fails leaves it unknown", async () => {
    const failing = { size: 10, read: () => Promise.reject(new Error("gone")) };
    expect(await readDataset(failing, "a.jsonl", 7, {})).toBeNull();
  });
});
