import { expect, test } from "vitest";
import { diagnostics } from "../../../src/language/diagnostics.ts";
import { quietly, wordAround } from "../../../src/language/quiet.ts";
import { analysed, places } from "./analysed.ts";
import { marked } from "./marked.ts";

const GOOD = "model: unsloth/Llama-3.2-1B-Instruct\ndataset: org/rows\n";

/** Every diagnostic as its code and the text under it. */
function shown(text: string, files: Record<string, string> = {}) {
  const analysis = analysed(text, { files });
  return diagnostics(analysis, places).map((each) => ({
    ...each,
    text: analysis.document.getText(each.range),
  }));
}

test("the range is the word that is wrong", () => {
  const found = shown(`${GOOD}training:\n  learning_rte: 2e-4\n  seed: "abc"\nlora: {r: -1}\n`);
  const byCode = Object.fromEntries(found.map(({ code, text }) => [String(code), text]));
  expect(byCode["unknown-key"]).toBe("learning_rte");
  expect(byCode["wrong-type"]).toBe('"abc"');
  expect(Object.values(byCode)).toContain("-1");
});

test("the code leads to its page", () => {
  const [first] = shown(`${GOOD}nonsense: 1\n`);
  expect(first?.codeDescription?.href).toBe("docs:diagnostics.md#unknown-key");
  expect(first?.source).toBe("finetune");
});

test("a mistake in an extended file is shown where that file is named, and leads there", () => {
  const base = "lora:\n  rr: 8\n";
  const [problem] = shown(`${GOOD}extends: base.finetune.yaml\n`, { "/w/base.finetune.yaml": base });
  expect(problem?.text).toBe("base.finetune.yaml");
  expect(problem?.relatedInformation?.[0]?.location).toEqual({
    uri: "file:///w/base.finetune.yaml",
    range: { start: { line: 1, character: 2 }, end: { line: 1, character: 4 } },
  });
});

test("an old name is struck through, a line without effect is faded", () => {
  const found = shown(`${GOOD}training:\n  warmup_ratio: 0.1\n  logging_dir: logs\n  max_steps: 60\n`);
  const tags = Object.fromEntries(found.map(({ text, tags: each }) => [text, each]));
  expect(tags["warmup_ratio"]).toEqual([2]);
  expect(tags["logging_dir"]).toEqual([1]);
});

test("severities follow the settings", () => {
  const text = `${GOOD}training:\n  optim: adamw_torch\n  max_steps: 60\n`;
  expect(diagnostics(analysed(text), places).map(({ code }) => code)).toContain("adamw-32bit");
  const off = analysed(text, { severities: { "adamw-32bit": "off" } });
  expect(diagnostics(off, places).map(({ code }) => code)).not.toContain("adamw-32bit");
  const loud = analysed(text, { severities: { "adamw-32bit": "error" } });
  expect(diagnostics(loud, places).find(({ code }) => code === "adamw-32bit")?.severity).toBe(1);
});

test("every range lies in the document, whatever the text", () => {
  for (const text of [
    "",
    "\t",
    "a",
    "- x",
    "a: &x *x",
    "a: [",
    "'",
    "{}",
    "model: |\n\r\n",
    "💥: 💥\r\n🦥",
  ]) {
    for (const { range } of shown(text)) {
      const lines = text.split(/\r\n|\n|\r/);
      expect(range.end.line).toBeLessThan(lines.length);
      expect(range.end.character).toBeLessThanOrEqual((lines[range.end.line] ?? "").length);
    }
  }
});

test("nothing is said about the word that is typed, but about all others", () => {
  const { text, offset } = marked("lora:\n  rankk|: 1\n  alpa: 2\n");
  expect(wordAround(text, offset)).toEqual({ start: 8, end: 13 });
  const problems = [
    { name: "here", start: 8, end: 13 },
    { name: "there", start: 19, end: 23 },
    { name: "all around", start: 0, end: 200 },
  ];
  const names = (typing: number | null) =>
    quietly(problems, (span) => span, text, typing).map(({ name }) => name);
  expect(names(offset)).toEqual(["there", "all around"]);
  expect(names(null)).toEqual(["here", "there", "all around"]);
});
