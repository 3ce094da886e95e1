"""A record of the file → the row that is trained on, by format. Unused columns are never looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .messages import conversation_of, messages_of, with_system
from .names import is_blank
from .problem import Unusable
from .sides import completion_of, empty_answer, preference_of, prompt_of
from .values import Fields, Notes, json_text_of, kind_of, list_of

Normal = dict[str, Any]
"""A row in its normal shape; the keys say which: messages (tools), instruction, prompt, text, input_ids."""

TRUE = (True, 1, "true", "True", "TRUE", "1")
FALSE = (False, 0, "false", "False", "FALSE", "0")


def normalise(format_: str, columns: dict[str, str], record: dict[str, Any], notes: Notes) -> Normal:
    """Raises Unusable."""
    return READERS[format_](Fields(record, columns, notes))


def chat(fields: Fields) -> Normal:
    if "messages" not in fields.columns:
        turns = [{"role": role, "content": fields.text(role)} for role in ("user", "assistant")]
        place = fields.place("assistant")
        return {"messages": conversation_of(with_system(turns, fields), place, fields.notes)}
    place = fields.place("messages")
    messages = messages_of(fields.get("messages"), place, fields.notes)
    tools = json_text_of(fields.get("tools"), fields.place("tools"))
    found = {"messages": conversation_of(with_system(messages, fields), place, fields.notes)}
    return found if tools is None else {**found, "tools": tools}


def alpaca(fields: Fields) -> Normal:
    instruction, output = fields.text("instruction"), fields.text("output")
    input_, system = fields.optional("input"), fields.optional("system")
    if is_blank(output):
        raise empty_answer(fields, "output")
    if is_blank(instruction) and is_blank(input_):
        raise Unusable("prompt-empty", f"{fields.place('instruction')} is empty.")
    found = {"instruction": instruction, "input": input_, "output": output}
    return found if is_blank(system) else {**found, "system": system}


def text(fields: Fields) -> Normal:
    found = fields.text("text")
    if is_blank(found):
        raise Unusable("text-empty", f"{fields.place('text')} is empty.")
    return {"text": found}


def unpaired(fields: Fields) -> Normal:
    row = completion_of(fields)
    return {**row, "label": label_of(fields.get("label"), fields.place("label"))}


def is_label(value: Any) -> bool:
    return not isinstance(value, (list, dict)) and (value in TRUE or value in FALSE)


def label_of(value: Any, place: str) -> bool:
    if value is None:
        raise Unusable("value-missing", f"{place} is missing or null.")
    if not is_label(value):
        raise Unusable("label-invalid", f"{place} is {kind_of(value)} that is neither true nor false.")
    return value in TRUE


def tokens(fields: Fields) -> Normal:
    ids = whole_numbers(fields, "input_ids", 0)
    if not ids:
        raise Unusable("text-empty", f"{fields.place('input_ids')} is an empty list.")
    if fields.get("labels") is None:
        return {"input_ids": ids}
    labels = whole_numbers(fields, "labels", -100)  # -100 marks what is not trained
    if len(labels) != len(ids):
        raise Unusable("tokens-invalid", f"{len(labels)} labels for {len(ids)} token ids.")
    return {"input_ids": ids, "labels": labels}


def whole_numbers(fields: Fields, role: str, least: int) -> list[int]:
    value = fields.get(role)
    if value is None:
        raise Unusable("value-missing", f"{fields.place(role)} is missing or null.")
    found = list_of(value)
    if found is None or not all(isinstance(n, int) and not isinstance(n, bool) and n >= least for n in found):
        raise Unusable("tokens-invalid", f"{fields.place(role)} is no list of token ids.")
    return found


READERS: dict[str, Callable[[Fields], Normal]] = {
    "messages": chat,
    "sharegpt": chat,
    "alpaca": alpaca,
    "text": text,
    "prompt_completion": completion_of,
    "unpaired_preference": unpaired,
    "preference": preference_of,
    "prompt_only": lambda fields: {"prompt": prompt_of(fields)},
    "tokens": tokens,
}
