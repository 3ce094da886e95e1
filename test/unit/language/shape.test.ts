import { describe, expect, it, test } from "vitest";
import { definition } from "../../../src/language/definition.ts";
import { folding } from "../../../src/language/folding.ts";
import { highlights } from "../../../src/language/highlights.ts";
import { links } from "../../../src/language/links.ts";
import { symbols } from "../../../src/language/symbols.ts";
import { analysed, uriOf, URI } from "./analysed.ts";
import { marked } from "./marked.ts";

const FILE = `# one
# two
name: a
model:
  name: unsloth/Llama-3.2-1B-Instruct

# about the rows
dataset:
  - path: rows.jsonl
    columns: {
      prompt: q
    }
  - more.csv
save:
  - {method: gguf}
# region later
lora: {r: 8}
# endregion
`;

test("the outline has keys with values, and list items by what tells them apart", () => {
  const { document, parsed } = analysed(FILE);
  const found = symbols(document, parsed);
  expect(found.map(({ name, detail }) => [name, detail])).toEqual([
    ["name", "a"],
    ["model", ""],
    ["dataset", ""],
    ["save", ""],
    ["lora", ""],
  ]);
  expect(found[2]?.children?.map(({ name }) => name)).toEqual(["rows.jsonl", "more.csv"]);
  expect(found[3]?.children?.map(({ name }) => name)).toEqual(["gguf"]);
  for (const { range, selectionRange } of found) {
    expect(document.offsetAt(range.start)).toBeLessThanOrEqual(document.offsetAt(selectionRange.start));
    expect(document.offsetAt(range.end)).toBeGreaterThanOrEqual(document.offsetAt(selectionRange.end));
  }
});

test("the outline shows no secrets", () => {
  const { document, parsed } = analysed("model:\n  name: hf_EXAMPLEONLYEXAMPLEONLYabcd\n  token: abc\n");
  const shown = JSON.stringify(symbols(document, parsed));
  expect(shown).toContain("token");
  expect(shown).not.toMatch(/hf_|abc/);
});

test("sections, items, brackets, comments and regions fold", () => {
  const { document, parsed } = analysed(FILE);
  const lines = FILE.split("\n");
  const found = folding(document, parsed).map(
    ({ startLine, endLine, kind }) =>
      `${lines[startLine]?.trim()} … ${lines[endLine]?.trim()}${kind ? ` (${kind})` : ""}`,
  );
  expect(found).toEqual([
    "# one … # two (comment)",
    "model: … name: unsloth/Llama-3.2-1B-Instruct",
    "dataset: … - more.csv",
    "- path: rows.jsonl … }",
    "columns: { … }",
    "save: … - {method: gguf}",
    "# region later … # endregion (region)",
  ]);
});

const texts = (marker: string) => {
  const { text, offset } = marked(marker);
  const { document, parsed } = analysed(text);
  return highlights(document, parsed, offset).map(({ range }) => document.getText(range));
};

describe("highlights", () => {
  it("marks an anchor with its aliases", () => {
    expect(texts("d: &usual\n  r: 8\nlora:\n  <<: *us|ual\n")).toHaveLength(2);
    expect(texts("d: &us|ual\n  r: 8\nlora:\n  <<: *usual\n")).toHaveLength(2);
  });
  it("marks the same text elsewhere, and no equal numbers or keys", () => {
    expect(texts("columns: {prompt: ques|tion, completion: question}\nquestion: 1\n")).toEqual([
      "question",
      "question",
    ]);
    expect(texts("r: 1|6\nlora_alpha: 16\n")).toEqual([]);
  });
});

describe("definition", () => {
  const files = { "/w/base.finetune.yaml": "lora:\n  r: 8\n" };
  const at = (marker: string) => {
    const { text, offset } = marked(marker);
    return definition(analysed(text, { files }), offset, uriOf);
  };
  it("goes to the file that is extended", () => {
    expect(at("extends: base.fine|tune.yaml\n")).toMatchObject([{ uri: "file:///w/base.finetune.yaml" }]);
  });
  it("goes from a key to what it overrides", () => {
    expect(at("extends: base.finetune.yaml\nlora:\n  r|: 16\n")).toMatchObject([
      { uri: "file:///w/base.finetune.yaml", range: { start: { line: 1, character: 2 } } },
    ]);
  });
  it("goes from an alias to its anchor", () => {
    expect(at("d: &usual\n  r: 8\nlora:\n  <<: *us|ual\n")).toEqual([
      { uri: URI, range: { start: { line: 0, character: 3 }, end: { line: 0, character: 9 } } },
    ]);
  });
  it("goes to the data", () => {
    expect(at("dataset: rows|.jsonl\n")).toMatchObject([{ uri: "file:///w/rows.jsonl" }]);
    expect(at("dataset: org/da|ta\n")).toEqual([]);
  });
});

test("links lead to files that are there, and to the Hub", () => {
  const text =
    "model: unsloth/Llama-3.2-1B-Instruct\nextends: b.finetune.yaml\ndataset:\n  - rows.jsonl\n  - path: gone.jsonl\n  - org/data\n";
  const analysis = analysed(text, {
    files: { "/w/b.finetune.yaml": "lora:\n  r: 8\n" },
    facts: { paths: { "/w/rows.jsonl": "file", "/w/gone.jsonl": "missing", "/w/org/data": "missing" } },
  });
  const found = links(analysis, uriOf).map(({ range, target }) => [analysis.document.getText(range), target]);
  expect(found).toEqual([
    ["b.finetune.yaml", "file:///w/b.finetune.yaml"],
    ["unsloth/Llama-3.2-1B-Instruct", "https://huggingface.co/unsloth/Llama-3.2-1B-Instruct"],
    ["rows.jsonl", "file:///w/rows.jsonl"],
    ["org/data", "https://huggingface.co/datasets/org/data"],
  ]);
});
