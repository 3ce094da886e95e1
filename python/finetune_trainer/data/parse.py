"""The values of a text file with the line on which each begins: JSON Lines, a JSON list, CSV, TSV, plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from .lines import MAX_LINE, Line
from .names import WHITESPACE, is_blank
from .problem import BadRow, DataError, Row
from .values import strict_json

DELIMITERS = ",;\t|"
CHARACTERS_PER_TOKEN = 4
Lines = Iterable[Line | BadRow]


def extension_of(name: str) -> str:
    """ "data/chats.jsonl.gz" → "jsonl"; "" where there is none."""
    plain = re.sub(r"\.(gz|gzip)$", "", name.lower())
    found = re.search(r"\.([a-z0-9]+)$", plain)
    return found[1] if found else ""


def shape_of(name: str, first: Line | BadRow) -> str:
    """jsonl, json, csv, tsv or txt: the content decides, the extension where the content leaves it open."""
    extension = extension_of(name)
    text = first.text.lstrip() if isinstance(first, Line) else ""
    if extension in ("csv", "tsv", "txt", "md"):
        if text.startswith("{") and is_json(text):
            return "jsonl"
        return {"csv": "csv", "tsv": "tsv"}.get(extension, "txt")
    if text.startswith("["):
        return "json"
    if text.startswith("{") or isinstance(first, BadRow):
        return "jsonl"
    raise DataError(
        "json-not-rows",
        f"Rows of JSON start with {{ or [, this line starts with {json.dumps(text[:12], ensure_ascii=False)}. "
        "Rename the file if it is .csv, .tsv or .txt.",
        line=first.line if isinstance(first, BadRow) else first.number,
    )


def is_json(text: str) -> bool:
    try:
        strict_json(text)
    except json.JSONDecodeError:
        return False
    return True


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


def plain_text(lines: Lines, max_seq_length: int) -> Iterator[Row | BadRow]:
    """Paragraphs are gathered while they fit one sequence; longer ones are cut."""
    limit = max_seq_length * CHARACTERS_PER_TOKEN
    gathered: tuple[int, str] | None = None
    open_: tuple[int, str] | None = None

    def close() -> Iterator[Row]:
        nonlocal gathered, open_
        paragraph, open_ = open_, None
        if paragraph is None:
            return
        if gathered is not None and len(gathered[1]) + 2 + len(paragraph[1]) <= limit:
            gathered = (gathered[0], f"{gathered[1]}\n\n{paragraph[1]}")
            return
        if gathered is not None:
            yield Row(gathered[0], {"text": gathered[1]})
        gathered = paragraph

    for line in lines:
        if isinstance(line, BadRow):
            yield from close()
            yield line
            continue
        text = line.text.removesuffix("\r")
        if is_blank(text):
            yield from close()
            continue
        piece = (line.number, text) if open_ is None else (open_[0], f"{open_[1]}\n{text}")
        rows, open_ = cut_off(*piece, limit)
        if rows:
            if gathered is not None:
                yield Row(gathered[0], {"text": gathered[1]})
            gathered = None
            yield from rows
    yield from close()
    if gathered is not None:
        yield Row(gathered[0], {"text": gathered[1]})


def cut_off(line: int, text: str, limit: int) -> tuple[list[Row], tuple[int, str] | None]:
    rows, at = [], 0
    while len(text) - at > limit:
        head = text[at : at + limit]
        end = cut_place(head)
        row = head[:end].rstrip(WHITESPACE)
        if row:
            rows.append(Row(line, {"text": row}))
        following = at + end
        while following < len(text) and text[following] in WHITESPACE:
            following += 1
        line += text.count("\n", at, following)
        at = following
    return rows, ((line, text[at:]) if at < len(text) else None)


def cut_place(head: str) -> int:
    """At the last line break, else the last space, else at the end."""
    for mark in "\n ":
        if (place := head.rfind(mark)) > 0:
            return place
    return len(head)
