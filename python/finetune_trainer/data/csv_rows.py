"""Rows of CSV and TSV after RFC 4180: quotes, doubled quotes, line breaks inside quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .lines import MAX_LINE, Lines
from .problem import BadRow, Row

DELIMITERS = ",;\t|"


def table(lines: Lines, delimiter: str | None) -> Iterator[Row | BadRow]:
    """RFC 4180: quotes, doubled quotes, line breaks inside quotes."""
    header: list[str] | None = None
    fields: list[str] = []
    quoted: str | None = None
    start = 0
    for line in lines:
        if isinstance(line, BadRow):
            yield line
            fields, quoted = [], None
            continue
        text, at = line.text, 0
        if quoted is None:
            if text in ("", "\r"):
                continue
            start = line.number
            delimiter = delimiter or most_frequent(text)
        assert delimiter is not None
        while True:
            if quoted is not None or text[at : at + 1] == '"':
                read, end = read_quoted(text, at if quoted is not None else at + 1)
                quoted = (quoted or "") + read
                if end == -1:
                    quoted += "\n"
                    break
                at = end
            end = text.find(delimiter, at)
            rest = text[at:].removesuffix("\r") if end == -1 else text[at:end]
            fields.append((quoted or "") + rest)
            quoted = None
            if end == -1:
                break
            at = end + 1
        if quoted is not None:
            if len(quoted) > MAX_LINE:
                yield unclosed(start)
                fields, quoted = [], None
            continue
        if header is None:
            header = [name.strip() for name in fields]
        elif len(fields) == len(header):
            yield Row(start, dict(zip(header, fields, strict=True)))
        else:
            mark = "tab" if delimiter == "\t" else delimiter
            message = f"{len(fields)} fields where the header has {len(header)}: quote a field that holds {mark} or "
            yield BadRow(start, "csv-fields", message + "a line break.")
        fields = []
    if quoted is not None:
        yield unclosed(start)


def unclosed(line: int) -> BadRow:
    return BadRow(line, "csv-quote", 'A field that starts with " never ends.')


def read_quoted(text: str, at: int) -> tuple[str, int]:
    """From after the opening quote to the closing one; the place after it, or -1."""
    read = ""
    while (quote := text.find('"', at)) != -1:
        read += text[at:quote]
        if text[quote + 1 : quote + 2] != '"':
            return read, quote + 1
        read, at = read + '"', quote + 2
    return read + text[at:], -1


def most_frequent(header: str) -> str:
    outside = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=outside.count)
