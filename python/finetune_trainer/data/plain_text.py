"""Raw text → rows of about one sequence: paragraphs are gathered while they fit, longer ones are cut."""

from __future__ import annotations

from collections.abc import Iterator

from .lines import Lines
from .names import WHITESPACE, is_blank
from .problem import BadRow, Row

CHARACTERS_PER_TOKEN = 4


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
