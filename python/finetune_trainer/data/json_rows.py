"""Rows of JSON Lines and of a JSON list, with the line on which each begins."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .lines import Lines
from .problem import BadRow, DataError, Row
from .values import strict_json


def json_lines(lines: Lines) -> Iterator[Row | BadRow]:
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            continue
        text = line.text.strip()
        if text == "":
            continue
        try:
            yield Row(line.number, strict_json(text))
        except json.JSONDecodeError as error:
            yield broken(text, line.number, error)


def broken(text: str, line: int, error: json.JSONDecodeError) -> BadRow:
    if text.startswith("{") and text.endswith(("{", "[", ",")) and not text.endswith("},"):
        raise DataError(
            "json-pretty-printed",
            "An object starts here that runs over several lines. Put each row on one line, or all rows into a "
            "list [ … ].",
            line=line,
        )
    if text.endswith("},"):
        return BadRow(line, "json-invalid", "A comma after the row: lines of JSON are not separated by commas.")
    return BadRow(line, "json-invalid", f"The line is not JSON: {error.msg} at column {error.pos + 1}.")


def json_list(lines: Lines) -> Iterator[Row | BadRow]:
    """The text of the whole list is held; rows are decoded one by one."""
    kept = []
    for line in lines:
        if isinstance(line, BadRow):
            raise DataError("encoding-unknown", f"line {line.line}: {line.message}", line=line.line)
        kept.append(line.text)
    text = "\n".join(kept).rstrip()
    decoder = json.JSONDecoder(parse_constant=lambda name: fail(name))
    at, number, counted, first = text.index("[") + 1, 1, 0, True
    while True:
        at = skip_space(text, at)
        if not first and at < len(text) and text[at] == ",":
            at = skip_space(text, at + 1)
        elif not first and at < len(text) and text[at] != "]":
            raise syntax(text, at, "a comma or ] is missing")
        elif first and text[at : at + 1] == "]":
            return
        if at >= len(text):
            raise syntax(text, len(text), "the list is never closed")
        if text[at] == "]":
            return
        number, counted = number + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise syntax(text, error.pos, error.msg) from error
        first = False
        yield Row(number, value)


def fail(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is not JSON", name, 0)


def skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def syntax(text: str, at: int, what: str) -> DataError:
    line = text.count("\n", 0, min(at, len(text))) + 1
    return DataError("json-syntax", f"The list is not JSON: {what} (line {line}).", line=line)
