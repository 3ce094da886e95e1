/** Words of other tools for values of ours, by key: what a person means when a value is refused. */

/** YAML 1.1 reads these as booleans; people write them for both switches and words. */
const ON = new Set(["true", "yes", "on", "y", "1"]);
const OFF = new Set(["false", "no", "off", "n", "0"]);

/** The switch that a word means, or undefined. */
export function switchOf(word: string): boolean | undefined {
  const small = word.trim().toLowerCase();
  return ON.has(small) ? true : OFF.has(small) ? false : undefined;
}

const NEVER = {
  false: "no",
  off: "no",
  none: "no",
  never: "no",
  true: "steps",
  epochs: "epoch",
  step: "steps",
};
const DTYPES = {
  bf16: "bfloat16",
  fp16: "float16",
  half: "float16",
  fp32: "float32",
  float: "float32",
  none: "auto",
  "torch.bfloat16": "bfloat16",
  "torch.float16": "float16",
  "torch.float32": "float32",
};

const MEANT: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "model.dtype": DTYPES,
  "model.use_gradient_checkpointing": { none: false },
  "model.attn_implementation": {
    flash_attn: "flash_attention_2",
    flash_attention: "flash_attention_2",
    flash: "flash_attention_2",
    xformers: "sdpa",
    flex: "flex_attention",
  },
  "lora.target_modules": { all: "all-linear", all_linear: "all-linear", "all-linear-layers": "all-linear" },
  "lora.bias": { false: "none", off: "none", no: "none", true: "all" },
  "dataset.format": {
    chatml: "messages",
    chat: "messages",
    conversational: "messages",
    openai: "messages",
    conversations: "sharegpt",
    instruction: "alpaca",
    completion: "text",
    raw: "text",
    plain: "text",
    pretrain: "text",
    dpo: "preference",
    kto: "unpaired_preference",
    "input-output": "prompt_completion",
  },
  "dataset.overlength": { cut: "truncate", skip: "drop", chunk: "split" },
  "dataset.train_on_responses_only": { all: true },
  "training.method": {
    lora: "sft",
    qlora: "sft",
    pt: "sft",
    pretrain: "sft",
    cpt: "sft",
    instruct: "sft",
    full: "sft",
  },
  "training.optim": {
    adamw: "adamw_torch",
    adam: "adamw_torch",
    adamw_hf: "adamw_torch",
    adam_8bit: "adamw_8bit",
    adam8bit: "adamw_8bit",
    adamw_apex_fused: "adamw_torch_fused",
    adamw_torch_8bit: "adamw_8bit",
    lion: "lion_32bit",
  },
  "training.lr_scheduler_type": {
    cosine_with_min_learning_rate: "cosine_with_min_lr",
    none: "constant",
    wsd: "warmup_stable_decay",
  },
  "training.packing_strategy": { ffd: "bfd", "bfd-requeue": "bfd_split", fixed: "wrapped" },
  "training.save_strategy": NEVER,
  "training.eval_strategy": NEVER,
  "training.report_to": { false: "none", off: "none", no: "none" },
  "save.method": {
    merged: "merged_16bit",
    "16bit": "merged_16bit",
    "4bit": "merged_4bit",
    merged_4bit_forced: "merged_4bit",
  },
  "compute.target": { gpu: "local", cpu: "local", cloud: "modal", remote: "modal" },
  "compute.local.strategy": { none: "auto", data_parallel: "ddp", unsloth_balanced: "balanced" },
};

/** What a refused value of a key most likely means, or undefined. */
export function meantValue(key: string, value: unknown): unknown {
  const table = MEANT[key.replace(/^eval_dataset\./, "dataset.")];
  const word = String(value).trim().toLowerCase();
  return table && Object.hasOwn(table, word) ? table[word] : undefined;
}
