import { describe, expect, test } from "vitest";
import { applyEdits, textEdits } from "../../../../src/core/config/edits.ts";
import { parse } from "../../../../src/core/config/parse.ts";
import type { ConfigPath, Edit } from "../../../../src/core/config/problem.ts";

const set = (path: ConfigPath, value: unknown): Edit => ({ kind: "set", path, value });
const remove = (path: ConfigPath): Edit => ({ kind: "delete", path });
const apply = (text: string, ...edits: Edit[]): string => applyEdits(parse(text), edits);

describe("set", () => {
  test("replaces a value and keeps its comment", () => {
    expect(apply("lora:\n  r: 8 # rank\n  bias: none\n", set(["lora", "r"], 16))).toBe(
      "lora:\n  r: 16 # rank\n  bias: none\n",
    );
  });
  test("adds a key at the end of its section, with the section's indentation", () => {
    expect(apply("lora:\n    r: 8\n\ntraining:\n  seed: 1\n", set(["lora", "bias"], "none"))).toBe(
      "lora:\n    r: 8\n    bias: none\n\ntraining:\n  seed: 1\n",
    );
  });
  test("adds a section at the end, apart as the others are", () => {
    expect(apply("model: x\n\ndataset: a.jsonl\n", set(["training", "max_steps"], 60))).toBe(
      "model: x\n\ndataset: a.jsonl\n\ntraining:\n  max_steps: 60\n",
    );
    expect(apply("model: x\ndataset: a.jsonl", set(["training", "max_steps"], 60))).toBe(
      "model: x\ndataset: a.jsonl\ntraining:\n  max_steps: 60",
    );
  });
  test("adds several keys to a section that is not there", () => {
    const text = apply(
      "model: x\n",
      set(["training", "eval_strategy"], "steps"),
      set(["training", "eval_steps"], 0.1),
    );
    expect(text).toBe("model: x\ntraining:\n  eval_strategy: steps\n  eval_steps: 0.1\n");
  });
  test("fills an empty section", () => {
    expect(apply("lora: # adapters\ntraining:\n", set(["lora", "r"], 16))).toBe(
      "lora: # adapters\n  r: 16\ntraining:\n",
    );
    expect(apply("lora:\n", set(["lora", "r"], 16))).toBe("lora:\n  r: 16\n");
    expect(apply("lora: {}\n", set(["lora", "r"], 16))).toBe("lora: {r: 16}\n");
  });
  test("writes a shorthand out", () => {
    expect(apply("model: x/y # the base\n", set(["model", "load_in_4bit"], false))).toBe(
      "model: # the base\n  name: x/y\n  load_in_4bit: false\n",
    );
    expect(apply("dataset: a.jsonl\n", set(["dataset", "test_size"], 0.05))).toBe(
      "dataset:\n  path: a.jsonl\n  test_size: 0.05\n",
    );
    expect(apply("dataset:\n  - a.jsonl\n  - b.jsonl\n", set(["dataset", 1, "weight"], 2))).toBe(
      "dataset:\n  - a.jsonl\n  - {path: b.jsonl, weight: 2}\n",
    );
  });
  test("a shorthand's own key is the text itself", () => {
    expect(apply("model: x/y # base\n", set(["model", "name"], "x/z"))).toBe("model: x/z # base\n");
    expect(apply("dataset:\n  - a.jsonl\n", set(["dataset", 0, "path"], "b.jsonl"))).toBe(
      "dataset:\n  - b.jsonl\n",
    );
  });
  test("keeps flow style", () => {
    expect(apply("lora: {r: 8, bias: none}\n", set(["lora", "r"], 16))).toBe("lora: {r: 16, bias: none}\n");
    expect(apply("lora: {r: 8}\n", set(["lora", "bias"], "none"))).toBe("lora: {r: 8, bias: none}\n");
    expect(apply("lora: { r: 8 }\n", set(["lora", "target_modules"], ["q_proj", "v_proj"]))).toBe(
      "lora: { r: 8, target_modules: [q_proj, v_proj] }\n",
    );
  });
  test("replaces a block list by one on its line, with the comment beside the key", () => {
    const text = "lora:\n  target_modules: # which\n    - c_attn\n    - x # no\n  r: 8\n";
    expect(apply(text, set(["lora", "target_modules"], ["q_proj", "v_proj"]))).toBe(
      "lora:\n  target_modules: [q_proj, v_proj] # which\n  r: 8\n",
    );
    expect(apply(text, set(["lora", "target_modules"], "all-linear"))).toBe(
      "lora:\n  target_modules: all-linear # which\n  r: 8\n",
    );
  });
  test("writes words quoted that YAML 1.1 takes for switches, and small numbers without an exponent", () => {
    expect(apply("training:\n  save_strategy: false\n", set(["training", "save_strategy"], "no"))).toBe(
      'training:\n  save_strategy: "no"\n',
    );
    expect(apply("training:\n  learning_rate: 1\n", set(["training", "learning_rate"], 2e-7))).toBe(
      "training:\n  learning_rate: 0.0000002\n",
    );
  });
  test("does not touch what an anchor shares", () => {
    const text = "a: &d\n  r: 8\nlora:\n  <<: *d\n";
    expect(apply(text, set(["lora", "r"], 16))).toBe("a: &d\n  r: 8\nlora:\n  <<: *d\n  r: 16\n");
    expect(apply("a: &d\n  r: 8\nlora: *d\n", set(["lora", "bias"], "all"))).toBe(
      "a: &d\n  r: 8\nlora:\n  <<: *d\n  bias: all\n",
    );
  });
  test("keeps CRLF line ends", () => {
    expect(
      apply("model:\r\n  name: x\r\n", set(["training", "seed"], 1), set(["model", "revision"], "main")),
    ).toBe("model:\r\n  name: x\r\n  revision: main\r\ntraining:\r\n  seed: 1\r\n");
  });
  test("appends after a block of text", () => {
    expect(
      apply(
        "dataset:\n  prompt_template: |\n    {q}\n    {a}\n\nlora:\n  r: 1\n",
        set(["dataset", "path"], "a.jsonl"),
      ),
    ).toBe("dataset:\n  prompt_template: |\n    {q}\n    {a}\n  path: a.jsonl\n\nlora:\n  r: 1\n");
  });
  test("an empty file gets the section", () => {
    expect(apply("", set(["model", "name"], "x/y"))).toBe("model:\n  name: x/y\n");
    expect(apply("# only a comment\n", set(["model"], "x/y"))).toBe("# only a comment\nmodel: x/y\n");
  });
});

describe("delete", () => {
  test("takes the line and its comment", () => {
    expect(apply("lora:\n  r: 8\n  bias: none # why\n  lora_alpha: 1\n", remove(["lora", "bias"]))).toBe(
      "lora:\n  r: 8\n  lora_alpha: 1\n",
    );
  });
  test("takes a block value with it", () => {
    expect(
      apply("lora:\n  target_modules:\n    - a\n    - b\n  r: 8\n", remove(["lora", "target_modules"])),
    ).toBe("lora:\n  r: 8\n");
    expect(apply("lora:\n  r: 8\n\n# next\ntraining:\n  seed: 1\n", remove(["lora"]))).toBe(
      "\n# next\ntraining:\n  seed: 1\n",
    );
  });
  test("takes a section that would be empty", () => {
    expect(
      apply(
        "model: x\nsave:\n  output_dir: out\ncompute:\n  target: local\n",
        remove(["save", "output_dir"]),
      ),
    ).toBe("model: x\ncompute:\n  target: local\n");
  });
  test("keeps flow style", () => {
    expect(apply("lora: {r: 8, bias: none}\n", remove(["lora", "bias"]))).toBe("lora: {r: 8}\n");
    expect(apply("lora: {r: 8, bias: none}\n", remove(["lora", "r"]))).toBe("lora: {bias: none}\n");
    expect(apply("a: [x, y, z]\nb: 1\n", remove(["a", 1]))).toBe("a: [x, z]\nb: 1\n");
  });
  test("keeps the dash of a list item", () => {
    expect(apply("dataset:\n  - path: a\n    weight: 2\n  - path: b\n", remove(["dataset", 0, "path"]))).toBe(
      "dataset:\n  - weight: 2\n  - path: b\n",
    );
    expect(apply("dataset:\n  - path: a\n    weight: 2\n  - path: b\n", remove(["dataset", 0]))).toBe(
      "dataset:\n  - path: b\n",
    );
    expect(apply("dataset:\n- path: a\n- path: b\n", remove(["dataset", 1]))).toBe("dataset:\n- path: a\n");
  });
});

test("rename keeps value, comment and place", () => {
  const text = "training:\n  warmup_ratio: 0.1 # a tenth\n  seed: 1\n";
  expect(apply(text, { kind: "rename", path: ["training", "warmup_ratio"], to: "warmup_steps" })).toBe(
    "training:\n  warmup_steps: 0.1 # a tenth\n  seed: 1\n",
  );
});

test("a move sets before it deletes, whatever the order of the edits", () => {
  const text = "model:\n  name: x\n  learning_rate: 0.1\ntraining:\n  seed: 1\n";
  expect(apply(text, remove(["model", "learning_rate"]), set(["training", "learning_rate"], 0.1))).toBe(
    "model:\n  name: x\ntraining:\n  seed: 1\n  learning_rate: 0.1\n",
  );
});

test("textEdits changes only the lines that differ", () => {
  const text = "model:\n  name: x\n  learning_rate: 0.1\ntraining:\n  seed: 1\n";
  const edits = textEdits(parse(text), [
    remove(["model", "learning_rate"]),
    set(["training", "learning_rate"], 0.1),
  ]);
  expect(edits).toEqual([
    { span: { start: 17, end: 38 }, text: "" },
    { span: { start: 58, end: 58 }, text: "  learning_rate: 0.1\n" },
  ]);
});

test("equal text edits of two fixes are made once", () => {
  const edit: Edit = { kind: "text", span: { start: 0, end: 1 }, text: "b" };
  expect(apply("a: 1\n", edit, edit)).toBe("b: 1\n");
});
