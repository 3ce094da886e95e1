/** Resolved configs for estimates: an ordinary QLoRA of an 8B model, changed where a test says so. */
import type { ResolvedConfig } from "../../../../src/core/run/plan.ts";
import { planSchema } from "../../../../src/core/run/plan.ts";
import plan from "../../../fixtures/plans/support-triage.json" with { type: "json" };

export interface Change {
  readonly model?: Partial<ResolvedConfig["model"]>;
  readonly lora?: Partial<NonNullable<ResolvedConfig["lora"]>> | null;
  readonly training?: Partial<ResolvedConfig["training"]>;
  readonly save?: ResolvedConfig["save"];
  readonly compute?: Partial<ResolvedConfig["compute"]>;
  readonly eval?: boolean;
}

/** Where the data of these configs lies. */
export const DATA = "/data/support.jsonl";

export function configOf(change: Change = {}): ResolvedConfig {
  const { inputs: _inputs, version: _version, plan_id: _id, ...base } = planSchema.parse(plan);
  const lora = base.lora;
  if (lora === null) throw new Error("the fixture trains adapters");
  return {
    ...base,
    name: "test",
    model: {
      ...base.model,
      name: "unsloth/Llama-3.1-8B-Instruct",
      embedded: null,
      max_seq_length: 2048,
      dtype: "auto",
      load_in_4bit: true,
      load_in_16bit: false,
      use_gradient_checkpointing: "unsloth",
      ...change.model,
    },
    lora: change.lora === null ? null : { ...lora, ...change.lora },
    eval_dataset: null,
    training: {
      ...base.training,
      per_device_train_batch_size: 2,
      gradient_accumulation_steps: 4,
      num_train_epochs: 1,
      max_steps: null,
      optim: "adamw_8bit",
      eval_strategy: change.eval ? "steps" : "no",
      ...change.training,
    },
    save: change.save ?? [],
    compute: { ...base.compute, ...change.compute },
    locals: { "dataset.0": { source: "support.jsonl", path: DATA, kind: "file" } },
  };
}

export const MODES = {
  qlora: { load_in_4bit: true, load_in_8bit: false, load_in_16bit: false, full_finetuning: false },
  lora8: { load_in_4bit: false, load_in_8bit: true, load_in_16bit: false, full_finetuning: false },
  lora16: { load_in_4bit: false, load_in_8bit: false, load_in_16bit: true, full_finetuning: false },
  full: { load_in_4bit: false, load_in_8bit: false, load_in_16bit: false, full_finetuning: true },
} as const;
