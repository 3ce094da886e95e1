"""Which format the rows have, and which column plays which role."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from .names import CONTENT_KEYS, MEDIA, ROLE_KEYS, RULES, Rule, rules_for
from .problem import DataError
from .records import is_label
from .values import list_of

MOST_NAMES = 12
Record = dict[str, Any]
Found = tuple[str, dict[str, str]]


def columns_of(sample: list[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in sample for name in record))


def detect(sample: list[Record], format_: str, named: dict[str, str]) -> Found:
    """(format, role → column) of the first rows of a file. Raises DataError."""
    columns = columns_of(sample)
    for role, column in named.items():
        if column not in columns:
            close = get_close_matches(column, columns, 1)
            hint = f"did you mean {close[0]}?" if close else f"the columns are {listed(columns)}."
            raise DataError("column-unknown", f"No row has the column {column} that columns.{role} names: {hint}")
    if format_ != "auto":
        found = roles_by(rules_for(format_), sample, named, strict=False)
        if found is None:
            raise missing(format_, sample, columns)
        return format_, found[1]
    for name in MEDIA:
        if any(record.get(name) is not None for record in sample):
            raise DataError(
                "format-media",
                f"The rows have a column {name}: training on images, audio or video is not supported yet, only text.",
            )
    found = automatic(sample, named)
    if found is None:
        example = [*columns, "a", "b"][:2]
        raise DataError(
            "format-unknown",
            f"No format fits the columns {listed(columns)}. Say which is which, for example "
            f"columns: {{prompt: {example[0]}, completion: {example[1]}}}.",
        )
    return found


def automatic(sample: list[Record], named: dict[str, str]) -> Found | None:
    fitting = [r for r in RULES if all(role in r.required or role in r.optional for role in named)]
    found = roles_by(fitting, sample, named, strict=True) or by_shape(sample)
    if found is None:
        return None
    format_, roles = found
    if format_ == "messages" and uses_from(sample, roles.get("messages")):
        return "sharegpt", roles
    return format_, roles


def roles_by(rules: list[Rule], sample: list[Record], named: dict[str, str], strict: bool) -> Found | None:
    """The first rule whose required roles all have a column; `strict` looks at the values too."""

    def column(role: str, names: list[str], check: bool) -> str | None:
        def fits(name: str) -> bool:
            return any(r.get(name) is not None and (not check or could_be(role, r[name])) for r in sample)

        return named.get(role) or next((name for name in names if fits(name)), None)

    for rule in rules:
        needed = {role: column(role, names, strict) for role, names in rule.required.items()}
        if None in needed.values():
            continue
        extra = {role: column(role, names, False) for role, names in rule.optional.items()}
        taken = set(needed.values())
        usable = {role: name for role, name in extra.items() if name is not None and name not in taken}
        return rule.format, {**{role: name for role, name in needed.items() if name is not None}, **usable}
    return None


def by_shape(sample: list[Record]) -> Found | None:
    """No known names: a lone list of messages, or a lone column of text."""
    columns = columns_of(sample)
    chats = [name for name in columns if any(could_be("messages", record.get(name)) for record in sample)]
    if len(chats) == 1:
        return "messages", {"messages": chats[0]}
    if len(columns) == 1 and any(isinstance(record.get(columns[0]), str) for record in sample):
        return "text", {"text": columns[0]}
    return None


def could_be(role: str, value: Any) -> bool:
    if role == "messages":
        return any(is_message(item) for item in list_of(value) or [])
    if role == "label":
        return is_label(value)
    if role == "input_ids":
        return list_of(value) is not None
    return True


def is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and any(isinstance(value.get(key), str) for key in ROLE_KEYS)
        and any(key in value for key in [*CONTENT_KEYS, "tool_calls"])
    )


def uses_from(sample: list[Record], column: str | None) -> bool:
    if column is None:
        return False
    for record in sample:
        first = next((item for item in list_of(record.get(column)) or [] if is_message(item)), None)
        if first is not None:
            return not isinstance(first.get("role"), str)
    return False


def missing(format_: str, sample: list[Record], columns: list[str]) -> DataError:
    needs = ", or ".join(" and ".join(rule.required) for rule in rules_for(format_))
    likely = automatic(sample, {})
    hint = f" They look like {likely[0]}: use format: auto." if likely and likely[0] != format_ else ""
    return DataError("columns-missing", f"The format {format_} needs {needs}; the columns are {listed(columns)}.{hint}")


def listed(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown + (f", … ({len(names)})" if len(names) > MOST_NAMES else "")
