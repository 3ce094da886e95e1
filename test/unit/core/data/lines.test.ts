import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_LINE, linesOf, type Line } from "../../../../src/core/data/lines.ts";

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, size: number, cut = false): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const batch of linesOf(inChunks(bytes, size), "utf-8", () => cut)) lines.push(...batch);
  return lines;
}

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("lines", () => {
  test("chunks of any size give the same lines", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "")),
          { maxLength: 20 },
        ),
        fc.integer({ min: 1, max: 40 }),
        async (texts, size) => {
          const bytes = utf8(texts.map((text) => `${text}\n`).join(""));
          const lines = await read(bytes, size);
          // Half surrogate pairs cannot be written as UTF-8.
          const written = texts.map((text) =>
            new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text)),
          );
          expect(lines).toEqual(written.map((text, index) => ({ number: index + 1, text })));
        },
      ),
    );
  });

  test("a last line without its end is a line, unless the file goes on", async () => {
    const bytes = utf8("one\ntwo");
    expect((await read(bytes, 3)).map((line) => line.text)).toEqual(["one", "two"]);
    expect((await read(bytes, 3, true)).map((line) => line.text)).toEqual(["one"]);
    expect(await read(utf8(""), 3)).toEqual([]);
  });

  test("one line that is not UTF-8 costs only itself", async () => {
    const bytes = Uint8Array.of(...utf8("one\n"), 0x47, 0xfc, 0x0a, ...utf8("thrée\n"));
    for (const size of [1, 5, 100]) {
      expect(await read(bytes, size)).toEqual([
        { number: 1, text: "one" },
        { number: 2, text: "", fault: "bytes" },
        { number: 3, text: "thrée" },
      ]);
    }
  });

  test("a line beyond the limit is told and skipped", async () => {
    const long = new Uint8Array(MAX_LINE + 10).fill(0x61);
    const bytes = Uint8Array.of(...utf8("one\n"));
    async function* stream() {
      yield bytes;
      yield long.subarray(0, 1 << 20);
      yield long.subarray(1 << 20);
      yield utf8("\nthree");
    }
    const lines: Line[] = [];
    for await (const batch of linesOf(stream(), "utf-8", () => false)) lines.push(...batch);
    expect(lines).toEqual([
      { number: 1, text: "one" },
      { number: 2, text: "", fault: "size" },
      { number: 3, text: "three" },
    ]);
  });
});
