import { describe, expect, test } from "vitest";
import { mayBeNeighbour, neighbour } from "../../../../src/core/config/neighbours.ts";
import { parse } from "../../../../src/core/config/parse.ts";
import { validate } from "../../../../src/core/config/validate.ts";

const TRL = "import torch\nfrom trl import SFTConfig, SFTTrainer\n\ntrainer = SFTTrainer(model)\n";

test.each([
  ["train.py", TRL, "a plain TRL training script"],
  ["run.py", "from peft import LoraConfig, get_peft_model\n", "a plain PEFT training script"],
  [
    "run.py",
    "from transformers import (\n  Trainer,\n  TrainingArguments,\n)\n",
    "a plain transformers training script",
  ],
  ["qwen.yml", "base_model: a/b\ndatasets:\n  - path: x\n", "a config of Axolotl"],
  ["sft.yaml", "model_name_or_path: a/b\nstage: sft\n", "a config of LLaMA-Factory"],
  ["sft.json", '{\n  "model_name_or_path": "a/b",\n  "use_peft": true\n}', "a config of TRL"],
  ["chat.py", "from transformers import AutoModelForCausalLM, pipeline\n", null],
  ["ours.py", `from unsloth import FastLanguageModel\n${TRL}`, null],
  ["rewards.py", "import re\n\ndef short(completions): ...\n", null],
  ["ci.yaml", "on: push\njobs: {}\n", null],
  ["notes.py", "# from trl import SFTTrainer\n", null],
])("%s: %j", (name, text, what) => {
  expect(neighbour(name, text)).toEqual(what === null ? null : { name, what });
});

test.each([
  ["train.py", true],
  ["axolotl.yml", true],
  ["a.finetune.yaml", false],
  ["finetune.yaml", false],
  ["rows.jsonl", false],
  ["package.json", false],
  ["conftest.py", false],
  ["train.ipynb", false],
])("%s is opened: %s", (name, opened) => {
  expect(mayBeNeighbour(name)).toBe(opened);
});

describe("the hint", () => {
  const said = (text: string, names: readonly string[]) => {
    const neighbours = names.map((name) => ({ name, what: "a plain TRL training script" }));
    const context = { path: "/w/a.finetune.yaml", read: () => parse("lora:\n  r: 8\n") };
    return validate(text, context, { neighbours: { "/w": neighbours } }).problems.filter(
      ({ code }) => code === "training-script-beside",
    );
  };
  const CONFIG = "model: a/b\ndataset: rows.jsonl\n";

  test("names the files, leads to them, and is a hint", () => {
    const [hint] = said(CONFIG, ["train.py"]);
    expect(hint).toMatchObject({ severity: "hint", related: [{ file: "/w/train.py" }] });
    expect(hint?.message).toContain("train.py (a plain TRL training script)");
  });

  test("many are counted", () => {
    expect(said(CONFIG, ["a.py", "b.py", "c.py", "d.py", "e.py"])[0]?.message).toContain(
      "c.py (a plain TRL training script) and 2 more",
    );
  });

  test("says nothing of files that the config uses, of other folders, and where it is silenced", () => {
    expect(said(`${CONFIG}extends: base.yaml\n`, ["base.yaml"])).toEqual([]);
    expect(
      said("model: a/b # finetune-ignore training-script-beside\ndataset: rows.jsonl\n", ["train.py"]),
    ).toEqual([]);
    expect(said(CONFIG, [])).toEqual([]);
  });
});
