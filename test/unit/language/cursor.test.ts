import { describe, expect, it } from "vitest";
import { cursorAt } from "../../../src/language/cursor.ts";
import { marked } from "./marked.ts";

const at = (text: string) => {
  const { text: plain, offset } = marked(text);
  const cursor = cursorAt(plain, offset);
  return cursor && { ...cursor, word: plain.slice(cursor.span.start, cursor.span.end) };
};
/** The short form: what is wanted, where, and the word under the cursor. */
const brief = (text: string) => {
  const cursor = at(text);
  return cursor && `${cursor.want} ${["$", ...cursor.path].join(".")} "${cursor.word}"`;
};

describe("block style", () => {
  it.each([
    ["|", 'key $ ""'],
    ["mo|", 'key $ "mo"'],
    ["name: a\n|\nmodel:\n  name: b\n", 'key $ ""'],
    ["model:\n  |\n", 'key $.model ""'],
    ["model:\n  na|\nlora:\n  r: 1\n", 'key $.model "na"'],
    ["model:\n  na|me: b\n", 'key $.model "name"'],
    ["lora:\n  r: 16\n  l|\n  bias: none\n", 'key $.lora "l"'],
    ["model: |\n", 'value $.model ""'],
    ["model:|\n", 'value $.model ""'],
    ["model:\n  dtype: a|\n  name: b\n", 'value $.model.dtype "a"'],
    ["model:\n  dtype: a|uto # comment\n", 'value $.model.dtype "auto"'],
    ["dataset:\n  - |\n", 'either $.dataset.0 ""'],
    ["dataset:\n  - path: a\n  - p|\n", 'either $.dataset.1 "p"'],
    ["dataset:\n  - path: a\n    f|\n", 'key $.dataset.0 "f"'],
    ["dataset:\n- path: |\n", 'value $.dataset.0.path ""'],
    ["lora:\n  target_modules:\n    - q_proj\n    - k|\n", 'either $.lora.target_modules.1 "k"'],
    ["training:\n  eval_strategy: steps\n\n\n  |\n", 'key $.training ""'],
  ])("%j", (text, expected) => {
    expect(brief(text)).toBe(expected);
    expect(brief(text.replaceAll("\n", "\r\n"))).toBe(expected);
  });
});

describe("flow style and quotes", () => {
  it.each([
    ["lora: {|}\n", 'key $.lora ""'],
    ["lora: {r: 16, |}\n", 'key $.lora ""'],
    ["lora: {r: 16, l|\n", 'key $.lora "l"'],
    ["lora: {r: |}\n", 'value $.lora.r ""'],
    ["lora: {bias: no|, r: 16}\n", 'value $.lora.bias "no"'],
    ["lora: {target_modules: [q_proj, |]}\n", 'value $.lora.target_modules.1 ""'],
    ["lora:\n  target_modules: [|\n  r: 16\n", 'value $.lora.target_modules.0 ""'],
    ["lora:\n  target_modules: [\n    q_proj,\n    k|\n  ]\n", 'either $.lora.target_modules.1 "k"'],
    ['dataset: "data/|"\n', 'value $.dataset "data/"'],
    ["dataset:\n  path: 'data/s|\nlora:\n  r: 16\n", 'value $.dataset.path "data/s"'],
    ['model: {name: "unsl|oth"}\n', 'value $.model.name "unsloth"'],
    ["{model: {n|}}", 'key $.model "n"'],
  ])("%j", (text, expected) => expect(brief(text)).toBe(expected));

  it("knows the quotes", () => {
    expect(at('dataset: "a|"\n')?.quote).toBe('"');
    expect(at("dataset: 'a|'\n")?.quote).toBe("'");
    expect(at("dataset: a|\n")?.quote).toBe("");
  });
});

describe("nothing to complete", () => {
  it.each([
    "# a comment |\n",
    "lora: # com|ment\n",
    "dataset:\n  system_message: |-\n    You are\n    he¦lp\n",
    "lora:\n  r: 16\n      to¦o deep\n",
  ])("%j", (text) => {
    const offset = Math.max(text.indexOf("¦"), 0) || text.indexOf("|");
    const mark = text.includes("¦") ? "¦" : "|";
    expect(cursorAt(text.replace(mark, ""), offset)).toBeNull();
  });
});

describe("what is there already", () => {
  it("sees the keys of the same map, not the one being typed", () => {
    expect(at("lora:\n  r: 16\n  lo|\n  bias: none\n")?.present).toEqual(["r", "bias"]);
    expect(at("lora:\n  r|: 16\n  bias: none\n")?.present).toEqual(["bias"]);
    expect(at("lora: {r: 16, |}\n")?.present).toEqual(["r"]);
    expect(at("save:\n  - method: gguf\n    q|\n  - method: merged_16bit\n")?.present).toEqual(["method"]);
  });
  it("sees the sections of the whole file", () => {
    expect(at("name: a\n|\nmodel:\n  name: b\nlora: {r: 1}\n")?.present).toEqual(["name", "model", "lora"]);
    expect(at("name: a\nmod|el:\n  name: b\nlora: {r: 1}\n")?.present).toEqual(["name", "lora"]);
  });
  it("sees the items of the same list", () => {
    expect(at("lora:\n  target_modules: [q_proj, |, v_proj]\n")?.items).toEqual(["q_proj", "v_proj"]);
    expect(at("lora:\n  target_modules:\n    - q_proj\n    - |\n")?.items).toEqual(["q_proj"]);
  });
  it("knows whether the key has its colon", () => {
    expect(at("lora:\n  r|: 16\n")?.colon).toBe(true);
    expect(at("lora:\n  r|\n")?.colon).toBe(false);
    expect(at("lora: {r|}\n")?.colon).toBe(false);
  });
});

describe("a line that is indented wrongly", () => {
  const file = "model:\n  name: a\ntraining:\n    max_steps: 6\n";
  it.each([
    [`${file}  |`, "training", 4],
    [`${file}      |`, "training", 4],
    ["training:\n|\n  max_steps: 6\n", "training", 2],
    ["training:\n     |\n  max_steps: 6\n", "training", 2],
  ])("%j moves", (text, section, column) => {
    const cursor = at(text);
    expect(cursor?.path).toEqual([section]);
    expect(cursor?.indent).toBe(column);
    expect(cursor?.reindent).not.toBeNull();
  });
  it("stays where it is good", () => {
    expect(at(`${file}    |`)?.reindent).toBeNull();
    expect(at(`${file}|`)?.path).toEqual([]);
  });
});

it("is not disturbed by mistakes in other sections", () => {
  expect(brief('model:\n  name: "open\nlora:\n  r: [16\ntraining:\n  op|\n')).toBe('key $.training "op"');
});
