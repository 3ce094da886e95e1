"""The names by which rows are recognised: `formats.json`, the same file that the editor's reader uses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

TABLE = json.loads(Path(__file__).with_name("formats.json").read_text(encoding="utf-8"))

ROLE_KEYS: list[str] = TABLE["message"]["role"]
CONTENT_KEYS: list[str] = TABLE["message"]["content"]
MEDIA: list[str] = TABLE["media"]
# White space as both readers see it: languages disagree about the rest.
WHITESPACE: str = TABLE["whitespace"]
ALIASES: dict[str, str] = {alias: role for role, aliases in TABLE["roles"].items() for alias in aliases}
RUNS = re.compile(f"[{re.escape(WHITESPACE)}]+")


@dataclass(frozen=True)
class Rule:
    format: str
    required: dict[str, list[str]]
    optional: dict[str, list[str]]


RULES = [Rule(**rule) for rule in TABLE["formats"]]


def rules_for(format_: str) -> list[Rule]:
    """sharegpt is messages with other names of keys."""
    return [rule for rule in RULES if rule.format == ("messages" if format_ == "sharegpt" else format_)]


def is_blank(text: str) -> bool:
    return text.strip(WHITESPACE) == ""


def squeeze(text: str) -> str:
    """Runs of white space as one space, none at the ends: what makes two texts the same."""
    return RUNS.sub(" ", text).strip(" ")


def message_role(name: str) -> str | None:
    return ALIASES.get(name.strip().lower())
