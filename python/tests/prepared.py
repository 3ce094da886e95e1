"""Rows through the trainer's own preparation, without a model: what is trained on, and what is said about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conftest import PLAN, set_keys

from finetune_trainer.dataset import Prepared, prepare
from finetune_trainer.methods import encoder_of
from finetune_trainer.plan import decode
from finetune_trainer.row_encoder import Context
from finetune_trainer.token_cache import TokenCache

IGNORED = -100


@dataclass
class Seen:
    train: Prepared
    evaluation: Prepared | None
    warnings: list[tuple[str, str]]
    """(code, message)."""
    tokenizer: Any
    progress: list[float] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [self.tokenizer.decode(row["input_ids"]) for row in self.train.dataset]

    def learnt(self) -> list[str]:
        """The trained tokens of each row as text."""
        return [
            self.tokenizer.decode([i for i, label in zip(row["input_ids"], row["labels"], strict=True) if label >= 0])
            for row in self.train.dataset
        ]


def json_lines(*rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def seen(
    folder: Path,
    tokenizer: Any,
    content: str | bytes | list[str | bytes],
    changes: dict[str, Any] | None = None,
    name: str = "data.jsonl",
    evaluation: str | None = None,
    cache: TokenCache | None = None,
) -> Seen:
    """`content`: one file, or one for each source. Raises DataError."""
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    plan["inputs"], inputs = {}, {}
    contents = content if isinstance(content, list) else [content]
    plan["dataset"] = [{**plan["dataset"][0], "input": f"dataset.{i}", "label": name} for i, _ in enumerate(contents)]
    if evaluation is None:
        plan["eval_dataset"] = None
    else:
        plan["eval_dataset"] = [{**plan["dataset"][0], "input": "eval_dataset.0", "label": "held.jsonl"}]
        contents = [*contents, evaluation]
    ids = [*(source["input"] for source in plan["dataset"]), "eval_dataset.0"]
    folder.mkdir(parents=True, exist_ok=True)
    for id_, one in zip(ids, contents, strict=False):
        inputs[id_] = folder / (f"{id_}-{name}")
        inputs[id_].write_bytes(one.encode("utf-8") if isinstance(one, str) else one)
        plan["inputs"][id_] = {"source": name, "kind": "file", "bytes": inputs[id_].stat().st_size, "sha256": "0" * 64}
    set_keys(plan, {"test_size": None, **(changes or {})})
    decoded, warnings, progress = decode(plan), [], []
    context = Context(
        plan=decoded,
        inputs=inputs,
        tokenizer=tokenizer,
        folder=folder / "work",
        check=lambda: None,
        progress=lambda done, _total, _unit: progress.append(done),
        warn=lambda code, message, *_: warnings.append((code, message)),
        cache=cache,
    )
    train, held = prepare(context, encoder_of(decoded))
    return Seen(train, held, warnings, tokenizer, progress)
