"""The chat template of a run: the model's own, one by name, or a Jinja file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .data.problem import DataError
from .plan import Plan, Source

Template = Callable[[list[dict[str, Any]], list[Any] | None, bool], str]


def settle_template(tokenizer: Any, plan: Plan, inputs: dict[str, Path]) -> Any:
    """The tokenizer with the template that the plan asks for, so that every artefact carries it.

    A run has one template: the model cannot answer in two ways. Raises DataError.
    """
    sources = [(f"dataset[{i}]", s) for i, s in enumerate(plan.dataset)]
    sources += [(f"eval_dataset[{i}]", s) for i, s in enumerate(plan.eval_dataset or [])]
    asked = [(path, source.chat_template) for path, source in sources if source.chat_template != "auto"]
    if not asked:
        return tokenizer
    path, chosen = asked[0]
    for other, template in asked[1:]:
        if template != chosen:
            raise DataError(
                "chat-templates-differ",
                f"{path} and {other} name different chat templates; a run has one",
                path=f"{other}.chat_template",
            )
    if isinstance(chosen, dict):
        tokenizer.chat_template = inputs[chosen["input"]].read_text(encoding="utf-8")
        return tokenizer
    from unsloth import get_chat_template

    try:
        # Also makes the template's end of turn the tokenizer's end of text, under the old id.
        return get_chat_template(tokenizer, chat_template=chosen)
    except KeyError as error:
        raise DataError(
            "chat-template-unknown",
            f"Unsloth knows no chat template {chosen!r}",
            "use a name of the documentation, or a Jinja file",
            path=f"{path}.chat_template",
        ) from error
    except ModuleNotFoundError as error:
        raise DataError(
            "chat-template-needs-package",
            f"the chat template {chosen} needs the Python package {error.name}, which is not installed here",
            "install protobuf in the training environment, or name a Jinja file",
            path=f"{path}.chat_template",
        ) from error


def template_of(tokenizer: Any, source: Source, path: str, needed: bool) -> Template | None:
    """The tokenizer's template as a function; None without one. Raises DataError when it is `needed`."""
    if not tokenizer.chat_template:
        if needed:
            raise DataError(
                "no-chat-template",
                "the rows are chats, but the model has no chat template: it is a base model",
                f"set {path}.chat_template, for example to chatml, or use the instruct version of the model",
                path=f"{path}.chat_template",
            )
        return None
    return lambda messages, tools, generate: tokenizer.apply_chat_template(
        messages, tools=tools, add_generation_prompt=generate, tokenize=False
    )
