"""`export --method script`: the training of a run as one plain Python file that imports nothing of ours.

Beside it lie the rows as the model reads them: {"text", "learn": [[start, end], …]}, spans in characters.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from . import dataset
from .arguments import sft_arguments
from .data.problem import Row
from .files import write_folder
from .model import lora_arguments, source_of
from .plan import Plan
from .refusal import Refusal
from .report import Report
from .row_encoder import Context, Piece
from .script_template import TEMPLATE
from .sft_rows import SftRows
from .tokenise import begins_with_bos


class ScriptRows(SftRows):
    """Rows before they are tokenised: a person can read and change them."""

    schema = {"row": "text"}  # noqa: RUF012 (never changed)

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        tokens = sum(piece.tokens for piece in super().pieces(row, report))
        if "input_ids" in row.value:
            return [Piece({"row": json.dumps(row.value)}, tokens, 1)]
        rendered = self.rendered(row)
        return [Piece({"row": json.dumps({"text": rendered.text, "learn": rendered.spans})}, tokens, 1)]


def changed_arguments(args: Any) -> dict[str, Any]:
    """The arguments that differ from the config class's own defaults: the others would only hide these."""
    from dataclasses import fields

    found = {}
    for field in fields(type(args)):
        value = getattr(args, field.name)
        if field.init and value != field.default and plain(value):
            found[field.name] = getattr(value, "value", value)
    skip = ("output_dir", "logging_dir", "hub_token", "accelerator_config", "dataset_kwargs", "local_rank", "run_name")
    return {name: value for name, value in found.items() if name not in skip}


def plain(value: Any) -> bool:
    return value is None or isinstance(getattr(value, "value", value), bool | int | float | str | list | dict)


def write_script(run: Path, plan: Plan, inputs: dict[str, Path], model: Any, tokenizer: Any) -> Path:
    """`export/script/` with train.py, train.jsonl and, when the run evaluates, eval.jsonl. Raises Refusal."""
    if plan.training.method != "sft":
        raise Refusal("script-method", f"a script of {plan.training.method} is not written by this version", "save")
    context = Context(plan, inputs, tokenizer, run / "work" / "script", lambda: None, lambda *_: None, lambda *_: None)
    train, evaluation = dataset.prepare(context, ScriptRows)
    target = run / "export" / "script"

    def fill(folder: Path) -> None:
        for name, split in (("train", train), ("eval", evaluation)):
            if split is not None:
                lines = "".join(row + "\n" for row in split.dataset["row"])
                (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
        text = script_text(plan, inputs, model, tokenizer, evaluation is not None)
        (folder / "train.py").write_text(text, encoding="utf-8")
        if tokenizer.chat_template:
            (folder / "chat_template.jinja").write_text(tokenizer.chat_template, encoding="utf-8")

    write_folder(target, fill)
    return target


def script_text(plan: Plan, inputs: dict[str, Path], model: Any, tokenizer: Any, evaluates: bool) -> str:
    args = sft_arguments(plan, model, Path("checkpoints"), evaluates)
    overlength = plan.dataset[0].overlength
    values = {
        "NAME": plan.name,
        "MODEL": source_of(plan, inputs) if plan.model.input or plan.model.embedded else plan.model.name,
        "LOAD": literal(
            {
                "max_seq_length": plan.model.max_seq_length,
                "load_in_4bit": plan.model.load_in_4bit,
                "load_in_8bit": plan.model.load_in_8bit,
                "full_finetuning": plan.model.full_finetuning,
                "revision": plan.model.revision,
                "trust_remote_code": plan.model.trust_remote_code,
                "use_gradient_checkpointing": plan.model.use_gradient_checkpointing,
            }
        ),
        "DTYPE": dtype_text(plan, model),
        "LORA": literal(lora_arguments(plan)) if plan.lora is not None else "None",
        "ARGUMENTS": literal(changed_arguments(args)),
        "BOS": repr(begins_with_bos(tokenizer)),
        "MAX": str(plan.model.max_seq_length),
        "OVERLENGTH": repr("split" if overlength == "auto" else overlength),
    }
    text = TEMPLATE
    for name, value in values.items():
        text = text.replace(f"<<{name}>>", value)
    return text


def dtype_text(plan: Plan, model: Any) -> str:
    if plan.model.dtype != "auto":
        return f"torch.{plan.model.dtype}"
    return str(getattr(model, "dtype", None))


def literal(values: dict[str, Any]) -> str:
    """A Python dictionary, one entry a line."""
    lines = "".join(f"    {name!r}: {value!r},\n" for name, value in values.items())
    return "{\n" + lines + "}"
