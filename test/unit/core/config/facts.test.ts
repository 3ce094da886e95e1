/** What a machine, a folder and a data file add to what the file alone says. */
import { describe, expect, test } from "vitest";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import { CODES } from "../../../../src/core/config/codes.ts";
import type { DatasetFact, Facts, GpuFact } from "../../../../src/core/facts.ts";
import { dotted } from "../../../../src/core/config/value.ts";
import { completed, validateText } from "./whole-file.ts";

const GIB = 2 ** 30;
const gpu = (name: string, capability: string, gib: number, index = 0): GpuFact => ({
  index,
  uuid: `GPU-${index}`,
  name,
  total: gib * GIB,
  usable: null,
  used: 0,
  ours: 0,
  capability,
  driver: null,
  processes: [],
});
const T4 = gpu("Tesla T4", "7.5", 15);
const RTX_4090 = gpu("NVIDIA GeForce RTX 4090", "8.9", 24);

const rows = (more: Partial<DatasetFact> = {}): DatasetFact => ({
  bytes: 100,
  mtime: 1,
  format: "messages",
  columns: ["messages"],
  rows: 100,
  exact: true,
  tokens: { mean: 100, p50: 100, p95: 200, max: 300 },
  problems: [],
  ...more,
});
const data = (facts: Readonly<Record<string, DatasetFact>>): Facts => ({
  datasets: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [`/project/${name}`, fact])),
});

const found = (fragment: string, facts: Facts) => validateText(completed(fragment), facts).problems;
const at = (fragment: string, facts: Facts): string[] =>
  found(fragment, facts).map(({ code, path }) => `${code}@${dotted(path)}`);
/** The file after the first fix of the first problem with this code. */
function fixed(fragment: string, facts: Facts, code: string): string {
  const { parsed, problems } = validateText(completed(fragment), facts);
  const problem = problems.find((each) => each.code === code);
  return applyEdits(parsed, problem?.fixes?.[0]?.edits ?? []);
}

test("without facts nothing is said about a machine or a folder", () => {
  const shy = Object.entries(CODES).filter(([, { needs }]) => needs !== undefined);
  for (const [code, { example }] of shy) {
    if (/^(alias|too-|file-too|empty|not-a-config|extends)/.test(code)) continue;
    expect(found(example, {}).map((problem) => problem.code)).not.toContain(code);
  }
});

describe("Gemma 3 in padded batches", () => {
  const padded = "training: {padding_free: false}";
  const two = "compute: {local: {gpus: [0, 1], strategy: ddp}}";
  const code = "ddp-padded-gemma3@training.padding_free";
  const GEMMA = "model: unsloth/gemma-3-4b-it";

  test("with a copy on each GPU never ends its first step; auto is the way out", () => {
    const text = `${GEMMA}\n${padded}\n${two}`;
    expect(at(text, {})).toContain(code);
    expect(found(text, {}).find((each) => each.code === "ddp-padded-gemma3")?.message).toMatch(
      /never ends its first step.*auto trains/,
    );
    expect(fixed(text, {}, "ddp-padded-gemma3")).toMatch(/padding_free: auto/);
    const all = "compute: {local: {gpus: all}}";
    expect(at(`${GEMMA}\n${padded}\n${all}`, { gpus: [RTX_4090, { ...RTX_4090, index: 1 }] })).toContain(
      code,
    );
    expect(at(`${GEMMA}\n${padded}\ncompute: {target: modal, modal: {gpu: "L4:2"}}`, {})).toContain(code);
  });

  test.each([
    ["another model", `model: unsloth/Llama-3.2-1B-Instruct\n${padded}\n${two}`],
    ["auto", `${GEMMA}\ntraining: {padding_free: auto}\n${two}`],
    ["one GPU", `${GEMMA}\n${padded}`],
    ["one copy", `${GEMMA}\n${padded}\ncompute: {local: {gpus: [0, 1], strategy: balanced}}`],
  ])("%s is not refused", (_name, text) => expect(at(text, {})).not.toContain(code));

  test("a folder is known by its config.json", () => {
    const text = `model: ./gemma\n${padded}\n${two}`;
    const facts = (type: string): Facts => ({ modelConfigs: { "/project/gemma": { model_type: type } } });
    expect(at(text, facts("gemma3_text"))).toContain(code);
    expect(at(text, facts("llama"))).not.toContain(code);
  });
});

describe("GPUs", () => {
  test.each([
    ["training: {bf16: true}", "bf16-unsupported@training.bf16"],
    ["model: {name: unsloth/Llama-3.2-1B-Instruct, dtype: bfloat16}", "bf16-unsupported@model.dtype"],
    [
      "model: {name: unsloth/Llama-3.2-1B-Instruct, attn_implementation: flash_attention_2}",
      "attention-not-available@model.attn_implementation",
    ],
  ])("a T4 and %s", (fragment, problem) => expect(at(fragment, { gpus: [T4] })).toContain(problem));

  test("flash-attention names the card that cannot run it", () => {
    const fragment = "model: {name: unsloth/Llama-3.2-1B-Instruct, attn_implementation: flash_attention_3}";
    expect(
      found(fragment, { gpus: [RTX_4090] }).find(({ code }) => code === "attention-not-available")?.message,
    ).toMatch(/capability 8\.9\) cannot run flash_attention_3/);
  });

  test("float16 on a card with bfloat16 is a hint", () => {
    expect(at("training: {fp16: true}", { gpus: [RTX_4090] })).toContain("fp16-on-ampere@training.fp16");
    expect(at("training: {fp16: true}", { gpus: [T4] })).not.toContain("fp16-on-ampere@training.fp16");
  });

  test("a card that is too old, and one that is not there", () => {
    expect(at("name: x", { gpus: [gpu("GTX 1080 Ti", "6.1", 11)] })).toContain("gpu-too-old@model.name");
    expect(
      found("compute: {local: {gpus: [0, 3]}}", { gpus: [RTX_4090] }).find(
        ({ code }) => code === "gpu-missing",
      ),
    ).toMatchObject({
      path: ["compute", "local", "gpus", 1],
      message: "There is no GPU 3 here; there is 0 (NVIDIA GeForce RTX 4090).",
    });
  });

  test("no GPU at all", () => {
    expect(
      at("model: {name: unsloth/Llama-3.2-1B-Instruct, load_in_4bit: true}\ntraining: {optim: adamw_8bit}", {
        gpus: [],
      }),
    ).toEqual(
      expect.arrayContaining(["optimiser-needs-gpu@training.optim", "quantised-on-cpu@model.load_in_4bit"]),
    );
    const cpu = { gpus: [], cpu: { cores: 2, memory: 24 * GIB, bf16: false } };
    expect(found("model: smollm2-135m-instruct", cpu).map(({ code, severity }) => [code, severity])).toEqual([
      ["no-gpu", "information"],
    ]);
  });

  test("16-bit weights of 8B on a card for games", () => {
    const fragment =
      "model: {name: unsloth/Meta-Llama-3.1-8B-Instruct, load_in_16bit: true, load_in_4bit: false}";
    expect(at(fragment, { gpus: [RTX_4090] })).toContain("sixteen-bit-large@model.load_in_16bit");
    expect(at(fragment, { gpus: [gpu("NVIDIA H100 80GB HBM3", "9.0", 80)] })).not.toContain(
      "sixteen-bit-large@model.load_in_16bit",
    );
    expect(fixed(fragment, { gpus: [RTX_4090] }, "sixteen-bit-large")).toContain(
      "{name: unsloth/Meta-Llama-3.1-8B-Instruct, load_in_4bit: true}",
    );
  });

  test("all GPUs of a machine multiply the batch", () => {
    const two = { gpus: [RTX_4090, { ...RTX_4090, index: 1, uuid: "GPU-1" }] };
    expect(at("compute: {local: {gpus: all}}", two)).toContain("ddp-effective-batch@compute.local.gpus");
    expect(at("compute: {local: {gpus: all, strategy: ddp}}", { gpus: [RTX_4090] })).toContain(
      "no-effect@compute.local.strategy",
    );
    expect(at("compute: {local: {gpus: all}}", { gpus: [RTX_4090] })).not.toContain(
      "ddp-effective-batch@compute.local.gpus",
    );
  });

  test("a rented card is judged by itself, not by what is here", () => {
    const rented = "training: {bf16: true}\ncompute: {target: modal, modal: {gpu: L4}}";
    expect(at(rented, { gpus: [T4] })).not.toContain("bf16-unsupported@training.bf16");
  });
});

describe("platforms", () => {
  test("Windows", () => {
    expect(at("dataset: {path: a.jsonl, dataset_num_proc: 4}", { platform: "win32" })).toEqual([
      "windows-workers@dataset.dataset_num_proc",
    ]);
    expect(
      at("training: {method: grpo, grpo: {reward_funcs: r.py:f, use_vllm: true}}", { platform: "win32" }),
    ).toContain("vllm-on-windows@training.grpo.use_vllm");
    expect(at("dataset: {path: a.jsonl, dataset_num_proc: 4}", { platform: "linux" })).toEqual([]);
  });
});

describe("files", () => {
  const missing = (path: string, names: readonly string[] = []): Facts => ({
    paths: { [`/project/${path}`]: "missing" },
    siblings: { [`/project/${path}`]: names },
  });

  test("a missing file, with the nearest name beside it", () => {
    const facts = missing("data/chat.jsonl", ["notes.txt", "chats.jsonl"]);
    const [problem] = found("dataset: data/chat.jsonl", facts);
    expect(problem).toMatchObject({ code: "file-missing", path: ["dataset", "path"] });
    expect(problem?.message).toBe(
      "There is no data/chat.jsonl (looked in /project/data). Did you mean chats.jsonl?",
    );
    expect(fixed("dataset: data/chat.jsonl", facts, "file-missing")).toContain("dataset: data/chats.jsonl");
  });

  test("in a list, in a section, for models, templates and rewards", () => {
    const facts: Facts = {
      paths: {
        "/project/b.jsonl": "missing",
        "/project/tiny": "missing",
        "/project/t.jinja": "missing",
        "/project/r.py": "missing",
      },
      siblings: { "/project/r.py": ["rewards.py"] },
    };
    const fragment =
      "model: ./tiny\ndataset:\n  - a.jsonl\n  - {path: ./b.jsonl, chat_template: t.jinja}\ntraining:\n  method: grpo\n  grpo: {reward_funcs: ['r.py:good']}";
    expect(at(fragment, facts).filter((each) => each.startsWith("file-missing"))).toEqual([
      "file-missing@model.name",
      "file-missing@dataset[1].path",
      "file-missing@dataset[1].chat_template",
      "file-missing@training.grpo.reward_funcs[0]",
    ]);
    expect(fixed(fragment, facts, "nothing")).toBe(completed(fragment));
  });

  test("a fix keeps the function of a reward", () => {
    const facts: Facts = {
      paths: { "/project/reward.py": "missing" },
      siblings: { "/project/reward.py": ["rewards.py"] },
    };
    expect(
      fixed("training: {method: grpo, grpo: {reward_funcs: reward.py:good}}", facts, "file-missing"),
    ).toContain("reward_funcs: rewards.py:good");
  });

  test("a Hub id is no missing file", () => {
    expect(at("dataset: owner/chats", missing("owner/chats"))).toEqual([]);
  });

  test("what an untrusted workspace does not read, and what is no data", () => {
    expect(at("dataset: /etc/rows.jsonl", { paths: { "/etc/rows.jsonl": "refused" } })).toEqual([
      "path-refused@dataset.path",
    ]);
    expect(at("dataset: ./manual.pdf", { paths: { "/project/manual.pdf": "file" } })).toEqual([
      "not-a-dataset@dataset.path",
    ]);
  });
});

describe("rows", () => {
  test("what the reader found is said at the line that names the file, with the line of the data", () => {
    const fact = rows({
      problems: [{ code: "json-invalid", severity: "warning", line: 212, message: "Line 212 is not JSON." }],
    });
    expect(
      found("name: x", data({ "chats.jsonl": fact })).find(({ code }) => code === "data-json-invalid"),
    ).toMatchObject({
      path: ["dataset", "path"],
      related: [{ file: "/project/chats.jsonl", line: 212 }],
    });
  });

  test("rows longer than the limit, and a limit far above the rows", () => {
    const model = (limit: number) => `model: {name: unsloth/Llama-3.2-1B-Instruct, max_seq_length: ${limit}}`;
    const long = data({ "chats.jsonl": rows({ tokens: { mean: 900, p50: 800, p95: 2000, max: 4000 } }) });
    expect(found(model(1024), long)[0]?.message).toMatch(
      /longer than 1024 tokens \(p95 2000, longest 4000\)/,
    );
    expect(fixed(model(1024), long, "rows-too-long")).toContain("max_seq_length: 2048");
    const short = data({ "chats.jsonl": rows() });
    expect(at(model(8192), short)).toEqual(["sequence-far-above-data@model.max_seq_length"]);
    expect(fixed(model(8192), short, "sequence-far-above-data")).toContain("max_seq_length: 320");
    expect(at(model(512), short)).toEqual([]);
  });

  test("columns that are not there", () => {
    const fact = data({ "rows.csv": rows({ format: "prompt_completion", columns: ["question", "answer"] }) });
    expect(at("dataset: {path: rows.csv, columns: {prompt: qestion}}", fact)).toEqual([
      "column-missing@dataset.columns.prompt",
    ]);
    expect(fixed("dataset: {path: rows.csv, columns: {prompt: qestion}}", fact, "column-missing")).toContain(
      "columns: {prompt: question}",
    );
    expect(at('dataset: {path: rows.csv, prompt_template: "Q {qestion} A "}', fact)).toEqual([
      "column-missing@dataset.prompt_template",
    ]);
  });

  test("a missing column is told once, where the config names it", () => {
    const problems = [{ code: "column-unknown", severity: "error" as const, line: null, message: "No." }];
    const fact = data({ "rows.csv": rows({ columns: ["question", "answer"], problems }) });
    expect(at("dataset: {path: rows.csv, columns: {prompt: qestion}}", fact)).toEqual([
      "column-missing@dataset.columns.prompt",
    ]);
  });

  test("evaluation rows that are trained on", () => {
    const facts = data({
      "a.jsonl": rows({ rowHashes: ["1", "2", "3"] }),
      "b.jsonl": rows({ rowHashes: ["3", "4"] }),
    });
    expect(found("dataset: a.jsonl\neval_dataset: b.jsonl", facts).map(({ message }) => message)).toEqual([
      "1 of 2 evaluation rows are also trained on: their loss says nothing.",
    ]);
  });

  test("too few rows to split", () => {
    const one = data({ "a.jsonl": rows({ rows: 1 }) });
    expect(at("dataset: {path: a.jsonl, test_size: 0.1}", one)).toContain("too-few-rows@dataset.test_size");
    expect(at("dataset: {path: a.jsonl, test_size: 200}", data({ "a.jsonl": rows() }))).toContain(
      "too-few-rows@dataset.test_size",
    );
    expect(
      at("dataset: {path: a.jsonl, test_size: 0.1}", data({ "a.jsonl": rows({ exact: false, rows: 1 }) })),
    ).not.toContain("too-few-rows@dataset.test_size");
  });

  test("the format that was found meets the method and the model", () => {
    const chats = data({ "chats.jsonl": rows() });
    expect(at("training: {method: dpo}", chats)).toContain("format-method@dataset.path");
    expect(at("model: unsloth/Llama-3.2-1B", chats)).toContain("chat-template-missing@dataset.chat_template");
    expect(at("name: x", chats)).toEqual([]);
    expect(fixed("model: unsloth/Llama-3.2-1B", chats, "chat-template-missing")).toContain(
      "chat_template: llama-3.1",
    );
  });

  test("with rows counted, steps that never come are seen without max_steps", () => {
    // 100 rows, batches of 2 × 4: 13 steps.
    expect(
      at(
        "training: {num_train_epochs: 1, save_steps: 50, warmup_steps: 20}",
        data({ "chats.jsonl": rows() }),
      ),
    ).toEqual(["beyond-the-end@training.save_steps", "warmup-too-long@training.warmup_steps"]);
  });
});

describe("what the name of a model says", () => {
  const codes = (model: string, rest = "") =>
    at(`model: ${model}\n${rest}`, {}).filter((each) => !each.startsWith("gemma2"));

  test.each([
    "Qwen/Qwen3-0.6B-GGUF",
    "TheBloke/Llama-2-7B-AWQ",
    "owner/Llama-3-8B-GPTQ-Int4",
    "mlx-community/Llama-3.2-1B-Instruct-4bit",
    "google/embeddinggemma-300m",
    "google-t5/t5-small",
    "google-bert/bert-base-uncased",
    "openai/whisper-tiny",
  ])("%s cannot be trained", (model) => expect(codes(model)).toEqual(["model-not-trainable@model.name"]));

  test.each([
    "someone/my-gguf-tuned-llama-3b",
    "owner/bert-like-llama",
    "unsloth/gpt-oss-20b",
    "unsloth/Qwen3-VL-8B-Instruct",
  ])("%s may be", (model) => expect(codes(model)).toEqual([]));

  test.each([
    ["google/gemma-2-9b", true],
    ["meta-llama/Llama-2-7b-hf", true],
    ["HuggingFaceTB/SmolLM2-135M", true],
    ["tiiuae/Falcon3-7B-Base", true],
    ["Qwen/Qwen2.5-7B", false],
    ["unsloth/mistral-7b-instruct-v0.3", false],
    ["deepseek-ai/DeepSeek-R1-Distill-Llama-8B", false],
    ["NousResearch/Hermes-3-Llama-3.1-8B", false],
    ["TinyLlama/TinyLlama-1.1B-Chat-v1.0", false],
  ])("%s has no chat template: %s", (model, missing) => {
    const reported = codes(model, "dataset: {path: a.jsonl, format: messages}");
    expect(reported.includes("chat-template-missing@dataset.chat_template")).toBe(missing);
  });
});

test.each(["Qwen/Qwen3-Next-80B-A3B-Instruct", "unsloth/Llama-4-Scout-17B-16E-Instruct"])(
  "the estimate's own name of a shared expert is no module of %s",
  (name) => {
    const codes = (module: string) =>
      at(`model: ${name}\nlora:\n  target_modules: [q_proj, ${module}]\n`, {});
    expect(codes("shared_gate_proj")).toContain("target-module-unknown@lora.target_modules[1]");
    expect(codes("gate_proj")).not.toContain("target-module-unknown@lora.target_modules[1]");
  },
);
