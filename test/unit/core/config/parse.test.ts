import { describe, expect, test } from "vitest";
import { LONGEST_CONFIG, parse } from "../../../../src/core/config/parse.ts";
import type { ConfigPath } from "../../../../src/core/config/problem.ts";

/** What one part of a path covers in the text. */
const covered = (text: string, path: ConfigPath, at?: "key" | "value" | "item"): string | undefined => {
  const span = parse(text).spanOf(path, at);
  return span && text.slice(span.start, span.end);
};
/** The position at the `|` of a text. */
const at = (marked: string) => {
  const offset = marked.indexOf("|");
  return parse(marked.slice(0, offset) + marked.slice(offset + 1)).pathAt(offset);
};
const problems = (text: string) => parse(text).problems.map(({ code, message }) => [code, message]);

describe("spanOf", () => {
  const text =
    "# c\nmodel:\n  name: x/y # why\nlora: {r: 8, target_modules: [q, v]}\ndataset:\n  - path: a\n    weight: 2\n\n";
  test.each([
    [["model", "name"], "value", "x/y"],
    [["model", "name"], "key", "name"],
    [["model", "name"], "item", "name: x/y"],
    [["lora", "target_modules", 1], "value", "v"],
    [["lora", "r"], "item", "r: 8"],
    [["dataset", 0, "weight"], "value", "2"],
    [["dataset", 0], "value", "path: a\n    weight: 2"],
    [["dataset"], "key", "dataset"],
    [["model"], "value", "name: x/y # why"],
  ] as const)("%j %s is %j", (path, part, expected) => expect(covered(text, path, part)).toBe(expected));

  test("what the file does not name has no span, and a nearest one", () => {
    expect(covered(text, ["model", "revision"])).toBeUndefined();
    expect(covered(text, ["training", "seed"])).toBeUndefined();
    const parsed = parse(text);
    const near = parsed.nearestSpan(["model", "revision"]);
    expect(text.slice(near.start, near.end)).toBe("model");
    expect(parsed.nearestSpan(["training", "seed"])).toEqual({ start: 0, end: 3 });
  });

  test("an empty value is shown at its key", () => expect(covered("lora:\n", ["lora"])).toBe("lora"));
  test("of equal keys the last one counts", () =>
    expect(parse("a: 1\na: 2\n").spanOf(["a"])).toEqual({ start: 8, end: 9 }));
  test("through aliases and merge keys", () => {
    const anchored = "a: &a {r: 8}\nb: &b\n  <<: *a\n  q: 1\nlora:\n  <<: [*b, {z: 2}]\nm: *a\n";
    expect(covered(anchored, ["lora", "r"])).toBe("8");
    expect(covered(anchored, ["lora", "z"])).toBe("2");
    expect(covered(anchored, ["m", "r"])).toBe("8");
  });
  test("with tabs, offsets are those of the text as written", () => {
    const tabbed = "lora:\n\tr: 16\n\tbias: none\n";
    expect(covered(tabbed, ["lora", "bias"])).toBe("none");
    expect(parse(tabbed).pathAt(tabbed.indexOf("none") + 1)).toEqual({
      path: ["lora", "bias"],
      part: "value",
    });
    expect(parse(tabbed).lineAt(tabbed.indexOf("none"))).toBe(3);
  });
  test("a byte-order mark shifts nothing", () => expect(covered("\uFEFFmodel: x\n", ["model"])).toBe("x"));
});

describe("pathAt", () => {
  test.each([
    ["mod|el:\n  name: x\n", ["model"], "key"],
    ["model:\n  na|me: x\n", ["model", "name"], "key"],
    ["model:\n  name: |x\n", ["model", "name"], "value"],
    ["model:\n  name: x|\n", ["model", "name"], "value"],
    ["model:\n  name:   |   x\n", ["model", "name"], "value"],
    ["lora: {r: 8, |bias: none}\n", ["lora", "bias"], "key"],
    ["lora: {r: 8,| bias: none}\n", ["lora"], "none"],
    ["a:\n  - x\n  - y|\n", ["a", 1], "value"],
    ["a:\n  - p: 1\n    q: |2\n", ["a", 0, "q"], "value"],
    ["|# c\na: 1\n", [], "none"],
  ] as const)("%j", (marked, path, part) => expect(at(marked)).toEqual({ path, part }));
});

describe("values", () => {
  test.each([
    ["x: 2e-4", 0.0002],
    ["x: 1e-4", 0.0001],
    ["x: no", "no"],
    ["x: on", "on"],
    ["x: 010", 10],
    ["x: 0o10", 8],
    ["x: 1_000", "1_000"],
    ["x: 1:30:00", "1:30:00"],
    ["x: 2024-01-01", "2024-01-01"],
    ["x: ~", null],
    ["x: True", true],
    ["x: .5", 0.5],
  ])("%s", (text, value) => expect(parse(`${text}\n`).value).toEqual({ x: value }));

  test("a key named __proto__ is a key", () => {
    const { value } = parse("__proto__: {x: 1}\n");
    expect(Object.hasOwn(value as object, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("faults, each said once", () => {
  test("a tab", () =>
    expect(problems("a:\n\tb: 1\n")).toEqual([["tab-indent", "A tab cannot indent YAML. Use two spaces."]]));
  test("a tab inside a block of text is content", () => {
    const text = "a: |\n  x\n  \ty\n";
    expect(problems(text)).toEqual([]);
    expect(parse(text).value).toEqual({ a: "x\n\ty\n" });
  });
  test("an unclosed bracket names the line below", () => {
    expect(problems("a: {b: 1\nc: 2\n")).toEqual([
      ["yaml-syntax", "A bracket opened before line 2 is not closed. Close it, or indent line 2 below it."],
    ]);
  });
  test("odd indentation", () => {
    expect(problems("a:\n  b: 1\n c: 2\n")).toEqual([
      [
        "yaml-syntax",
        "Line 3 is indented differently from the keys beside it. Keys of one section start in the same column.",
      ],
    ]);
  });
  test("an open quote is shown where it opens", () => {
    const parsed = parse('a: 1\nb: "x\nc: 2\n');
    expect(parsed.problems.map(({ message, span }) => [message, span?.start])).toEqual([
      ["A quote is opened and never closed.", 8],
    ]);
  });
  test("a key without a value", () => {
    expect(problems("a: 1\nb\nc: 2\n")).toEqual([
      ["yaml-syntax", '"b" is a key without a value. Write a colon and a space after it.'],
    ]);
  });
  test("two colons on a line", () => expect(problems("a: b: c\n")[0]?.[1]).toMatch(/needs quotes/));
  test("a reserved character", () =>
    expect(problems("a: @x\n")[0]?.[1]).toBe("A value cannot start with @ unless it is in quotes."));
  test("a list beside its key", () => expect(problems("a: - b\n")[0]?.[1]).toMatch(/own line/));
  test("text without any key", () =>
    expect(problems("foo\nb: 1\n")[0]?.[1]).toMatch(/space after the colon/));
  test("several documents", () => {
    expect(problems("a: 1\n---\nb: 2\n---\nc: 3\n").map(([code]) => code)).toEqual(["several-documents"]);
    expect(parse("a: 1\n---\nb: 2\n").value).toEqual({ a: 1 });
  });
  test("an alias without an anchor; the rest is read", () => {
    expect(problems("a: *x\nb: 1\n")).toEqual([
      ["unresolved-alias", "Nothing above is marked &x. An anchor must be set before *x uses it."],
    ]);
    expect(parse("a: *x\nb: 1\n").value).toEqual({ a: null, b: 1 });
    expect(parse("a: {<<: *x, b: 1}\n").value).toEqual({ a: { b: 1 } });
  });
  test("an alias inside its own value", () => {
    expect(problems("a: &a {b: {c: *a}}\n").map(([code]) => code)).toEqual(["alias-cycle"]);
    expect(parse("a: &a {b: *a}\n").value).toEqual({ a: { b: null } });
  });
  test("a merge key that merges no section", () =>
    expect(problems("a: {<<: 3}\n")[0]?.[1]).toMatch(/<<: \*anchor/));
  test("duplicate keys name the first line", () => {
    expect(problems("a: 1\nb: {c: 1, c: 2}\na: 3\n")).toEqual([
      [
        "duplicate-key",
        "c is already set on line 2. A key may stand only once; the later one would win silently.",
      ],
      [
        "duplicate-key",
        "a is already set on line 1. A key may stand only once; the later one would win silently.",
      ],
    ]);
  });
  test("an empty file, and one with comments only", () => {
    expect(problems("").map(([code]) => code)).toEqual(["empty-file"]);
    expect(problems("# soon\n").map(([code]) => code)).toEqual(["empty-file"]);
    expect(problems("~\n").map(([code]) => code)).toEqual(["empty-file"]);
  });
  test("a list or a text is no config", () => {
    expect(problems("- a\n").map(([code]) => code)).toEqual(["not-a-config"]);
    expect(problems("model\n").map(([code]) => code)).toEqual(["not-a-config"]);
  });
});

describe("escapes in double quotes", () => {
  test.each([
    ['p: "C:\\Users\\x"', "\\U needs 8 hexadecimal digits"],
    ['p: "C:\\data"', "\\d is not an escape that YAML knows"],
    ['p: "C:\\xyz"', "\\x needs 2 hexadecimal digits"],
    ['p: "a\\u12"', "\\u needs 4 hexadecimal digits"],
  ])("%s", (text, words) => {
    const [problem, ...others] = parse(`${text}\nq: 1\n`).problems;
    expect(others).toEqual([]);
    expect(problem?.code).toBe("bad-escape");
    expect(problem?.path).toEqual(["p"]);
    expect(problem?.message).toContain(words);
  });
});

describe("files that want too much", () => {
  test("too long", () => {
    const [problem] = parse(`# ${"x".repeat(10_000_000)}`).problems;
    expect([problem?.code, problem?.message]).toEqual([
      "file-too-large",
      "The file has about 10 million characters; a config is read up to one million. Data belongs in a dataset file.",
    ]);
    expect(parse("#".padEnd(LONGEST_CONFIG, "x")).problems.map(({ code }) => code)).toEqual(["empty-file"]);
  });
  test("aliases that explode, as values and as merges", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [${`*a${i - 1}, `.repeat(8)}]`);
    expect(problems(`${lines.join("\n")}\n`).map(([code]) => code)).toEqual(["alias-bomb"]);
    const merges = ["m0: &m0 {k: 1}"];
    for (let i = 1; i < 60; i++) merges.push(`m${i}: &m${i} {<<: [*m${i - 1}, *m${i - 1}]}`);
    expect(problems(`${merges.join("\n")}\n`).map(([code]) => code)).toEqual(["alias-bomb"]);
  });
  test.each([
    ["open lists", "[".repeat(200_000)],
    ["open maps", "{".repeat(1000)],
    ["maps in maps", `a: ${"{a: ".repeat(1000)}${"}".repeat(1000)}`],
    ["dashes", `${"- ".repeat(1000)}x`],
    ["question marks", `${"? ".repeat(1000)}x`],
    ["sections in sections", Array.from({ length: 1200 }, (_, i) => `${" ".repeat(i)}k:`).join("\n")],
  ])("nesting without end: %s", (_, text) => {
    expect(problems(`${text}\n`).map(([code]) => code)).toEqual(["too-deep"]);
  });
  test("maps as keys of maps", () => {
    expect(problems(`${"{".repeat(30)}${"}".repeat(30)}\n`).every(([code]) => code === "yaml-syntax")).toBe(
      true,
    );
  });
  test("a prompt full of braces is no nesting", () => {
    const prompt =
      "dataset:\n  prompt_template: |\n" + "    {instruction} {% if x %}[y]{% endif %}\n".repeat(200);
    expect(problems(prompt)).toEqual([]);
  });
  test("many keys are read in linear time", () => {
    const many = Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join("\n");
    expect(parse(`${many}\n`).problems).toEqual([]);
  });
});

test("a text in the place of a section is what its key is about", () => {
  const parsed = parse("model: x/y # base\ndataset:\n  - a.jsonl\nlora:\n");
  const shown = (path: ConfigPath) => {
    const { start, end } = parsed.nearestSpan(path);
    return parsed.text.slice(start, end);
  };
  expect(shown(["model", "name"])).toBe("x/y");
  expect(shown(["dataset", 0, "path"])).toBe("a.jsonl");
  expect(shown(["lora", "r"])).toBe("lora");
});
