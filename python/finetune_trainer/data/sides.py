"""Prompt and answers in columns of their own: texts, or messages as soon as one of them is a list."""

from __future__ import annotations

from typing import Any

from .messages import Message, messages_of, with_system
from .names import WHITESPACE, is_blank
from .problem import Unusable
from .values import Fields, list_of

Side = str | list[Message]


def side_of(fields: Fields, role: str) -> Side:
    value = fields.get(role)
    # A text that happens to start with [ stays a text: only a list of objects is one of messages.
    found = list_of(value)
    if isinstance(value, list) or (found is not None and any(isinstance(item, dict) for item in found)):
        return messages_of(value, fields.place(role), fields.notes)
    return fields.text(role)


def prompt_of(fields: Fields) -> Side:
    """The prompt, with the system column in front of it."""
    prompt = side_of(fields, "prompt")
    if is_empty(prompt):
        raise Unusable("prompt-empty", f"{fields.place('prompt')} is empty.")
    if is_blank(fields.optional("system")):
        return prompt
    return with_system(as_messages(prompt, "user"), fields)


def answer_of(fields: Fields, role: str) -> Side:
    answer = side_of(fields, role)
    if is_empty(answer):
        raise empty_answer(fields, role)
    return answer


def empty_answer(fields: Fields, role: str) -> Unusable:
    return Unusable("answer-empty", f"{fields.place(role)} is empty.")


def completion_of(fields: Fields) -> dict[str, Any]:
    prompt, answer = prompt_of(fields), answer_of(fields, "completion")
    if isinstance(prompt, str) and isinstance(answer, str):
        return {"prompt": prompt, "completion": answer}
    return {"prompt": as_messages(prompt, "user"), "completion": as_messages(answer, "assistant")}


def as_messages(side: Side, role: str) -> list[Message]:
    return [{"role": role, "content": side}] if isinstance(side, str) else side


def is_empty(side: Side) -> bool:
    if isinstance(side, str):
        return is_blank(side)
    return all(is_blank(m["content"]) and "tool_calls" not in m for m in side)


def preference_of(fields: Fields) -> dict[str, Any]:
    """Two answers to one prompt. Files often repeat the prompt in both: it is kept once."""
    chosen, rejected = answer_of(fields, "chosen"), answer_of(fields, "rejected")
    row = with_prompt(chosen, rejected, fields) if "prompt" in fields.columns else split_prompt(chosen, rejected)
    for role in ("chosen", "rejected"):
        if is_empty(row[role]):
            raise empty_answer(fields, role)
    if row["chosen"] == row["rejected"]:
        fields.notes["pair-equal"] = f"{fields.place('chosen')} and {fields.place('rejected')} are the same."
    return row


def with_prompt(chosen: Side, rejected: Side, fields: Fields) -> dict[str, Any]:
    read = prompt_of(fields)
    if isinstance(read, str) and isinstance(chosen, str) and isinstance(rejected, str):
        return {"prompt": read, "chosen": chosen, "rejected": rejected}
    prompt = as_messages(read, "user")
    return {
        "prompt": prompt,
        "chosen": without_prompt(chosen, prompt),
        "rejected": without_prompt(rejected, prompt),
    }


def without_prompt(side: Side, prompt: list[Message]) -> list[Message]:
    answer = as_messages(side, "assistant")
    # A system message often stands in one of the two only.
    for repeated in (prompt, [m for m in prompt if m["role"] != "system"]):
        if repeated and common_messages(answer, repeated) == len(repeated):
            return answer[len(repeated) :]
    return answer


def split_prompt(chosen: Side, rejected: Side) -> dict[str, Any]:
    """Without a prompt column the prompt is what both answers begin with."""
    missing = Unusable("prompt-empty", "there is no prompt column, and the two answers have no common beginning.")
    if isinstance(chosen, str) and isinstance(rejected, str):
        prompt = common_text(chosen, rejected)
        if is_blank(prompt):
            raise missing
        return {"prompt": prompt, "chosen": chosen[len(prompt) :], "rejected": rejected[len(prompt) :]}
    left, right = as_messages(chosen, "assistant"), as_messages(rejected, "assistant")
    length = min(common_messages(left, right), len(left) - 1, len(right) - 1)
    if length == 0:
        raise missing
    return {"prompt": left[:length], "chosen": left[length:], "rejected": right[length:]}


def common_messages(left: list[Message], right: list[Message]) -> int:
    for index, message in enumerate(left):
        other = right[index] if index < len(right) else {}
        if message["role"] != other.get("role") or message["content"] != other.get("content"):
            return index
    return len(left)


def common_text(left: str, right: str) -> str:
    """The common beginning up to its last white space, which belongs to the answers."""
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    while length > 0 and left[length - 1] not in WHITESPACE:
        length -= 1
    return left[:length].rstrip(WHITESPACE)
