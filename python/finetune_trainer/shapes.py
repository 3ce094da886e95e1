"""What a row means: one of four normal shapes, whatever it looked like in the file."""

from __future__ import annotations

import json
from typing import Any

from .rows import BadRow, Row, kind_of

ROLES = {
    "user": "user",
    "human": "user",
    "input": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "chatgpt": "assistant",
    "output": "assistant",
    "system": "system",
    "developer": "system",
    "tool": "tool",
    "function": "tool",
    "observation": "tool",
    "function_call": "assistant",
}
MESSAGE_COLUMNS = ("messages", "conversations", "conversation", "dialogue", "dialog", "chat")
ROLE_KEYS = ("role", "from", "speaker")
CONTENT_KEYS = ("content", "value", "text")


Normal = dict[str, Any]
"""A row in its normal shape; the keys say which: messages (tools), instruction, prompt, text, input_ids."""


class Unusable(Exception):
    """This row cannot be used; the rest of the file can."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def detect(rows: list[dict[str, Any]], columns: dict[str, str]) -> str | None:
    """The format of the first rows: the first one that any of them fits."""
    for value in rows:
        if (format_ := detect_row(rename(value, columns))) is not None:
            return format_
    return None


def detect_row(value: dict[str, Any]) -> str | None:
    keys = set(value)
    turns = next((value[name] for name in MESSAGE_COLUMNS if isinstance(value.get(name), list)), None)
    if {"chosen", "rejected"} <= keys:
        return "preference"
    if turns is not None:
        first = next((turn for turn in turns if isinstance(turn, dict)), {})
        return "sharegpt" if "from" in first or "value" in first else "messages"
    if "instruction" in keys and keys & {"output", "response"}:
        return "alpaca"
    if "completion" in keys and isinstance(value.get("label"), bool):
        return "unpaired_preference"
    if "prompt" in keys and keys & {"completion", "response"}:
        return "prompt_completion"
    if {"user", "assistant"} <= keys:
        return "messages"
    if "text" in keys:
        return "text"
    if "prompt" in keys:
        return "prompt_only"
    return None


def rename(value: dict[str, Any], columns: dict[str, str]) -> dict[str, Any]:
    """`columns` maps a role to the name of its column in the file."""
    if not columns:
        return value
    found = {role: value[column] for role, column in columns.items() if column in value}
    return {**value, **found}


def normalise(row: Row, format_: str, columns: dict[str, str]) -> Normal | BadRow:
    """The row in its normal shape, or why it cannot be used."""
    value = rename(row.value, columns)
    try:
        if format_ in ("messages", "sharegpt"):
            return chat(value)
        if format_ == "alpaca":
            return alpaca(value)
        if format_ == "prompt_completion":
            return prompt_completion(value)
        if format_ == "text":
            return {"text": required(value, ("text",))}
    except Unusable as error:
        return BadRow(row.line, error.code, str(error))
    raise ValueError(f"format {format_} has no shape for supervised training")


def chat(value: dict[str, Any]) -> Normal:
    name = next((name for name in MESSAGE_COLUMNS if value.get(name) is not None), None)
    if name is None:
        turns = [{"role": role, "content": value[role]} for role in ("system", "user", "assistant") if value.get(role)]
        name = "user, assistant"
    else:
        turns = value[name]
    if isinstance(turns, str):
        try:
            turns = json.loads(turns)
        except json.JSONDecodeError as error:
            raise Unusable("row-type", f"column {name!r} holds text where a list of messages is expected") from error
    if not isinstance(turns, list):
        raise Unusable("row-type", f"column {name!r}: {kind_of(turns)} where a list of messages is expected")
    messages = [message(turn, index) for index, turn in enumerate(turns)]
    system = value.get("system")
    if isinstance(system, str) and system.strip() and not any(m["role"] == "system" for m in messages):
        messages.insert(0, {"role": "system", "content": system})
    tools = tools_text(value.get("tools"))
    return {"messages": checked(messages), **({} if tools is None else {"tools": tools})}


def checked(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if not messages:
        raise Unusable("row-empty", "the list of messages is empty")
    answers = [m for m in messages if m["role"] == "assistant"]
    if not answers:
        raise Unusable("no-assistant", "no assistant message: nothing to learn")
    if not any(m.get("tool_calls") or m["content"].strip() for m in answers):
        raise Unusable("empty-answer", "every assistant message is empty")
    return messages


def message(turn: Any, index: int) -> dict[str, Any]:
    if not isinstance(turn, dict):
        raise Unusable("row-type", f"message {index + 1}: {kind_of(turn)} where an object is expected")
    key = next((key for key in ROLE_KEYS if turn.get(key) is not None), None)
    if key is None:
        raise Unusable("row-role", f"message {index + 1} has no role")
    role = ROLES.get(str(turn[key]).strip().lower())
    if role is None:
        raise Unusable("row-role", f"message {index + 1}: unknown role {turn[key]!r}")
    content = next((turn[key] for key in CONTENT_KEYS if turn.get(key) is not None), None)
    found: dict[str, Any] = {"role": role, "content": content_text(content, index)}
    for extra in ("tool_calls", "tool_call_id", "name", "reasoning_content"):
        if turn.get(extra) is not None:
            found[extra] = turn[extra]
    if content is None and "tool_calls" not in found:
        raise Unusable("row-null", f"message {index + 1} has no content")
    if turn.get("train") is False or turn.get("weight") == 0:
        found["train"] = False
    return found


def content_text(content: Any, index: int) -> str:
    if content is None:
        return ""
    if isinstance(content, list) and all(isinstance(p, dict) and p.get("type") == "text" for p in content):
        return "".join(str(part.get("text", "")) for part in content)
    if isinstance(content, bool) or not isinstance(content, (str, int, float)):
        raise Unusable("row-type", f"message {index + 1}: content is {kind_of(content)} where text is expected")
    return str(content)


def alpaca(value: dict[str, Any]) -> Normal:
    instruction = required(value, ("instruction",))
    output = required(value, ("output", "response"))
    if not output.strip():
        raise Unusable("empty-answer", "the output is empty")
    system = optional(value, "system")
    row = {"instruction": instruction, "input": optional(value, "input") or "", "output": output}
    return row if system is None else {**row, "system": system}


def prompt_completion(value: dict[str, Any]) -> Normal:
    prompt, completion = value.get("prompt"), value.get("completion", value.get("response"))
    if isinstance(prompt, list) or isinstance(completion, list):
        prompts = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
        answers = completion if isinstance(completion, list) else [{"role": "assistant", "content": completion}]
        return {
            "prompt": [message(turn, index) for index, turn in enumerate(prompts)],
            "completion": checked([message(turn, len(prompts) + index) for index, turn in enumerate(answers)]),
        }
    text = required(value, ("completion", "response"))
    if not text.strip():
        raise Unusable("empty-answer", "the completion is empty")
    return {"prompt": required(value, ("prompt",)), "completion": text}


def required(value: dict[str, Any], names: tuple[str, ...]) -> str:
    name = next((name for name in names if name in value), names[0])
    if name not in value:
        raise Unusable("row-column", f"column {name!r} is missing")
    text = optional(value, name)
    if text is None:
        raise Unusable("row-null", f"column {name!r} is null")
    return text


def optional(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        raise Unusable("row-type", f"column {name!r}: {kind_of(found)} where text is expected")
    return str(found)


def tools_text(tools: Any) -> str | None:
    if tools is None or tools == [] or tools == "":
        return None
    return tools if isinstance(tools, str) else json.dumps(tools, ensure_ascii=False)
