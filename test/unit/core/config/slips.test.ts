/** Slips of the hand and habits of other languages: what each becomes when the first fix is taken. */
import { expect, test } from "vitest";
import { applyEdits } from "../../../../src/core/config/edits.ts";
import { dotted } from "../../../../src/core/config/value.ts";
import { completed, validateText } from "./whole-file.ts";

const SLIPS: readonly (readonly [fragment: string, problem: string, after: string | null])[] = [
  // numbers
  [
    'training: {learning_rate: "2e-4"}',
    "number-as-text@training.learning_rate",
    "training: {learning_rate: 0.0002}",
  ],
  [
    'training: {learning_rate: "0,0002"}',
    "number-as-text@training.learning_rate",
    "training: {learning_rate: 0.0002}",
  ],
  [
    "training:\n  learning_rate: 2e-4,",
    "number-as-text@training.learning_rate",
    "training:\n  learning_rate: 0.0002",
  ],
  ['training: {max_steps: "1,000"}', "number-as-text@training.max_steps", "training: {max_steps: 1000}"],
  ["training:\n  max_steps: 1_000", "number-as-text@training.max_steps", "training:\n  max_steps: 1000"],
  ["training: {warmup_steps: 10%}", "number-as-text@training.warmup_steps", "training: {warmup_steps: 0.1}"],
  [
    "compute: {target: local, modal: {max_cost_usd: $15}}",
    "number-as-text@compute.modal.max_cost_usd",
    "compute: {target: local, modal: {max_cost_usd: 15}}",
  ],
  ["lora: {r: '16'}", "number-as-text@lora.r", "lora: {r: 16}"],
  ["lora: {r: 8.5}", "out-of-range@lora.r", null],
  ["training: {num_train_epochs: -1}", "out-of-range@training.num_train_epochs", ""],
  [
    "training: {lr_scheduler_type: cosine_with_min_lr, lr_scheduler_kwargs: {min_lr_rate: '0.1'}}",
    "number-as-text@training.lr_scheduler_kwargs.min_lr_rate",
    "training: {lr_scheduler_type: cosine_with_min_lr, lr_scheduler_kwargs: {min_lr_rate: 0.1}}",
  ],
  // switches and words
  ["lora: {use_rslora: yes}", "boolean-as-text@lora.use_rslora", "lora: {use_rslora: true}"],
  ["lora: {use_dora: 'False'}", "boolean-as-text@lora.use_dora", "lora: {use_dora: false}"],
  ["training: {bf16: on}", "boolean-as-text@training.bf16", "training: {bf16: true}"],
  [
    "training: {eval_strategy: false}",
    "not-allowed-value@training.eval_strategy",
    'training: {eval_strategy: "no"}',
  ],
  ["training: {optim: AdamW_8bit}", "not-allowed-value@training.optim", "training: {optim: adamw_8bit}"],
  [
    "training: {lr_scheduler_type: cosin}",
    "not-allowed-value@training.lr_scheduler_type",
    "training: {lr_scheduler_type: cosine}",
  ],
  [
    "save: [{method: gguf, quantization_method: Q4_K_M}]",
    "not-allowed-value@save[0].quantization_method",
    "save: [{method: gguf, quantization_method: q4_k_m}]",
  ],
  // shapes
  [
    "lora: {target_modules: 'q_proj, v_proj'}",
    "wrong-type@lora.target_modules",
    "lora: {target_modules: [q_proj, v_proj]}",
  ],
  [
    "lora: {target_modules: all_linear}",
    "not-allowed-value@lora.target_modules",
    "lora: {target_modules: all-linear}",
  ],
  [
    "lora: {modules_to_save: lm_head}",
    "wrong-type@lora.modules_to_save",
    "lora: {modules_to_save: [lm_head]}",
  ],
  ["training: {seed: [1]}", "wrong-type@training.seed", "training: {seed: 1}"],
  ["save: gguf", "wrong-type@save", "save: [{method: gguf}]"],
  ["save: [merged_16bit]", "wrong-type@save[0]", "save: [{method: merged_16bit}]"],
  ["training: dpo", "wrong-type@training", "training:\n  method: dpo"],
  ["compute: {local: {gpus: 2}}", "wrong-type@compute.local.gpus", "compute: {local: {gpus: [0, 1]}}"],
  ['compute: {local: {gpus: "0,1"}}', "wrong-type@compute.local.gpus", "compute: {local: {gpus: [0, 1]}}"],
  ["lora:\n  r = 16", "missing-space@lora", "lora:\n  r: 16"],
  ["training:\n  seed:1", "missing-space@training", "training:\n  seed: 1"],
  // names
  ["training: {learningRate: 1e-4}", "unknown-key@training.learningRate", "training: {learning_rate: 1e-4}"],
  [
    "training: {learning-rate: 1e-4}",
    "unknown-key@training.learning-rate",
    "training: {learning_rate: 1e-4}",
  ],
  ["Training: {seed: 1}", "unknown-key@Training", "training: {seed: 1}"],
  ["training: {tokenizer: x}", "removed-key@training.tokenizer", ""],
  ["data: b.jsonl\ndataset: null", "renamed-key@data", "dataset:\n  path: b.jsonl"],
  ["eval: b.jsonl", "renamed-key@eval", "eval_dataset:\n  path: b.jsonl"],
  ["model: {quantization: 4bit, name: a/b}", "removed-key@model.quantization", "model: {name: a/b}"],
  [
    "dataset: {path: a.jsonl, columns: {question: prompt}}",
    "column-role-unknown@dataset.columns.question",
    "dataset: {path: a.jsonl, columns: {prompt: question}}",
  ],
  [
    "dataset: {path: a.jsonl, columns: {promt: q}}",
    "column-role-unknown@dataset.columns.promt",
    "dataset: {path: a.jsonl, columns: {prompt: q}}",
  ],
  ["model: smollm2-135m", "model-without-owner@model.name", "model: smollm2-135m-instruct"],
  ["model: llama-3.2-1b-instruct", "model-without-owner@model.name", "model: unsloth/Llama-3.2-1B-Instruct"],
  ["model: https://huggingface.co/a/b/tree/main", "name-is-address@model.name", "model: a/b"],
  // texts
  ["model: “a/b”", "curly-quotes@model.name", "model: a/b"],
  ['model: "a/b "', "text-has-blanks@model.name", "model: a/b"],
  ["dataset: ${DATA}/a.jsonl", "path-variable@dataset.path", null],
  ["dataset: data/*.jsonl", "path-glob@dataset.path", null],
  ["dataset: *.jsonl", "unresolved-alias@dataset", null],
  [
    "compute: {target: modal, modal: {timeout: 1h 30m}}",
    "not-allowed-value@compute.modal.timeout",
    "compute: {target: modal, modal: {timeout: 1h30m}}",
  ],
  ["training: {max_steps: 10, token: null}", "secret-in-file@training.token", "training: {max_steps: 10}"],
  ["wandb: {api_key: abc}", "unknown-key@wandb", ""],
];

test.each(SLIPS)("%s", (fragment, expected, after) => {
  const text = completed(fragment);
  const { parsed, problems } = validateText(text);
  const [code = "", path = ""] = expected.split("@");
  const problem = problems.find((each) => each.code === code && dotted(each.path) === path);
  expect(problems.map((each) => `${each.code}@${dotted(each.path)}`)).toContain(expected);
  const fix = problem?.fixes?.[0];
  if (after === null) {
    expect(fix).toBeUndefined();
    return;
  }
  const fixed = applyEdits(parsed, fix?.edits ?? []);
  const head = text.slice(0, text.length - fragment.length - 1);
  expect(fixed.trimEnd()).toBe(`${head}${after}`.trimEnd());
  expect(
    validateText(fixed).problems.filter((each) => each.code === code && dotted(each.path) === path),
  ).toEqual([]);
});

test("a secret in a section that nobody knows is found by its name", () => {
  const codes = validateText(completed("wandb: {api_key: abc}")).problems.map(
    (each) => `${each.code}@${dotted(each.path)}`,
  );
  expect(codes).toEqual(["unknown-key@wandb", "secret-in-file@wandb.api_key"]);
});

test("names inside a section that goes by another name are checked in the same pass", () => {
  const { problems } = validateText(
    completed("training_args:\n  lr: 1e-4\n  learning_rte: 2\npeft_config: {r: 8, alpha: 8}"),
  );
  expect(problems.map((each) => `${each.code}@${dotted(each.path)}`)).toEqual([
    "renamed-key@training_args",
    "renamed-key@training.lr",
    "unknown-key@training.learning_rte",
    "renamed-key@peft_config",
    "renamed-key@lora.alpha",
  ]);
});

test("what looks unusual and is right is left alone", () => {
  for (const fragment of [
    "training: {learning_rate: 2E-4, bf16: True, seed: 1e3, max_steps: 60}",
    "training: {learning_rate: +2.0e-4, save_strategy: no, eval_strategy: no}",
    "model: {name: unsloth/Llama-3.2-1B-Instruct, max_seq_length: 2048.0}",
    "dataset: ~/chats.jsonl",
    "dataset: 'C:\\Users\\mo\\chats.jsonl'",
    "{}",
  ]) {
    expect(validateText(completed(fragment === "{}" ? "name: a" : fragment)).problems).toEqual([]);
  }
});
