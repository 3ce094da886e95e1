"""The chat template of a source: the model's own, one by name, or a Jinja file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .data.problem import DataError
from .plan import Source

Template = Callable[[list[dict[str, Any]], list[Any] | None, bool], str]


def chat_template(tokenizer, source: Source, inputs: dict[str, Path], path: str, needed: bool) -> Template | None:
    """The template as a function; also set on the tokenizer, so that every artefact carries it."""
    chosen = source.chat_template
    if isinstance(chosen, dict):
        tokenizer.chat_template = inputs[chosen["input"]].read_text(encoding="utf-8")
    elif chosen != "auto":
        set_named(tokenizer, chosen, path)
    if not tokenizer.chat_template:
        if needed:
            raise DataError(
                "no-chat-template",
                f"{source.label} holds chats, but the model has no chat template: it is a base model",
                f"set {path}.chat_template, for example to chatml, or use the instruct version of the model",
            )
        return None
    return lambda messages, tools, generate: tokenizer.apply_chat_template(
        messages, tools=tools, add_generation_prompt=generate, tokenize=False
    )


def set_named(tokenizer, name: str, path: str) -> None:
    from unsloth import get_chat_template

    try:
        changed = get_chat_template(tokenizer, chat_template=name)
    except KeyError as error:
        raise DataError("chat-template-unknown", f"{path}.chat_template: Unsloth knows no template {name!r}") from error
    tokenizer.chat_template = changed.chat_template
