import { describe, expect, test } from "vitest";
import { learntTurns, previewOf, type Learnt } from "../../../../src/core/data/preview.ts";
import { previewLines } from "../../../../src/core/data/preview-text.ts";
import type { Row } from "../../../../src/core/data/row.ts";

const chat: Row = {
  messages: [
    { role: "system", content: "Be brief" },
    { role: "user", content: "Which bin is for glass?" },
    { role: "assistant", content: "The green one.", train: false },
    { role: "user", content: "And tins?" },
    { role: "assistant", content: "The yellow one." },
    { role: "user", content: "Paper?" },
    { role: "assistant", content: "Blue." },
  ],
};

const lines = (row: Row, learnt: Learnt = "auto") => previewLines(previewOf(row, 1), learnt);

const marks = (learnt: Learnt) => learntTurns(previewOf(chat, 1), learnt).map(Number).join("");

describe("preview of a row", () => {
  test("a chat: every answer but the excluded one is learnt", () => {
    expect(lines(chat)).toEqual([
      "  system     Be brief",
      "  user       Which bin is for glass?",
      "  assistant  The green one.",
      "  user       And tins?",
      "▌ assistant  The yellow one.",
      "  user       Paper?",
      "▌ assistant  Blue.",
    ]);
  });

  test("only the last answer, or everything", () => {
    expect(marks("last")).toBe("0000001");
    expect(marks(true)).toBe("0000101");
    expect(marks(false)).toBe("1101111");
  });

  test("alpaca, with input", () => {
    expect(lines({ instruction: "Translate", input: "ship", output: "navire" })).toEqual([
      "  user       Translate",
      "",
      "             ship",
      "▌ assistant  navire",
    ]);
  });

  test("a tool call shows exactly what the row has", () => {
    const row: Row = {
      messages: [
        { role: "user", content: "a?" },
        { role: "assistant", content: "", tool_calls: '[{"name":"a"}]' },
      ],
      tools: '[{"name":"a","parameters":{"x":{"type":"int"}}}]',
    };
    expect(lines(row)).toEqual([
      '  tools      [{"name":"a","parameters":{"x":{"type":"int"}}}]',
      "  user       a?",
      '▌ assistant  [{"name":"a"}]',
    ]);
  });

  test("a preference: prompt, chosen and rejected stand apart", () => {
    const row: Row = {
      prompt: [{ role: "user", content: "Name a river" }],
      chosen: [{ role: "assistant", content: "Rhine" }],
      rejected: [{ role: "assistant", content: "Alps" }],
    };
    expect(lines(row)).toEqual(["  user      Name a river", "▌ chosen    Rhine", "▌ rejected  Alps"]);
  });

  test("text, labels, prompts, token ids", () => {
    expect(lines({ text: "one\ntwo" })).toEqual(["▌ text  one", "▌       two"]);
    expect(lines({ prompt: "a", completion: "b", label: false })).toEqual([
      "  prompt      a",
      "▌ completion  b",
      "  label       bad",
    ]);
    expect(lines({ prompt: "2+2?" })).toEqual(["  prompt  2+2?"]);
    expect(lines({ input_ids: [1, 2, 3] })).toEqual(["  tokens  1 2 3"]);
  });

  test("long texts and long chats are cut, long lines folded", () => {
    const folded = lines({ text: "word ".repeat(40).trim() });
    expect(folded).toHaveLength(3);
    expect(Math.max(...folded.map((line) => line.length))).toBeLessThanOrEqual(90);
    expect(lines({ text: "a\n".repeat(100) }).at(-1)).toBe("▌       …");
    const many: Row = { messages: Array.from({ length: 40 }, () => ({ role: "user", content: "x" })) };
    expect(lines(many).at(-1)).toBe("  …     28 more");
    const emoji = previewOf({ text: `${"a".repeat(599)}😀 and more` }, 1).turns[0]?.text;
    expect(emoji).toBe(`${"a".repeat(599)}…`);
  });
});
