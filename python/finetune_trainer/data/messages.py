"""Conversations: messages in one form, whatever their keys and roles are called, and what of them is learnt."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from .names import CONTENT_KEYS, MEDIA, ROLE_KEYS, is_blank, message_role
from .problem import Unusable
from .values import Fields, Notes, json_text_of, kind_of, list_of, text_of, well_formed

Message = dict[str, Any]

EXTRAS = ("reasoning_content", "name", "tool_call_id")
# Who may speak after whom without a strict chat template refusing it.
FOLLOWERS = {
    "system": ("user",),
    "user": ("assistant",),
    "assistant": ("user", "tool"),
    "tool": ("tool", "assistant"),
}


def messages_of(value: Any, place: str, notes: Notes) -> list[Message]:
    """Messages in order, roles mapped; no demand on who speaks."""
    if value is None:
        raise Unusable("value-missing", f"{place} is missing or null.")
    found = list_of(value)
    if found is None:
        raise Unusable("value-type", f"{place} is {kind_of(value)} where a list of messages is expected.")
    if not found:
        raise Unusable("messages-empty", f"{place} is an empty list.")
    return [message_of(item, f"message {index + 1} of {place}", notes) for index, item in enumerate(found)]


def message_of(value: Any, place: str, notes: Notes) -> Message:
    if not isinstance(value, dict):
        raise Unusable("message-invalid", f"{place} is {kind_of(value)}, not an object.")
    name = next((value[key] for key in ROLE_KEYS if isinstance(value.get(key), str)), None)
    if name is None:
        raise Unusable("message-invalid", f"{place} has no role.")
    role = message_role(name)
    if role is None:
        raise Unusable("role-unknown", f'{place} has the role "{name}"; known are user, assistant, system and tool.')
    calls = json_text_of(value.get("tool_calls"), f"tool_calls of {place}")
    found: Message = {"role": role, "content": content_of(value, place, calls is not None, notes)}
    weight = value.get("weight")
    if role == "assistant" and (value.get("train") is False or (weight == 0 and not isinstance(weight, bool))):
        found["train"] = False
    for key in EXTRAS:
        if isinstance(value.get(key), str):
            found[key] = well_formed(value[key])
    if calls is not None:
        found["tool_calls"] = calls
    return found


def content_of(message: dict[str, Any], place: str, has_calls: bool, notes: Notes) -> str:
    key = next((key for key in CONTENT_KEYS if key in message), None)
    if key is None and not has_calls:
        raise Unusable("message-invalid", f"{place} has no content.")
    content = None if key is None else message[key]
    # Null beside tool calls is how they are usually written; alone it is an empty message.
    if content is None:
        return ""
    if isinstance(content, list):
        return parts_of(content, place)
    try:
        return text_of(content, f"the content of {place}", notes)
    except Unusable as error:
        raise Unusable("message-invalid", str(error)) from None


def parts_of(parts: list[Any], place: str) -> str:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            text += part["text"]
        elif isinstance(part, dict) and any(n in part or str(part.get("type")).startswith(n) for n in MEDIA):
            raise Unusable("media-part", f"{place} holds an image, audio or video part; only text is trained.")
        else:
            raise Unusable("message-invalid", f"{place} holds a content part without text.")
    return well_formed(text)


def is_empty_answer(message: Message) -> bool:
    return is_blank(message["content"]) and "tool_calls" not in message


def conversation_of(everything: list[Message], place: str, notes: Notes) -> list[Message]:
    """Ends with its last answer, of which at least one is trained. What follows carries no loss: left out."""
    last = max((i for i, m in enumerate(everything) if m["role"] == "assistant"), default=-1)
    if last == -1:
        raise Unusable("no-assistant", f"no message of {place} is from the assistant; nothing to learn.")
    kept = everything[: last + 1]
    answers = [m for m in kept if m["role"] == "assistant"]
    if not any(m.get("train", True) and not is_empty_answer(m) for m in answers):
        if any(m.get("train") is False for m in answers):
            raise Unusable("nothing-trained", f"every answer of {place} is marked train: false.")
        raise Unusable("answer-empty", f"the answer in {place} is empty.")
    if len(kept) < len(everything):
        notes["turn-trailing"] = f"{place} goes on after the last answer; what follows is left out."
    if (fault := order_fault(kept)) is not None:
        notes["roles-order"] = f"{fault} in {place}: some chat templates refuse that."
    if not any(is_empty_answer(m) for m in answers):
        return kept
    notes["turn-empty"] = f"an answer in {place} is empty and is not trained."
    return [{**m, "train": False} if m["role"] == "assistant" and is_empty_answer(m) else m for m in kept]


def order_fault(messages: list[Message]) -> str | None:
    if messages[0]["role"] not in ("user", "system"):
        return f"{messages[0]['role']} speaks first"
    for before, after in pairwise(messages):
        if after["role"] not in FOLLOWERS[before["role"]]:
            return f"{after['role']} follows {before['role']}"
    return None


def with_system(messages: list[Message], fields: Fields) -> list[Message]:
    """The system column in front, unless a system message is there already."""
    system = fields.optional("system")
    if is_blank(system) or any(m["role"] == "system" for m in messages):
        return messages
    return [{"role": "system", "content": system}, *messages]
