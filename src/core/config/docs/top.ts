import { NO_EFFECT, type KeyText } from "./text.ts";

const SECTION = "a section of the plan";

/** Top of the file: the name, what it extends, and the sections. */
export const TOP_TEXTS: Readonly<Record<string, KeyText>> = {
  name: {
    sentence: "What runs of this config are called.",
    becomes: "the run's name and folder",
    example: "name: support-triage",
    effect: NO_EFFECT,
    defaultNote: "the file's name",
  },
  extends: {
    sentence: "Another config, or a list of them, that this one starts from.",
    more: "Sections merge key by key, lists replace lists, and choices replace each other: a loading mode, max_steps or num_train_epochs, test_size or eval_dataset, lora or full_finetuning. `null` removes a key of the other file. Paths stay relative to the file that names them; of a list the last wins.",
    becomes: "the plan, with everything written out",
    example: "extends: base.finetune.yaml",
    effect: NO_EFFECT,
  },
  model: {
    sentence: "Which model, and how it is loaded. A text alone is its name.",
    becomes: SECTION,
    example: "model: unsloth/Llama-3.2-1B-Instruct",
    effect: NO_EFFECT,
  },
  lora: {
    sentence: "The adapters that are trained on the frozen model.",
    becomes: SECTION,
    example: "lora:\n  r: 16\n  lora_alpha: 16",
    effect: NO_EFFECT,
  },
  dataset: {
    sentence: "The rows to learn: a path, a section, or a list that is mixed.",
    becomes: SECTION,
    example: "dataset: data/support.jsonl",
    effect: NO_EFFECT,
  },
  eval_dataset: {
    sentence: "Rows that are evaluated and never learnt; instead of dataset.test_size.",
    more: "Takes the same keys as dataset. Templates and system message are those of the first dataset unless set here.",
    becomes: SECTION,
    example: "eval_dataset: data/held-out.jsonl",
    effect: NO_EFFECT,
  },
  training: {
    sentence: "How it is trained: batch, length, learning rate, when to save and evaluate.",
    becomes: SECTION,
    example: "training:\n  max_steps: 60",
    effect: NO_EFFECT,
  },
  save: {
    sentence: "What to write beside the adapter, which is always written: one output or a list.",
    becomes: SECTION,
    example: "save:\n  - {method: merged_16bit}",
    effect: NO_EFFECT,
  },
  compute: {
    sentence: "Where the run happens.",
    becomes: SECTION,
    example: "compute:\n  target: local",
    effect: NO_EFFECT,
  },
};
