/** What people read about their data: one sentence with the place and the way out. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inspect, type InspectOptions } from "../../../../src/core/data/inspect.ts";
import { bytesSource } from "../../../../src/core/data/source.ts";

const rows = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join("\n");
const chat = (...roles: string[]) => ({ messages: roles.map((role) => ({ role, content: role })) });

async function said(content: string | Uint8Array, options: Partial<InspectOptions> = {}): Promise<string[]> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const report = await inspect(bytesSource(bytes), { name: "data/a.jsonl", ...options });
  return report.problems.map(({ line, message }) => (line === null ? message : `${line}: ${message}`));
}

const FILES: [
  name: string,
  content: string | Uint8Array,
  options: Partial<InspectOptions>,
  sentence: string,
][] = [
  ["empty", "", {}, "The file has no rows."],
  [
    "a zip archive",
    Uint8Array.of(0x50, 0x4b, 3, 4),
    {},
    "The file is a zip archive (Excel files are, too): unpack it, or save it as CSV or JSON Lines.",
  ],
  [
    "an image",
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1),
    {},
    "The file is not text, and no data file of a known kind: save the rows as JSON Lines.",
  ],
  [
    "gzip without a way to unpack",
    new Uint8Array(gzipSync("{}")),
    {},
    "The file is gzip, which cannot be unpacked here.",
  ],
  [
    "YAML",
    "instruction: a",
    {},
    '1: Rows of JSON start with { or [, this line starts with "instruction:". Rename the file if it is .csv, .tsv or .txt.',
  ],
  [
    "pretty-printed objects",
    '{\n  "a": 1\n}\n',
    {},
    "1: An object starts here that runs over several lines. Put each row on one line, or all rows into a list [ … ].",
  ],
  ["a broken list", '[{"a":1},\n{"a" 2}]', {}, "2: The list of rows breaks here: expected : at column 6."],
  ["a list that ends early", '[{"a":1},\n{"a":', {}, "2: The list of rows breaks here: it ends without ]."],
  [
    "text after a list",
    '[{"a":1}]\nx',
    {},
    "2: The list of rows breaks here: text after the end of the list.",
  ],
  [
    "unknown columns",
    rows({ frage: "a", antwort: "b" }),
    {},
    "No format fits the columns frage, antwort. Say which is which, for example columns: {prompt: frage, completion: antwort}.",
  ],
  [
    "a format that the rows do not have",
    rows(chat("user", "assistant")),
    { format: "alpaca" },
    "The format alpaca needs instruction and output; the columns are messages. They look like messages: use format: auto.",
  ],
  [
    "a column that is not there",
    rows({ instructions: "a", output: "b" }),
    { columns: { instruction: "instruction" } },
    "No row has the column instruction that columns.instruction names: did you mean instructions?",
  ],
  [
    "a column far from any",
    rows({ a: "a", b: "b" }),
    { columns: { prompt: "question" } },
    "No row has the column question that columns.prompt names: the columns are a, b.",
  ],
  [
    "images",
    rows({ text: "a cat", image: "cat.png" }),
    {},
    "The rows have a column image: training on images, audio or video is not supported yet, only text.",
  ],
];

describe("about a file", () => {
  test.each(FILES)("%s", async (_name, content, options, sentence) => {
    expect(await said(content, options)).toContain(sentence);
  });

  test("an extension that says something else", async () => {
    expect(await said(`[${rows({ text: "a" })}]`)).toEqual([
      "a.jsonl holds a JSON list and is read as such.",
    ]);
    expect(await said(rows({ text: "a" }), { name: "a.csv" })).toEqual([
      "a.csv holds JSON Lines and is read as such.",
    ]);
  });

  test("no usable row: the commonest reason with its place", async () => {
    expect(await said(rows(chat("user"), chat("user"), { messages: [] }))).toContain(
      "None of 3 rows can be used: no message of column messages is from the assistant; nothing to learn (line 1).",
    );
  });

  test("copies", async () => {
    expect(await said(rows({ text: "a b" }, { text: "b" }, { text: " a  b " }))).toEqual([
      "3: 1 row is a copy of an earlier one (white space aside): what occurs twice is learnt twice.",
    ]);
  });

  test("rows that are longer than the limit: how many, and what cutting would lose", async () => {
    const long = { prompt: "a".repeat(4000), completion: "b" };
    const short = { prompt: "a".repeat(399), completion: "b" };
    expect(await said(rows(long, short, { ...short, completion: "c" }), { maxSeqLength: 500 })).toEqual([
      "1 of 3 rows is longer than max_seq_length 500 (the longest ≈ 1,001 tokens); cutting them would lose ≈ 42 % of all tokens.",
    ]);
    expect(await said(rows({ text: "a".repeat(9000) }), { maxSeqLength: 500 })).toEqual([]);
  });
});

const LINES: [name: string, content: string, sentence: string][] = [
  [
    "a trailing comma",
    '{"text":"a"},',
    "1: A comma after the row: lines of JSON are not separated by commas. This row is skipped.",
  ],
  ["half a line", '{"text":"a', "1: The line is not JSON: expected value at column 9. This row is skipped."],
  [
    "an empty answer",
    rows({ instruction: "a", output: " " }),
    "1: Column output is empty. This row is skipped.",
  ],
  [
    "a null column",
    rows({ instruction: "a", output: null }, { instruction: "a", output: "b" }),
    "1: Column output is missing or null. This row is skipped.",
  ],
  [
    "a list for text",
    rows({ instruction: "a", output: ["b"] }),
    "1: Column output is a list where text is expected. This row is skipped.",
  ],
  [
    "numbers",
    rows({ instruction: "a", output: 1 }, { instruction: "b", output: 2 }),
    "1: Column output is a number; it is taken as text. 2 rows like this.",
  ],
  [
    "a foreign role",
    rows(chat("user", "narrator")),
    '1: Message 2 of column messages has the role "narrator"; known are user, assistant, system and tool. This row is skipped.',
  ],
  [
    "a last turn of the user",
    rows(chat("user", "assistant", "user")),
    "1: Column messages goes on after the last answer; what follows is left out.",
  ],
  [
    "roles out of order",
    rows(chat("user", "user", "assistant")),
    "1: User follows user in column messages: some chat templates refuse that.",
  ],
  [
    "a pair of equals",
    rows({ prompt: "a", chosen: "b", rejected: "b" }),
    "1: Column chosen and column rejected are the same.",
  ],
];

describe("about a row", () => {
  test.each(LINES)("%s", async (_name, content, sentence) => {
    expect(await said(content)).toContain(sentence);
  });

  test("bytes that are no UTF-8", async () => {
    const bytes = Uint8Array.of(...Buffer.from(`${rows({ text: "a" })}\n`), 0x7b, 0xe9, 0x7d);
    expect(await said(bytes)).toEqual([
      "2: The line is not UTF-8, perhaps Windows-1252 or Latin-1: save the file as UTF-8. This row is skipped.",
    ]);
  });

  test("a table with a row too short", async () => {
    expect(await said("prompt,completion\na,b\nc\n", { name: "a.csv" })).toEqual([
      "3: 1 field where the header has 2: quote a field that holds , or a line break. This row is skipped.",
    ]);
  });
});

const lengths = async (content: string, maxSeqLength = 100) =>
  (await inspect(bytesSource(new TextEncoder().encode(content)), { name: "a.jsonl", maxSeqLength })).lengths;

describe("lengths", () => {
  test("a token is about four characters; roles do not count", async () => {
    expect(
      await lengths(
        rows({
          messages: [
            { role: "user", content: "abcd" },
            { role: "assistant", content: "efgh1" },
          ],
        }),
      ),
    ).toMatchObject({
      total: 3,
      max: 3,
    });
    expect(await lengths(rows({ input_ids: [1, 2, 3, 4, 5] }))).toMatchObject({ total: 5, p50: 5 });
  });

  test("mean, middle, 95 %, longest, and how they spread", async () => {
    const texts = Array.from({ length: 100 }, (_, index) => ({ text: `${"a".repeat(4 * index + 3)}b` }));
    expect(await lengths(rows(...texts), 90)).toEqual({
      total: 5050,
      mean: 50.5,
      p50: 50,
      p95: 95,
      max: 100,
      histogram: [1, 2, 4, 8, 16, 32, 64, 128].map((upTo) => ({
        upTo,
        rows: upTo === 1 ? 1 : upTo === 128 ? 36 : upTo / 2,
      })),
      over: { limit: 90, rows: 10, tokens: 55 },
    });
  });

  test("long ones are within a fifth of a percent, in constant memory", async () => {
    const found = await lengths(
      rows(...Array.from({ length: 50 }, (_, index) => ({ text: "a".repeat(4 * (100_000 + index)) }))),
    );
    expect(found?.max).toBe(100_049);
    expect(found?.p50).toBeGreaterThan(99_800);
    expect(found?.p50).toBeLessThanOrEqual(100_049);
  });
});
