"""Values where text, a list or JSON text is expected."""

from __future__ import annotations

import json
import re
from typing import Any

from .problem import Unusable

HALF_PAIR = re.compile("[\ud800-\udfff]")
Notes = dict[str, str]


def strict_json(text: str) -> Any:
    """JSON as it is defined: NaN and Infinity are errors."""

    def refuse(name: str) -> None:
        raise json.JSONDecodeError(f"{name} is not JSON", text, 0)

    return json.loads(text, parse_constant=refuse)


def well_formed(text: str) -> str:
    """Half a surrogate pair, possible by an escape, would stop every tokenizer."""
    return HALF_PAIR.sub("\ufffd", text)


def kind_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, list) else "an object"


def text_of(value: Any, place: str, notes: Notes) -> str:
    """Text as it is; numbers and booleans as their text, with a note."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, (bool, int, float)):
        notes["value-as-text"] = f"{place} is {kind_of(value)}; it is taken as text."
        return number_text(value)
    if value is None:
        raise Unusable("value-missing", f"{place} is missing or null.")
    raise Unusable("value-type", f"{place} is {kind_of(value)} where text is expected.")


def number_text(value: bool | int | float) -> str:
    """Whole numbers as digits, others as the shortest decimal that reads back."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return re.sub(r"e([+-])0*", r"e\1", repr(value))


def list_of(value: Any) -> list[Any] | None:
    """A list as it is, or one written as JSON text (cells of CSV); None for anything else."""
    if isinstance(value, list):
        return value
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return None
    try:
        parsed = strict_json(value)
    except json.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, list) else None


def json_text_of(value: Any, place: str) -> str | None:
    """A list, or JSON text of one, as JSON text; None where there is none.

    Tools stay text until they are rendered: as typed columns the schemas of different rows would gain each
    other's keys.
    """
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, list):
        return well_formed(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    if not isinstance(value, str):
        raise Unusable("tools-invalid", f"{place} is {kind_of(value)}, not a list.")
    try:
        parsed = strict_json(value)
    except json.JSONDecodeError:
        raise Unusable("tools-invalid", f"{place} is text but not JSON.") from None
    if not isinstance(parsed, list):
        raise Unusable("tools-invalid", f"{place} is JSON text of {kind_of(parsed)}, not of a list.")
    return None if parsed == [] else well_formed(value)


class Fields:
    """The columns of one record, by role."""

    def __init__(self, record: dict[str, Any], columns: dict[str, str], notes: Notes) -> None:
        self.record, self.columns, self.notes = record, columns, notes

    def get(self, role: str) -> Any:
        return self.record.get(self.columns[role]) if role in self.columns else None

    def place(self, role: str) -> str:
        """What to call the column in a sentence."""
        return self.columns.get(role, role)

    def text(self, role: str) -> str:
        return text_of(self.get(role), self.place(role), self.notes)

    def optional(self, role: str) -> str:
        """Empty where the column or its value is missing."""
        return "" if self.get(role) is None else self.text(role)
