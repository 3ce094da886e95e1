import { TextDocument } from "vscode-languageserver-textdocument";
import { describe, expect, it } from "vitest";
import { parse } from "../../../src/core/config/parse.ts";
import { complete } from "../../../src/language/complete.ts";
import type { CompletionWorld } from "../../../src/language/completion-world.ts";
import { wantedFolder } from "../../../src/language/complete-paths.ts";
import { cursorAt } from "../../../src/language/cursor.ts";
import { marked } from "./marked.ts";
import { accept } from "./accept.ts";

const world: CompletionWorld = {
  place: "/w/a.finetune.yaml",
  value: null,
  facts: {},
  models: [{ value: "unsloth/Llama-3.2-1B-Instruct" }, { value: "smollm2-135m-instruct" }],
  targetModules: [{ value: "q_proj" }, { value: "k_proj" }, { value: "down_proj" }],
  modalGpus: [{ value: "L4" }, { value: "A100-80GB" }],
  chatTemplates: [{ value: "chatml" }],
  entries: [],
};

function at(marker: string, more: Partial<CompletionWorld> = {}) {
  const { text, offset } = marked(marker);
  const document = TextDocument.create("file:///w/a.finetune.yaml", "finetune", 1, text);
  const cursor = cursorAt(text, offset);
  const items = cursor
    ? complete(document, offset, cursor, { ...world, value: parse(text).value, ...more }).items
    : [];
  return { text, document, items, labels: items.map((item) => item.label) };
}

/** The text after the item with this label was taken. */
function taken(marker: string, label: string, more: Partial<CompletionWorld> = {}): string {
  const { document, items, labels } = at(marker, more);
  const item = items.find((each) => each.label === label);
  if (item === undefined) throw new Error(`no ${label} among ${labels.join(", ")}`);
  return accept(document, item);
}

const folder = (marker: string) => {
  const { text, offset } = marked(marker);
  const cursor = cursorAt(text, offset);
  return cursor && wantedFolder(cursor, text, offset, "/w/c/a.finetune.yaml");
};

describe("keys", () => {
  it("puts the needed ones first and leaves present ones out", () => {
    expect(at("name: a\n|\n").labels.slice(0, 2)).toEqual(["model", "dataset"]);
    expect(at("model:\n  |\n").labels[0]).toBe("name");
    const { labels } = at("lora:\n  r: 16\n  |\n");
    expect(labels).toContain("lora_alpha");
    expect(labels).not.toContain("r");
  });
  it("offers the keys of a list item", () => {
    expect(at("save:\n  - |\n").labels).toContain("quantization_method");
    expect(at("dataset:\n  - path: a.jsonl\n    |\n").labels).not.toContain("path");
  });
  it("offers whole configs where there is none", () => {
    const text = taken("|", "fine-tune a chat model (QLoRA)");
    expect(parse(text).problems).toEqual([]);
    expect(parse(text).value).toMatchObject({ model: { load_in_4bit: true }, lora: { r: 16 } });
  });
  it("writes a section with what it needs", () => {
    expect(taken("name: a\nlo|\n", "lora")).toBe("name: a\nlora:\n  r: 16\n  lora_alpha: 16\n");
    expect(taken("training:\n    dp|\n", "dpo")).toBe("training:\n    dpo:\n      beta: 0.1\n");
    expect(taken("compute: {|}\n", "local")).toBe("compute: {local: {}}\n");
  });
  it("changes only the name of a key that has its colon", () => {
    expect(taken("lora:\n  lora_a|: 16\n", "lora_alpha")).toBe("lora:\n  lora_alpha: 16\n");
    expect(taken("lora:\n  lo|ra_alpha: 16\n", "r")).toBe("lora:\n  r: 16\n");
  });
  it("leaves the key alone that it is typed in front of", () => {
    expect(taken("lora:\n  lora_al|  r: 16\n", "lora_alpha")).toMatch(
      /^lora:\n {2}lora_alpha: \d*  r: 16\n$/,
    );
  });
  it("moves a line that stands in the wrong column", () => {
    expect(taken("training:\n    max_steps: 6\n  se|", "seed")).toMatch(
      /^training:\n {4}max_steps: 6\n {4}seed: \d*/,
    );
    const item = at("training:\n    max_steps: 6\n  se|").items.find((each) => each.label === "seed");
    expect(item?.filterText).toBe("  seed");
  });
  it("offers the roles of columns", () => {
    expect(taken("dataset:\n  path: a.jsonl\n  columns: {pro|}\n", "prompt")).toBe(
      "dataset:\n  path: a.jsonl\n  columns: {prompt: }\n",
    );
  });
});

describe("values", () => {
  it("offers words and switches", () => {
    expect(at("model:\n  dtype: |\n").labels).toEqual(["auto", "bfloat16", "float16", "float32"]);
    expect(taken("model:\n  load_in_4bit:|\n", "true")).toBe("model:\n  load_in_4bit: true\n");
    expect(at('model:\n  load_in_4bit: "|"\n').labels).toEqual([]);
  });
  it("offers model names, in quotes too", () => {
    expect(taken("model: |\n", "smollm2-135m-instruct")).toBe("model: smollm2-135m-instruct\n");
    expect(taken('model: {name: "un|"}\n', "unsloth/Llama-3.2-1B-Instruct")).toBe(
      'model: {name: "unsloth/Llama-3.2-1B-Instruct"}\n',
    );
    expect(taken("model:\n  name: 'un|\n", "unsloth/Llama-3.2-1B-Instruct")).toBe(
      "model:\n  name: 'unsloth/Llama-3.2-1B-Instruct'\n",
    );
  });
  it("writes a list where one is needed", () => {
    expect(taken("lora:\n  target_modules: |\n", "all-linear")).toBe("lora:\n  target_modules: all-linear\n");
    expect(taken("lora:\n  target_modules: |\n", "q_proj")).toBe("lora:\n  target_modules: [q_proj]\n");
    expect(at("lora:\n  target_modules: [q_proj, |]\n").labels).toEqual(["k_proj", "down_proj"]);
    expect(taken("lora:\n  target_modules:\n    - q_proj\n    - |\n", "k_proj")).toBe(
      "lora:\n  target_modules:\n    - q_proj\n    - k_proj\n",
    );
    expect(taken("lora:\n  modules_to_save: |\n", "lm_head")).toBe("lora:\n  modules_to_save: [lm_head]\n");
  });
  it("offers the columns of the rows", () => {
    const datasets = {
      "/w/a.jsonl": {
        bytes: 1,
        mtime: 1,
        format: "unknown",
        columns: ["frage", "antwort: kurz"],
        rows: 1,
        exact: true,
        tokens: null,
        problems: [],
      },
    };
    const text = "dataset:\n  path: a.jsonl\n  columns:\n    prompt: |\n";
    expect(at(text, { facts: { datasets } }).labels).toEqual(["frage", "antwort: kurz"]);
    expect(taken(text, "antwort: kurz", { facts: { datasets } })).toContain('prompt: "antwort: kurz"');
  });
});

describe("paths", () => {
  const entries = [
    { name: "data", kind: "folder" },
    { name: "rows.jsonl", kind: "file" },
    { name: "it's, new.csv", kind: "file" },
    { name: "notes.docx", kind: "file" },
    { name: "base.finetune.yaml", kind: "file" },
    { name: "a.finetune.yaml", kind: "file" },
    { name: ".git", kind: "folder" },
  ] as const;
  it("offers data files, then folders", () => {
    expect(at("dataset: |\n", { entries }).labels).toEqual(["it's, new.csv", "rows.jsonl", "data/"]);
    expect(at("extends: |\n", { entries }).labels).toEqual(["base.finetune.yaml", "data/"]);
  });
  it("keeps the folder that was typed", () => {
    expect(taken("dataset:\n  path: ../in/ro|\n", "../in/rows.jsonl", { entries })).toBe(
      "dataset:\n  path: ../in/rows.jsonl\n",
    );
  });
  it("quotes only what YAML would misread", () => {
    expect(taken("dataset: {path: |}\n", "it's, new.csv", { entries })).toBe(
      `dataset: {path: "it's, new.csv"}\n`,
    );
    expect(taken("dataset: '|'\n", "it's, new.csv", { entries })).toBe("dataset: 'it''s, new.csv'\n");
  });
  it("says which folder to look into", () => {
    expect(folder("dataset: |\n")).toBe("/w/c");
    expect(folder("dataset:\n  - path: ../data/s|\n")).toBe("/w/data");
    expect(folder("model:\n  name: ./out/|\n")).toBe("/w/c/out");
    expect(folder("training:\n  optim: |\n")).toBeNull();
  });
});

describe("accepting never breaks the file", () => {
  const base = [
    "name: a",
    "model:",
    "  name: b",
    "",
    "  load_in_4bit: true",
    "lora: {r: 16, target_modules: [q_proj, v_proj]}",
    "dataset:",
    "  - path: a.jsonl",
    "    columns:",
    "      prompt: q",
    "  - b.jsonl",
    "training:",
    "    max_steps: 6",
    "",
    "    optim: adamw_8bit",
    "save:",
    "- method: gguf",
    "  quantization_method: [q4_k_m]",
    "",
  ];
  const entries = [{ name: "rows.jsonl", kind: "file" }] as const;
  const check = (text: string, offset: number): number => {
    const { items, document } = at(`${text.slice(0, offset)}|${text.slice(offset)}`, { entries });
    for (const item of items) {
      const after = accept(document, item);
      const problems = parse(after).problems.filter((problem) => problem.code !== "duplicate-key");
      expect(problems, `${item.label} in\n${after}`).toEqual([]);
    }
    return items.length;
  };

  it("on an empty line at every column", () => {
    let offered = 0;
    for (let line = 0; line <= base.length; line++) {
      for (let column = 0; column <= 10; column += 1) {
        const rows = base.toSpliced(line, 0, " ".repeat(column));
        const offset = rows.slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + column;
        offered += check(rows.join("\n"), offset);
      }
    }
    expect(offered).toBeGreaterThan(2500);
  });

  it("at every place of the text", () => {
    const text = base.join("\n");
    let offered = 0;
    for (let offset = 0; offset <= text.length; offset++) offered += check(text, offset);
    expect(offered).toBeGreaterThan(1000);
  });
});

it("leaves nothing to a snippet that was meant as text", () => {
  const entries = [{ name: "a$1}.jsonl", kind: "file" }] as const;
  expect(taken("dataset: |\n", "a$1}.jsonl", { entries })).toBe("dataset: a$1}.jsonl\n");
});
