"""Questions for base and tuned: of a person, or of the rows of a file in one batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

from .data.problem import BadRow
from .data.source import read_source
from .plan import read_plan
from .render import alpaca_chat, for_template
from .speaker import Speaker


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


def ask_rows(speaker: Speaker, run: Path, file: Path, both: bool, max_new_tokens: int, out: TextIO) -> None:
    """One JSON line a row: {line, prompt, expected, base, tuned}. The answers of the rows are not shown."""
    plan, _ = read_plan(run)
    asked = []
    source = plan.dataset[0]
    for row in read_source(file, source.format, source.columns, plan.model.max_seq_length).rows:
        if isinstance(row, BadRow):
            continue
        if (pair := question(row.value)) is not None and pair[0]:
            asked.append((row.line, *pair))
    answers = ask(speaker, [messages for _, messages, _ in asked], both, max_new_tokens)
    for (line, messages, expected), answer in zip(asked, answers, strict=True):
        record = {"line": line, "prompt": messages[-1]["content"], "expected": expected, **answer}
        print(json.dumps(record), file=out, flush=True)


def ask_question(speaker: Speaker, text: str, both: bool, max_new_tokens: int, out: TextIO) -> None:
    """One JSON line: {prompt, base, tuned}."""
    (answer,) = ask(speaker, [[{"role": "user", "content": text}]], both, max_new_tokens)
    print(json.dumps({"prompt": text, **answer}), file=out, flush=True)


def ask(
    speaker: Speaker, conversations: list[list[dict[str, Any]]], both: bool, max_new_tokens: int
) -> list[dict[str, str | None]]:
    """Greedy answers, all questions in one padded batch; `base` is null where there is none to ask."""
    if not conversations:
        return []
    ids = [speaker.prompt_ids(messages) for messages in conversations]
    options = {"max_new_tokens": max_new_tokens}
    tuned = speaker.generate(ids, "tuned", options)
    base = speaker.generate(ids, "base", options) if both and "base" in speaker.which else [None] * len(ids)
    return [{"base": b, "tuned": t} for b, t in zip(base, tuned, strict=True)]
