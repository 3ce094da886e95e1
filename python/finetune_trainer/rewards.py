"""Reward functions for grpo: small ones built in, or functions of a Python file of the user.

An entry of `reward_funcs` is a name ("json"), an object with a name and its settings ({"name": "length",
"target": 200}), or {"input": id, "function": name} for a file. Each becomes a function of the completions
that returns one number a completion.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .refusal import Refusal

Reward = Callable[..., list[float]]


def reward_functions(entries: list[Any], inputs: dict[str, Path]) -> list[Reward]:
    """Raises Refusal for one that does not exist."""
    if not entries:
        raise Refusal(
            "reward-missing",
            "grpo needs at least one reward function",
            "training.grpo.reward_funcs",
            f"name one of {', '.join(sorted(BUILT_IN))}, or a function of a Python file",
        )
    return [reward_function(entry, inputs) for entry in entries]


def reward_function(entry: Any, inputs: dict[str, Path]) -> Reward:
    settings = {"name": entry} if isinstance(entry, str) else dict(entry)
    if "input" in settings:
        return from_file(inputs[settings["input"]], settings.get("function", "reward"))
    name = settings.pop("name", None)
    if name not in BUILT_IN:
        raise Refusal(
            "reward-unknown",
            f"there is no built-in reward function {name!r}",
            "training.grpo.reward_funcs",
            f"built in are {', '.join(sorted(BUILT_IN))}",
        )
    try:
        reward = BUILT_IN[name](**settings)
    except TypeError as error:
        raise Refusal(
            "reward-settings", f"the reward function {name}: {error}", "training.grpo.reward_funcs"
        ) from error
    reward.__name__ = name
    return reward


def from_file(path: Path, function: str) -> Reward:
    spec = importlib.util.spec_from_file_location(f"finetune_reward_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise Refusal("reward-file", f"{path.name} is no Python file", "training.grpo.reward_funcs")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, function, None)
    if not callable(found):
        raise Refusal("reward-file", f"{path.name} has no function {function}", "training.grpo.reward_funcs")
    return found


def texts(completions: list[Any]) -> list[str]:
    """Completions are texts, or lists with one message."""
    return [c if isinstance(c, str) else c[-1]["content"] for c in completions]


def valid_json(keys: list[str] | None = None) -> Reward:
    """1 for a JSON value, and with `keys` the share of them that the object has."""

    def score(text: str) -> float:
        try:
            value = json.loads(text)
        except json.JSONDecodeError:
            return 0.0
        if not keys:
            return 1.0
        return sum(key in value for key in keys) / len(keys) if isinstance(value, dict) else 0.0

    return lambda completions, **_: [score(text.strip()) for text in texts(completions)]


def matches(pattern: str) -> Reward:
    """1 where the pattern is found."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda completions, **_: [float(bool(compiled.search(text))) for text in texts(completions)]


def length(target: int) -> Reward:
    """1 at `target` characters, falling to 0 at none and at twice as many."""
    return lambda completions, **_: [max(0.0, 1 - abs(len(t) - target) / target) for t in texts(completions)]


def tagged(tags: list[str]) -> Reward:
    """The share of `tags` of which the text holds exactly one opening and one closing form, in this order."""

    def score(text: str) -> float:
        found, at = 0, 0
        for tag in tags:
            opening, closing = f"<{tag}>", f"</{tag}>"
            start, end = text.find(opening, at), text.find(closing, at)
            if text.count(opening) == 1 and text.count(closing) == 1 and at <= start < end:
                found, at = found + 1, end + len(closing)
        return found / len(tags)

    return lambda completions, **_: [score(text) for text in texts(completions)]


def contains_answer() -> Reward:
    """1 where the row's own answer occurs in the completion."""
    return lambda completions, answer, **_: [
        float(bool(a.strip()) and a.strip() in text) for text, a in zip(texts(completions), answer, strict=True)
    ]


BUILT_IN: dict[str, Callable[..., Reward]] = {
    "json": valid_json,
    "regex": matches,
    "length": length,
    "format": tagged,
    "answer": contains_answer,
}
