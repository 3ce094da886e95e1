import { CompletionItemKind } from "vscode-languageserver-types";
import type { KeyNode } from "../core/config/keys.ts";
import type { Choice } from "./insertion.ts";

/** What stands below a section when its name is taken, by path; a cursor alone where nothing is usual. */
const BODIES: Readonly<Record<string, readonly string[]>> = {
  model: ["name: $1", "max_seq_length: ${2:2048}", "load_in_4bit: ${3:true}"],
  lora: ["r: ${1:16}", "lora_alpha: ${2:16}"],
  dataset: ["path: $1"],
  eval_dataset: ["path: $1"],
  training: [
    "per_device_train_batch_size: ${1:2}",
    "gradient_accumulation_steps: ${2:4}",
    "num_train_epochs: ${3:1}",
  ],
  save: ["- method: ${1|merged_16bit,merged_4bit,gguf|}"],
  compute: ["target: ${1|local,modal|}"],
  "compute.local": ["gpus: ${1:auto}"],
  "compute.modal": ["gpu: ${1:L4}", "timeout: ${2:4h}", "max_cost_usd: ${3:15}"],
  "training.dpo": ["beta: ${1:0.1}"],
  "training.orpo": ["beta: ${1:0.1}"],
  "training.kto": ["beta: ${1:0.1}"],
  "training.grpo": ["reward_funcs: $1", "num_generations: ${2:8}"],
};

/** The lines below the name of a section that stands at column `indent`, each with its line break before it. */
export function sectionBody(section: KeyNode, indent: number): string {
  const lead = `\n${" ".repeat(indent + 2)}`;
  return (BODIES[section.path] ?? ["$1"]).map((line) => lead + line).join("");
}

const WHOLE: readonly {
  readonly label: string;
  readonly detail: string;
  readonly lines: readonly string[];
}[] = [
  {
    label: "fine-tune a chat model (QLoRA)",
    detail: "4-bit LoRA on your rows: the usual start on one GPU",
    lines: [
      "name: ${1:my-first-tune}",
      "model:",
      "  name: ${2:unsloth/Llama-3.2-3B-Instruct}",
      "  max_seq_length: ${3:2048}",
      "  load_in_4bit: true",
      "lora:",
      "  r: 16",
      "  lora_alpha: 16",
      "dataset: ${4:data/train.jsonl}",
      "training:",
      "  per_device_train_batch_size: 2",
      "  gradient_accumulation_steps: 4",
      "  num_train_epochs: 1",
      "",
    ],
  },
  {
    label: "try it without a GPU",
    detail: "a small real model on the CPU, a few minutes",
    lines: [
      "name: ${1:on-this-cpu}",
      "model: smollm2-135m-instruct",
      "lora:",
      "  r: 16",
      "  lora_alpha: 16",
      "dataset: ${2:data/train.jsonl}",
      "training:",
      "  per_device_train_batch_size: 2",
      "  max_steps: ${3:60}",
      "",
    ],
  },
  {
    label: "fine-tune on Modal",
    detail: "the same on a rented GPU, with a cap on time and money",
    lines: [
      "name: ${1:my-first-tune}",
      "model:",
      "  name: ${2:unsloth/Llama-3.1-8B-Instruct}",
      "  max_seq_length: ${3:2048}",
      "  load_in_4bit: true",
      "lora:",
      "  r: 16",
      "  lora_alpha: 16",
      "dataset: ${4:data/train.jsonl}",
      "training:",
      "  per_device_train_batch_size: 2",
      "  gradient_accumulation_steps: 4",
      "  num_train_epochs: 1",
      "compute:",
      "  target: modal",
      "  modal:",
      "    gpu: ${5:L4}",
      "    timeout: ${6:2h}",
      "    max_cost_usd: ${7:5}",
      "",
    ],
  },
];

/** Whole configs, for a file without a key. */
export const wholeConfigs = (): Choice[] =>
  WHOLE.map(({ label, detail, lines }) => ({
    label,
    insert: lines.join("\n"),
    item: { kind: CompletionItemKind.Snippet, detail },
  }));
