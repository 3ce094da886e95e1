"""Base against tuned on the rows of a file: every question in one batch, the answers side by side."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from .data.problem import BadRow
from .data.source import read_source
from .plan import read_plan
from .render import alpaca_chat, for_template


def question(row: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None] | None:
    """(messages before the last answer, that answer), or None for rows without one."""
    if "messages" in row or isinstance(row.get("prompt"), list):
        messages = row["messages"] if "messages" in row else [*row["prompt"], *row["completion"]]
        last = max(index for index, message in enumerate(messages) if message["role"] == "assistant")
        return [for_template(m) for m in messages[:last]], messages[last]["content"]
    if "instruction" in row:
        *asked, reply = alpaca_chat(row)
        return asked, reply["content"]
    if "completion" in row:
        return [{"role": "user", "content": row["prompt"]}], row["completion"]
    return None


def compare(chat, run: Path, file: Path, max_new_tokens: int, out: TextIO) -> None:
    """One JSON line a row: {line, prompt, expected, base, tuned}; base is null after full fine-tuning."""
    plan, _ = read_plan(run)
    asked = []
    source = plan.dataset[0]
    for row in read_source(file, source.format, source.columns, plan.model.max_seq_length).rows:
        if isinstance(row, BadRow):
            continue
        if (pair := question(row.value)) is not None and pair[0]:
            asked.append((row.line, *pair))
    ids = [chat.prompt_ids(messages) for _, messages, _ in asked]
    options = {"max_new_tokens": max_new_tokens}
    answers = {which: chat.generate(ids, which, options) for which in chat.which} if ids else {}
    for index, (line, messages, expected) in enumerate(asked):
        found = {which: answers[which][index] if which in answers else None for which in ("base", "tuned")}
        record = {"line": line, "prompt": messages[-1]["content"], "expected": expected, **found}
        print(json.dumps(record), file=out, flush=True)
