/** Data: where it is, what it looks like, how it becomes text. */
import { error, hint, information, warning, type CodeTable } from "./code.ts";

export const DATASET_CODES: CodeTable = {
  "dataset-path-missing": error(
    "A dataset needs a path.",
    "Name a file, a folder or a Hub id.",
    "dataset:\n  format: text",
  ),
  "file-missing": error(
    "No file is at this place. Paths are relative to the file that names them.",
    "Take the nearest name that is there.",
    "dataset: chat.jsonl",
    "files",
  ),
  "path-refused": warning(
    "In an untrusted workspace only regular files inside it are read.",
    "Trust the workspace, or move the file into it.",
    "dataset: /etc/data.jsonl",
    "files",
  ),
  "path-control-character": error(
    "Inside double quotes \\n and \\t are a line break and a tab: the text is not the path that you see.",
    "Use single quotes or forward slashes.",
    'dataset: "D:\\new\\train.jsonl"',
  ),
  "text-has-blanks": error(
    "A blank inside the quotes is part of the name.",
    "Remove it.",
    'dataset: "chats.jsonl "',
  ),
  "curly-quotes": error(
    "Quotes of a word processor are letters to YAML.",
    "Use straight quotes, or none.",
    "dataset: “chats.jsonl”",
  ),
  "path-variable": error(
    "Variables of a shell are not replaced in a config.",
    "Write a path relative to the file, or one that starts with ~.",
    "dataset: $HOME/chats.jsonl",
  ),
  "path-glob": error(
    "A path names one file or folder.",
    "Name the folder, or write a list.",
    "dataset: data/*.jsonl",
  ),
  "windows-path": warning(
    "A path with a drive letter cannot exist on Linux, macOS or Modal.",
    "Use a path relative to the file.",
    "dataset: D:/data/chats.jsonl",
    "machine",
  ),
  "not-a-dataset": error(
    "Only JSON Lines, JSON, CSV, TSV, plain text, Parquet and Arrow are read.",
    "Convert the file.",
    "dataset: ./manual.pdf",
    "files",
  ),
  "dataset-twice": warning(
    "The rows count twice.",
    "Remove it, or say weight: 2.",
    "dataset:\n  - chats.jsonl\n  - chats.jsonl",
  ),
  "eval-is-train": error(
    "Evaluating on rows that are trained says nothing.",
    "Hold rows out with test_size.",
    "dataset: chats.jsonl\neval_dataset: chats.jsonl",
  ),
  "two-eval-sources": error(
    "test_size and eval_dataset both name the rows to evaluate.",
    "Keep one.",
    "dataset:\n  path: chats.jsonl\n  test_size: 0.1\neval_dataset: held-out.jsonl",
  ),
  "test-size-differs": error(
    "Rows are held out of the mix as a whole.",
    "Say test_size once.",
    "dataset:\n  - {path: a.jsonl, test_size: 0.1}\n  - {path: b.jsonl, test_size: 0.2}",
  ),
  "format-method": error(
    "The rows do not have what the method needs.",
    "Choose the method that fits the rows, or other rows.",
    "dataset:\n  path: pairs.jsonl\n  format: preference",
  ),
  "responses-only-on-text": error(
    "Plain text has no answers, so nothing would be trained.",
    "Use auto.",
    "dataset:\n  path: book.txt\n  format: text\n  train_on_responses_only: true",
  ),
  "split-on-chats": error(
    "The second half of a conversation has no question.",
    "Use drop or truncate.",
    "dataset:\n  path: chats.jsonl\n  format: messages\n  overlength: split",
  ),
  "truncated-answers": hint(
    "Cutting a conversation loses the end of its answer.",
    "Use drop, or a larger max_seq_length.",
    "dataset:\n  path: chats.jsonl\n  overlength: truncate",
  ),
  "chat-template-missing": error(
    "A base model has no chat template, so conversations cannot be rendered.",
    "Choose a template, or the Instruct model.",
    "model: unsloth/Llama-3.2-1B\ndataset:\n  path: chats.jsonl\n  format: messages",
  ),
  "chat-template-unknown": error(
    "No chat template has this name.",
    "Take a known name, or a .jinja file.",
    "dataset:\n  path: chats.jsonl\n  chat_template: lama-3",
  ),
  "chat-template-inline": error(
    "A Jinja template in the config is hard to read and easily broken by YAML.",
    "Put it into a .jinja file and name that.",
    'dataset:\n  path: chats.jsonl\n  chat_template: "{% for m in messages %}{{ m.content }}{% endfor %}"',
  ),
  "prompt-template-unknown": error(
    "A prompt template is auto, alpaca, or a text with {column} in it.",
    "Write the columns in braces.",
    "dataset:\n  path: rows.jsonl\n  prompt_template: vicuna",
  ),
  "alpaca-on-instruct": warning(
    "An Instruct model knows its own chat format; another has to be learnt first.",
    "Use auto.",
    "dataset:\n  path: rows.jsonl\n  format: alpaca\n  prompt_template: alpaca",
  ),
  "column-role-unknown": error(
    "columns maps roles (prompt, completion, messages, text …) to the names of the data's columns.",
    "Write role: column.",
    "dataset:\n  path: rows.jsonl\n  columns: {question: prompt}",
  ),
  "column-missing": error(
    "The data has no column of this name.",
    "Take one of the columns that the message lists.",
    "dataset:\n  path: rows.jsonl\n  columns: {prompt: qestion}",
    "data",
  ),
  "rows-too-long": warning(
    "Many rows are longer than max_seq_length and are dropped or cut.",
    "Raise max_seq_length, or shorten the rows.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  max_seq_length: 256",
    "data",
  ),
  "sequence-far-above-data": information(
    "The limit is far above the longest row; packed or padded rows would pay for it.",
    "Set it near the longest row.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  max_seq_length: 8192",
    "data",
  ),
  "eval-overlaps-train": warning(
    "Rows that are evaluated are trained on too.",
    "Remove them from one of the two, or use test_size.",
    "dataset: chats.jsonl\neval_dataset: held-out.jsonl",
    "data",
  ),
  "too-few-rows": error(
    "The split would leave nothing to train on or nothing to evaluate.",
    "Remove test_size, or add rows.",
    "dataset:\n  path: one-row.jsonl\n  test_size: 0.1",
    "data",
  ),
};
