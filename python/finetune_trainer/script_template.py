"""The text of the script that `export --method script` writes; <<NAME>> are the places to fill."""

TEMPLATE = r'''"""<<NAME>>: this run's training as one plain script.

Needs unsloth with its trl, transformers, peft and datasets. Reads train.jsonl (and eval.jsonl) beside it: rows as
the model reads them, {"text": …, "learn": [[start, end], …]}; only the characters in `learn` are trained.
Writes checkpoints/ and adapter/ (or model/) here.
"""

import json
from pathlib import Path

import unsloth  # before the libraries that it patches
import torch
from datasets import Dataset
from trl import SFTConfig, SFTTrainer
from unsloth import FastLanguageModel

HERE = Path(__file__).resolve().parent
MODEL = "<<MODEL>>"
LOAD = <<LOAD>>
LORA = <<LORA>>
ARGUMENTS = <<ARGUMENTS>>
BOS = <<BOS>>  # the id that this tokenizer puts before every text
MAX_LENGTH = <<MAX>>
OVERLENGTH = <<OVERLENGTH>>  # what happens to longer rows: split, drop or truncate

model, tokenizer = FastLanguageModel.from_pretrained(model_name=MODEL, dtype=<<DTYPE>>, **LOAD)
template = HERE / "chat_template.jinja"
if template.exists():
    tokenizer.chat_template = template.read_text(encoding="utf-8")
if LORA is not None:
    model = FastLanguageModel.get_peft_model(model, **LORA)


def encode(row):
    """Text and spans → ids and labels; a token is trained when it begins inside a span."""
    if "input_ids" in row:
        ids, labels = row["input_ids"], row.get("labels", row["input_ids"])
    else:
        found = tokenizer(row["text"], add_special_tokens=False, return_offsets_mapping=True)
        ids = found["input_ids"]
        starts = [start for start, _ in found["offset_mapping"]]
        labels = [i if any(a <= s < b for a, b in row["learn"]) else -100 for i, s in zip(ids, starts)]
        if BOS is not None:
            while ids[:1] == [BOS]:
                ids, labels = ids[1:], labels[1:]
            ids, labels = [BOS, *ids], [-100, *labels]
    if len(ids) > MAX_LENGTH and OVERLENGTH == "drop":
        return
    stop = len(ids) if OVERLENGTH == "split" else MAX_LENGTH
    for at in range(0, min(len(ids), stop), MAX_LENGTH):
        piece = labels[at : at + MAX_LENGTH]
        if any(label != -100 for label in piece):
            yield {"input_ids": ids[at : at + MAX_LENGTH], "labels": piece}


def rows(name):
    path = HERE / name
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    dataset = Dataset.from_list([piece for line in lines for piece in encode(json.loads(line))])
    dataset._unsloth_truncated_to = MAX_LENGTH  # keeps Unsloth's padding-free batches on
    return dataset


trainer = SFTTrainer(
    model=model,
    processing_class=tokenizer,
    train_dataset=rows("train.jsonl"),
    eval_dataset=rows("eval.jsonl"),
    args=SFTConfig(
        output_dir=str(HERE / "checkpoints"), dataset_kwargs={"skip_prepare_dataset": True}, **ARGUMENTS
    ),
)
trainer.train()

target = HERE / ("model" if LORA is None else "adapter")
model.save_pretrained(target)
tokenizer.save_pretrained(target)
print(f"saved in {target}")
'''
