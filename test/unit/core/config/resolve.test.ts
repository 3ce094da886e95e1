import { describe, expect, test } from "vitest";
import { parse, type ParsedConfig } from "../../../../src/core/config/parse.ts";
import type { ReadConfig } from "../../../../src/core/config/chain.ts";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import { validate } from "../../../../src/core/config/validate.ts";
import { dotted } from "../../../../src/core/config/value.ts";

/** A folder of configs in memory; the first is the one being checked. */
function project(files: Readonly<Record<string, string>>, facts = {}) {
  const [main = ""] = Object.keys(files);
  const parsed = new Map<string, ParsedConfig>(
    Object.entries(files).map(([path, text]) => [path, parse(text)]),
  );
  const read: ReadConfig = (path) => parsed.get(path) ?? { missing: "there is no such file" };
  return validate(files[main] ?? "", { path: main, read }, facts);
}

const BASE =
  "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  load_in_4bit: true\nlora:\n  r: 8\n  target_modules: [q_proj, v_proj]\ndataset: {path: data/base.jsonl, test_size: 0.1}\ntraining:\n  max_steps: 60\n  seed: 1\n";

describe("extends", () => {
  test("merges sections, replaces lists, keeps paths relative to the file that names them", () => {
    const { resolution, problems } = project({
      "/p/runs/a.finetune.yaml":
        "extends: ../base/b.finetune.yaml\nlora:\n  target_modules: [o_proj]\ndataset:\n  format: messages\n",
      "/p/base/b.finetune.yaml": BASE,
    });
    expect(problems).toEqual([]);
    expect(resolution.config?.lora).toMatchObject({ r: 8, target_modules: ["o_proj"] });
    expect(resolution.config?.locals["dataset.0"]?.path).toBe("/p/base/data/base.jsonl");
    expect(resolution.config?.dataset[0]?.format).toBe("messages");
    expect(resolution.config?.name).toBe("a");
    expect(resolution.originOf(["lora", "r"])).toBe(1);
    expect(resolution.originOf(["lora", "target_modules", 0])).toBe(0);
    expect(resolution.originOf(["training", "optim"])).toBe(-1);
  });

  test.each([
    [
      "model: {load_in_16bit: true}",
      (config: Config) => config.model,
      { load_in_16bit: true, load_in_4bit: false },
    ],
    [
      "model: {full_finetuning: true}",
      (config: Config) => ({ full: config.model.full_finetuning, lora: config.lora }),
      { full: true, lora: null },
    ],
    [
      "training: {num_train_epochs: 2}",
      (config: Config) => config.training,
      { num_train_epochs: 2, max_steps: null },
    ],
    [
      "eval_dataset: held.jsonl",
      (config: Config) => ({ test: config.test_size, held: config.eval_dataset?.length }),
      { test: null, held: 1 },
    ],
  ] as const)("alternatives replace each other: %s", (over, pick, expected) => {
    const { resolution } = project({ "/p/a.finetune.yaml": `extends: b.yaml\n${over}\n`, "/p/b.yaml": BASE });
    const config = resolution.config;
    if (config === null) throw new Error(JSON.stringify(resolution.problems));
    expect(pick(config)).toMatchObject(expected);
  });

  test("a lora section replaces full_finetuning, and test_size an eval_dataset", () => {
    const base =
      "model: {name: unsloth/Llama-3.2-1B, full_finetuning: true}\ndataset: a.jsonl\neval_dataset: b.jsonl\n";
    const { resolution, problems } = project({
      "/p/a.yaml": "extends: b.yaml\nlora: {r: 4}\ndataset: {test_size: 10}\n",
      "/p/b.yaml": base,
    });
    expect(problems).toEqual([]);
    expect(resolution.config).toMatchObject({ lora: { r: 4 }, test_size: 10, eval_dataset: null });
  });

  test("load_in_4bit: false does not undo a base's full fine-tuning", () => {
    const { resolution } = project({
      "/p/a.yaml": "extends: b.yaml\nmodel: {load_in_4bit: false}\n",
      "/p/b.yaml": "model: {name: x/y, full_finetuning: true}\ndataset: a.jsonl\n",
    });
    expect(resolution.config?.model.full_finetuning).toBe(true);
  });

  test("null removes a key, a section, an alternative", () => {
    const { resolution } = project({
      "/p/a.yaml": "extends: b.yaml\nlora: null\ntraining: {max_steps: null}\ndataset: {test_size: ~}\n",
      "/p/b.yaml": BASE,
    });
    expect(resolution.config?.lora?.r).toBe(16);
    expect(resolution.config?.training).toMatchObject({ max_steps: null, num_train_epochs: 1, seed: 1 });
    expect(resolution.config?.test_size).toBeNull();
  });

  test("of a list the last wins, and the file itself over all", () => {
    const { resolution } = project({
      "/p/a.yaml": "extends: [one.yaml, two.yaml]\nmodel: x/y\ndataset: a.jsonl\ntraining: {seed: 3}\n",
      "/p/one.yaml": "training: {seed: 1, max_steps: 1, logging_steps: 1}\n",
      "/p/two.yaml": "extends: three.yaml\ntraining: {seed: 2, max_steps: 2}\n",
      "/p/three.yaml": "training: {logging_steps: 3}\n",
    });
    expect(resolution.config?.training).toMatchObject({ seed: 3, max_steps: 2, logging_steps: 3 });
    expect(resolution.chain.map(({ path }) => path)).toEqual([
      "/p/a.yaml",
      "/p/two.yaml",
      "/p/three.yaml",
      "/p/one.yaml",
    ]);
  });

  test("a cycle is reported with its chain, once, and the rest still resolves", () => {
    const { problems, resolution } = project({
      "/p/a.yaml": "extends: b.yaml\nmodel: x/y\ndataset: a.jsonl\n",
      "/p/b.yaml": "extends: ./c.yaml\n",
      "/p/c.yaml": "extends: ../p/a.yaml\ntraining: {seed: 5}\n",
    });
    expect(problems.map(({ code, file, message }) => [code, file, message])).toEqual([
      ["extends-cycle", "/p/c.yaml", "This file extends itself: a.yaml → b.yaml → c.yaml → a.yaml."],
    ]);
    expect(resolution.tentative?.training.seed).toBe(5);
    expect(resolution.config).toBeNull();
  });

  test("a file that extends itself", () => {
    const { problems } = project({ "/p/a.yaml": "extends: a.yaml\nmodel: x/y\ndataset: a.jsonl\n" });
    expect(problems.map(({ code, path }) => [code, dotted(path)])).toEqual([["extends-cycle", "extends"]]);
  });

  test("a chain without end is cut", () => {
    const read: ReadConfig = (path) => parse(`extends: ${Number(/(\d+)/.exec(path)?.[1] ?? 0) + 1}.yaml\n`);
    const { problems } = validate("extends: 1.yaml\nmodel: x/y\ndataset: a.jsonl\n", {
      path: "/p/0.yaml",
      read,
    });
    expect(problems.map(({ code }) => code)).toEqual(["extends-too-long"]);
  });

  test("a missing file is said at its name in the list", () => {
    const { problems } = project({
      "/p/a.yaml": "extends: [b.yaml, c.yaml]\nmodel: x/y\ndataset: a.jsonl\n",
      "/p/b.yaml": "lora: {r: 4}\n",
    });
    expect(problems.map(({ code, path, message }) => [code, dotted(path), message])).toEqual([
      ["extends-missing", "extends[1]", "c.yaml cannot be read: there is no such file."],
    ]);
  });

  test("while a file is still being read nothing is missing and nothing resolves", () => {
    const { problems, resolution } = validate("extends: b.yaml\n", {
      path: "/p/a.yaml",
      read: () => "pending",
    });
    expect(problems).toEqual([]);
    expect(resolution.pending).toBe(true);
    expect(resolution.config).toBeNull();
  });

  test("a mistake in an extended file is said there, and a rule's fix overrides it here", () => {
    const { problems, parsed } = project({
      "/p/a.yaml": "extends: b.yaml\ndataset: a.jsonl\n",
      "/p/b.yaml":
        "model: x/y\nlora:\n  r: 16\n  aplha: 3\ntraining:\n  max_steps: 5\n  num_train_epochs: 2\n",
    });
    expect(problems.map(({ code, file, span }) => [code, file, span.start > 0])).toEqual([
      ["unknown-key", "/p/b.yaml", true],
      ["steps-and-epochs", "/p/b.yaml", true],
    ]);
    expect(problems[0]?.fixes).toBeUndefined();
    expect(applyEdits(parsed, problems[1]?.fixes?.[0]?.edits ?? [])).toBe(
      "extends: b.yaml\ndataset: a.jsonl\ntraining:\n  num_train_epochs: null\n",
    );
  });
});

type Config = NonNullable<ReturnType<typeof project>["resolution"]["config"]>;

describe("defaults", () => {
  const config = (text: string, path = "/p/run.finetune.yaml") =>
    validate(text, { path, read: () => ({ missing: "" }) }).resolution.config;

  test("the embedded model trains on the CPU with nothing else said", () => {
    expect(config("model: smollm2-135m-instruct\ndataset: a.jsonl\n")).toMatchObject({
      model: {
        name: "HuggingFaceTB/SmolLM2-135M-Instruct",
        embedded: "smollm2-135m-instruct",
        load_in_4bit: false,
        load_in_16bit: true,
        dtype: "float32",
        use_gradient_checkpointing: false,
        offload_embedding: false,
      },
      training: { optim: "adamw_torch" },
    });
  });

  test("on a rented GPU it is a model like any other, in 16 bit", () => {
    const rented = config("model: smollm2-135m-instruct\ndataset: a.jsonl\ncompute: {target: modal}\n");
    expect(rented?.model).toMatchObject({
      load_in_16bit: true,
      dtype: "auto",
      use_gradient_checkpointing: "unsloth",
    });
  });

  test.each([
    ["", 2e-4],
    ["training: {method: dpo}", 5e-6],
    ["training: {method: kto}", 5e-6],
    ["training: {method: orpo}", 8e-6],
    ["training: {method: grpo}", 5e-6],
  ])("learning rate with adapters: %s → %d", (rest, rate) => {
    const found = validate(`model: x/y\ndataset: a.jsonl\n${rest}\n`, {
      path: "/p/a.yaml",
      read: () => "pending",
    });
    expect(found.resolution.tentative?.training.learning_rate).toBe(rate);
  });

  test("learning rate of full fine-tuning and of continued pretraining", () => {
    expect(
      config("model: {name: x/y, full_finetuning: true}\ndataset: a.jsonl\n")?.training.learning_rate,
    ).toBe(2e-5);
    const cpt = config("model: x/y\ndataset: book.txt\nlora: {modules_to_save: [embed_tokens, lm_head]}\n");
    expect(cpt?.training).toMatchObject({ learning_rate: 5e-5, embedding_learning_rate: 5e-6 });
    const full = config(
      "model: {name: x/y, full_finetuning: true}\ndataset: {path: b.jsonl, format: text}\n",
    );
    expect(full?.training).toMatchObject({ learning_rate: 1e-5, embedding_learning_rate: null });
  });

  test("evaluation and saving agree unless told otherwise", () => {
    const data = "model: x/y\ndataset: {path: a.jsonl, test_size: 0.1}\n";
    expect(config(data)?.training).toMatchObject({
      eval_strategy: "steps",
      eval_steps: 0.1,
      save_steps: null,
    });
    expect(config(`${data}training: {save_steps: 50}\n`)?.training).toMatchObject({
      eval_steps: 50,
      save_steps: 50,
    });
    expect(config(`${data}training: {load_best_model_at_end: true}\n`)?.training).toMatchObject({
      eval_steps: 0.1,
      save_steps: 0.1,
    });
    expect(config("model: x/y\ndataset: a.jsonl\n")?.training).toMatchObject({
      eval_strategy: "no",
      eval_steps: null,
    });
  });

  test("limits of a rented run are in the plan", () => {
    const rented =
      "model: x/y\ndataset: a.jsonl\ncompute: {target: modal, modal: {timeout: 1h30m, stall_timeout: 600}}\n";
    expect(config(rented)?.limits).toEqual({ deadline_s: 5400, stall_s: 600 });
    expect(config("model: x/y\ndataset: a.jsonl\n")?.limits).toEqual({ deadline_s: null, stall_s: null });
  });

  test.each([
    ["/p/support.finetune.yaml", "support"],
    ["/p/My Project/finetune.yaml", "My Project"],
    ["/p/ünï.finetune.yml", "n-"],
    ["C:\\work\\a.finetune.yaml", "a"],
    ["file:///home/x/b.finetune.yaml", "b"],
  ])("a name from the file: %s → %s", (path, name) => {
    expect(config("model: x/y\ndataset: a.jsonl\n", path)?.name).toBe(name);
  });
});

describe("local or Hub", () => {
  const locals = (text: string, paths: Record<string, "file" | "folder" | "missing"> = {}) => {
    const { resolution } = validate(text, { path: "/p/a.yaml", read: () => "pending" }, { paths });
    return resolution.tentative;
  };

  test.each([
    ["./data", "/p/data"],
    ["../x.jsonl", "/x.jsonl"],
    ["data/x.jsonl", "/p/data/x.jsonl"],
    ["/abs/x", "/abs/x"],
    ["~/x.parquet", "~/x.parquet"],
    ["C:\\d\\x.csv", "C:/d/x.csv"],
    ["data\\x", "/p/data/x"],
  ])("%s is on this machine", (path, place) => {
    const found = locals(`model: x/y\ndataset: '${path}'\n`);
    expect(found?.dataset[0]?.hub).toBeNull();
    expect(found?.locals["dataset.0"]?.path).toBe(place);
  });

  test("owner/name is the Hub's, unless something is there", () => {
    expect(locals("model: x/y\ndataset: tatsu-lab/alpaca\n")?.dataset[0]?.hub).toEqual({
      id: "tatsu-lab/alpaca",
      name: null,
      split: "train",
      revision: null,
    });
    const here = locals("model: x/y\ndataset: tatsu-lab/alpaca\n", {
      "/p/tatsu-lab/alpaca": "folder",
      "/p/x/y": "folder",
    });
    expect(here?.dataset[0]?.hub).toBeNull();
    expect(here?.locals).toMatchObject({
      "dataset.0": { kind: "folder" },
      model: { kind: "folder", path: "/p/x/y" },
    });
  });

  test("home is put in where it is known", () => {
    const { resolution } = validate("model: x/y\ndataset: ~/a.jsonl\n", {
      path: "/p/a.yaml",
      read: () => "pending",
      home: "/home/me",
    });
    expect(resolution.tentative?.locals["dataset.0"]?.path).toBe("/home/me/a.jsonl");
  });

  test("templates and rewards are inputs too", () => {
    const text =
      "model: x/y\ndataset: {path: a.jsonl, chat_template: ./t.jinja}\neval_dataset: b.jsonl\ntraining: {method: grpo, grpo: {reward_funcs: [r.py:good, accuracy_reward]}}\n";
    const found = locals(text);
    expect(Object.keys(found?.locals ?? {}).toSorted()).toEqual([
      "dataset.0",
      "dataset.0.chat_template",
      "eval_dataset.0",
      "eval_dataset.0.chat_template",
      "grpo.reward_funcs.0",
    ]);
    expect(found?.training.grpo?.["reward_funcs"]).toEqual([
      { input: "grpo.reward_funcs.0", function: "good" },
      "accuracy_reward",
    ]);
    expect(found?.eval_dataset?.[0]?.chat_template).toEqual({ input: "eval_dataset.0.chat_template" });
  });
});
