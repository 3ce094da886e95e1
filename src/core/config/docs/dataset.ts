import type { DatasetInput } from "../schema.ts";
import { effect, NO_EFFECT, type SectionTexts } from "./text.ts";

const OURS = "the trainer's own reading and tokenising of rows";

export const DATASET_TEXTS: SectionTexts<DatasetInput> = {
  path: {
    sentence: "A file or folder with rows, or the id of a Hub dataset.",
    more: "JSON Lines, JSON, CSV, TSV, plain text, Parquet. It is a place on this machine when it starts with `./`, `../`, `/` or `~`, has a data extension, or exists; else a Hub id. Relative to the file that names it.",
    becomes: OURS,
    example: "path: data/support.jsonl",
    effect: effect(
      "none: large files are read row by row",
      "more rows, more steps",
      "the data is what is learnt",
    ),
  },
  name: {
    sentence: "Configuration of a Hub dataset.",
    becomes: "datasets.load_dataset(name)",
    example: "name: main",
    effect: NO_EFFECT,
  },
  split: {
    sentence: "Split of a Hub dataset.",
    becomes: "datasets.load_dataset(split)",
    example: "split: train",
    effect: NO_EFFECT,
  },
  revision: {
    sentence: "Branch, tag or commit of a Hub dataset.",
    becomes: "datasets.load_dataset(revision)",
    example: "revision: main",
    effect: NO_EFFECT,
  },
  format: {
    sentence: "What the rows look like; `auto` finds out from the columns.",
    becomes: OURS,
    example: "format: auto",
    effect: effect("none", "none", "the wrong one trains on the wrong text"),
    values: {
      auto: "found from the columns of the first rows",
      alpaca: "instruction, input, output",
      messages: "a list of {role, content}",
      sharegpt: "a list of {from, value}",
      prompt_completion: "prompt and completion",
      text: "one text a row, all of it learnt",
      preference: "prompt, chosen, rejected (dpo, orpo)",
      unpaired_preference: "prompt, completion, label (kto)",
      prompt_only: "prompt (grpo)",
    },
  },
  columns: {
    sentence: "Which column plays which role, where names differ from the format's.",
    becomes: OURS,
    example: "columns: {prompt: question, completion: answer}",
    effect: NO_EFFECT,
    defaultNote: "the format's own names",
  },
  prompt_template: {
    sentence: "How an instruction row becomes a prompt.",
    more: "`auto` uses the model's chat template if it has one, else the Alpaca text. A text with `{column}` in it is filled from the row.",
    becomes: OURS,
    example: 'prompt_template: "Question: {instruction}\\nAnswer: "',
    effect: effect(
      "longer prompts cost tokens",
      "longer prompts cost tokens",
      "use the same text when you ask the model later",
    ),
    values: { auto: "the model's chat template, else Alpaca", alpaca: "the Alpaca text" },
  },
  chat_template: {
    sentence: "How a conversation becomes text: the model's own, a known name, or a Jinja file.",
    more: "A base model without a template cannot take chats: choose a template, or an Instruct model.",
    becomes: `${OURS} (unsloth.get_chat_template for names)`,
    example: "chat_template: auto",
    effect: effect("none", "none", "another template than the model knows has to be learnt first"),
    values: { auto: "the model's own" },
  },
  train_on_responses_only: {
    sentence: "Learns the answers only; prompts are read but not learnt.",
    becomes: OURS,
    example: "train_on_responses_only: auto",
    effect: effect("none", "none", "better answers on chats; on plain text everything is learnt"),
    values: {
      auto: "answers only for chats and instructions, everything for text",
      last: "the last answer of each conversation only",
      true: "every answer",
      false: "the whole text, prompts included",
    },
  },
  overlength: {
    sentence: "What happens to rows longer than model.max_seq_length.",
    becomes: OURS,
    example: "overlength: drop",
    effect: effect("none", "fewer tokens", "truncate loses the end of answers"),
    values: {
      auto: "split for text, drop for conversations",
      split: "cut into rows of full length",
      drop: "left out and counted",
      truncate: "cut at the end",
    },
  },
  system_message: {
    sentence: "A system message for rows that have none.",
    becomes: OURS,
    example: 'system_message: "You sort support messages."',
    effect: effect(
      "a few tokens a row",
      "a few tokens a row",
      "use the same one when you ask the model later",
    ),
  },
  max_samples: {
    sentence: "At most this many rows, chosen with training.seed, before any split.",
    becomes: OURS,
    example: "max_samples: 1000",
    effect: effect("none", "fewer steps", "less to learn from"),
    defaultNote: "all rows",
  },
  shuffle: {
    sentence: "Orders the rows with training.seed.",
    becomes: OURS,
    example: "shuffle: true",
    effect: effect("none", "none", "sorted data trains badly without it"),
    defaultNote: "true; false for eval_dataset",
  },
  weight: {
    sentence: "How often the rows count in a mix: 2 repeats them, 0.5 takes a seeded half.",
    becomes: OURS,
    example: "weight: 0.5",
    effect: effect("none", "more or fewer steps", "the balance of a mix"),
  },
  dataset_num_proc: {
    sentence:
      "Processes that tokenise; left out: one for each 20,000 rows, as far as there are cores. 1: none.",
    becomes: OURS,
    example: "dataset_num_proc: 4",
    effect: effect(
      "system memory for each",
      "faster preparation of large data; on Windows without effect",
      "none",
    ),
    defaultNote: "by rows and cores",
  },
  test_size: {
    sentence: "Rows held out for evaluation: a share below 1, or a number.",
    more: "Chosen by a hash of the row, so rows that you add later never move between the two, and duplicates stay together. Instead of eval_dataset.",
    becomes: OURS,
    example: "test_size: 0.05",
    effect: effect("none", "evaluation takes time", "shows overfitting"),
    defaultNote: "nothing is held out",
  },
};
