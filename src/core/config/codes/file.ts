/** The text of the file, its names and its values. */
import { error, hint, warning, type CodeTable } from "./code.ts";

export const FILE_CODES: CodeTable = {
  "yaml-syntax": error(
    "The file is not valid YAML, so part of it cannot be read.",
    "The message names the place: close the bracket or quote, or indent the line like its neighbours.",
    "lora: {r: 16\ntraining:\n  seed: 1",
  ),
  "tab-indent": error(
    "YAML does not allow tabs as indentation. Below the tab the file is still read.",
    "Use two spaces; the fix replaces every such tab.",
    "lora:\n\tr: 16",
  ),
  "bad-escape": error(
    "Inside double quotes a backslash starts an escape, and this one does not exist or lacks digits. Windows paths in double quotes are the usual case.",
    "Use single quotes, or forward slashes.",
    'dataset: "C:\\Users\\mo\\chats.jsonl"',
  ),
  "missing-space": error(
    "YAML reads key:value without a space as one text.",
    "Write a space after the colon.",
    "training:\n  seed:1",
  ),
  "duplicate-key": error(
    "A key stands twice in one section; the later one would win silently.",
    "Remove one of them.",
    "training:\n  seed: 1\n  seed: 2",
  ),
  "several-documents": error(
    "A line of three dashes starts another YAML document, which is ignored.",
    "Remove it, or move it to a file of its own.",
    "training:\n  seed: 1\n---\nlora:\n  r: 8",
  ),
  "unresolved-alias": error(
    "An alias (*name) stands for a value marked &name above it, and there is none.",
    "Mark the value with the anchor, or write it out.",
    "lora: *defaults",
  ),
  "alias-cycle": error(
    "An alias stands inside the value that it copies.",
    "Write the value out.",
    "lora: &a\n  loftq_config: *a",
  ),
  "alias-bomb": error(
    "Aliases of aliases expand to more values than any config needs.",
    "Write the values out.",
    "# thousands of nested aliases",
    "files",
  ),
  "too-deep": error(
    "Brackets are nested without end.",
    "Remove them.",
    "# thousands of open brackets",
    "files",
  ),
  "file-too-large": error(
    "A config is read up to one million characters.",
    "Move data into a dataset file.",
    "# a file of 10 MB",
    "files",
  ),
  "empty-file": error(
    "There is nothing in the file.",
    "Name at least a model and a dataset.",
    "# only a comment",
    "files",
  ),
  "not-a-config": error(
    "The file holds a list or a single text instead of sections.",
    "Write sections: model, dataset, training.",
    "- model: x",
    "files",
  ),
  "extends-missing": error(
    "A file that this one extends cannot be read.",
    "Check the path: it is relative to this file.",
    "extends: base.finetune.yaml",
  ),
  "extends-cycle": error(
    "Files extend each other in a circle.",
    "Remove one of the links that the message lists.",
    "extends: example.finetune.yaml",
  ),
  "extends-too-long": error(
    "More than 50 files are extended.",
    "Merge some of them.",
    "extends: one.finetune.yaml",
    "files",
  ),
  "unknown-key": error(
    "No key has this name. Tools that drop unknown keys train for hours with a default instead.",
    "Take the suggested name, or remove the line.",
    "training:\n  learning_rte: 2e-4",
  ),
  "wrong-section": error(
    "The key exists, in another section.",
    "Move it; if it is set there already, remove it here.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  learning_rate: 2e-4",
  ),
  "renamed-key": warning(
    "Another tool or an older library uses this name for one of our keys. The value is used.",
    "Rename it.",
    "training:\n  warmup_ratio: 0.1",
  ),
  "removed-key": warning(
    "The key has no meaning here; the message says what takes its place.",
    "Remove it.",
    "training:\n  logging_dir: logs",
  ),
  "refused-key": error(
    "A key of another tool that is known and not taken, for the reason given.",
    "Remove it, or use what the message names.",
    "lora:\n  rank_pattern: {q_proj: 8}",
  ),
  "wrong-type": error(
    "The value is of another kind than the key takes: a text for a list, a list for a section.",
    "Write the kind of value that the message names.",
    "lora:\n  target_modules: q_proj, v_proj",
  ),
  "not-allowed-value": error(
    "The key takes certain words only.",
    "Choose one of them; completion lists them all.",
    "training:\n  optim: adam",
  ),
  "out-of-range": error(
    "The number is outside of what the key takes.",
    "Use a number in the range; where 0 or -1 means “not set” elsewhere, leave the line out.",
    "training:\n  max_steps: -1",
  ),
  "number-as-text": error(
    "A number in quotes, or with underscores, is a text in YAML 1.2, and training libraries stop at it late.",
    "Write the plain number.",
    "training:\n  max_steps: 1_000",
  ),
  "boolean-as-text": error(
    "In quotes, or written yes, no, on or off, a switch is a text in YAML 1.2.",
    "Write true or false.",
    "lora:\n  use_rslora: yes",
  ),
  "text-as-number": error(
    "A text that looks like a number is read as one, and loses leading zeros or becomes 1e10.",
    "Put it in quotes.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  revision: 123456",
  ),
  "leading-zero": warning(
    "YAML 1.1 readers, PyYAML among them, take such a number as octal.",
    "Remove the zero.",
    "training:\n  seed: 010",
  ),
  "secret-in-file": error(
    "A token or key in a file ends in git, in run folders and in bug reports. It cannot be silenced.",
    "Move it to secret storage; runs get it by environment. If it was ever committed, make a new one.",
    "model:\n  name: unsloth/Llama-3.2-1B-Instruct\n  token: hf_EXAMPLEONLYEXAMPLEONLY",
  ),
  "model-missing": error(
    "A run needs a model.",
    "Add model: with a Hub id or a folder.",
    "dataset: chats.jsonl",
  ),
  "dataset-missing": error(
    "A run needs data.",
    "Add dataset: with a file or a Hub id.",
    "model: unsloth/Llama-3.2-1B-Instruct",
  ),
  "training-script-beside": hint(
    "A script or config of another trainer lies beside this file. What it trains is neither checked nor estimated here, and its values may no longer be those of this file.",
    "Move its values into this file: the keys have the names of its arguments. Then keep it elsewhere, or silence this.",
    "# beside it: train.py with SFTTrainer\nmodel: unsloth/Llama-3.2-1B-Instruct\ndataset: chats.jsonl",
    "files",
  ),
  "no-effect": warning(
    "The key is set and nothing reads it, because of another key.",
    "Remove it, or set the key that it needs.",
    "training:\n  packing_strategy: bfd",
  ),
};
