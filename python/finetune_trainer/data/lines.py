"""Bytes → lines with their real numbers, in bounded memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .problem import BadRow, DataError

# A longer line is reported and skipped. Bytes.
MAX_LINE = 1 << 24
SNIFF_BYTES = 4096

MAGIC = (
    ("gzip", b"\x1f\x8b"),
    ("zip", b"PK\x03\x04"),
    ("zip", b"PK\x05\x06"),
    ("parquet", b"PAR1"),
    ("arrow", b"ARROW1"),
    # The stream form that `datasets` writes: a continuation marker, then the length of the schema.
    ("arrow", b"\xff\xff\xff\xff"),
    ("utf-32", b"\xff\xfe\x00\x00"),
    ("utf-32", b"\x00\x00\xfe\xff"),
)
MARKS = (("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"))


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    """Without its newline; a carriage return before it is kept."""


Lines = Iterable[Line | BadRow]


def sniff(head: bytes) -> tuple[str, int]:
    """(kind or encoding, length of the byte order mark) by the first bytes, whatever the extension."""
    for kind, magic in MAGIC:
        if head.startswith(magic):
            return kind, 0
    for encoding, mark in MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    even, odd = head[::2].count(0), head[1::2].count(0)
    places = len(head) / 2
    if even + odd == 0:
        return "utf-8", 0
    # Zero bytes in every second place are UTF-16 without a mark; any others are not text.
    if odd > places * 0.4 and even < places * 0.05:
        return "utf-16-le", 0
    if even > places * 0.4 and odd < places * 0.05:
        return "utf-16-be", 0
    return "binary", 0


def open_bytes(path: Path) -> tuple[IO[bytes], str, int]:
    """(stream at its start, kind, length of the mark). gzip is unpacked; its content may not be packed again."""
    stream: IO[bytes] = path.open("rb")
    kind, mark = sniff(stream.read(SNIFF_BYTES))
    stream.seek(0)
    if kind != "gzip":
        return stream, kind, mark
    packed = gzip.GzipFile(fileobj=stream)
    unpacked = io.BufferedReader(packed)  # type: ignore[arg-type]  (a GzipFile is a raw reader in all but its type)
    try:
        kind, mark = sniff(unpacked.peek(SNIFF_BYTES)[:SNIFF_BYTES])
    except (OSError, EOFError, zlib.error) as error:
        raise DataError("gzip-damaged", "The gzip data is damaged or cut off.") from error
    return unpacked, kind, mark


def lines_of(stream: IO[bytes], encoding: str, mark: int) -> Iterator[Line | BadRow]:
    """Lines of text; a BadRow for one that cannot be read."""
    stream.read(mark)
    if encoding != "utf-8":
        text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")  # type: ignore[arg-type]
        for number, line in enumerate(text, start=1):
            yield Line(number, line.removesuffix("\n"))
        return
    number = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE)
            yield BadRow(number, "row-too-large", "The line is longer than 16 MiB.")
            continue
        try:
            yield Line(number, raw.removesuffix(b"\n").decode("utf-8"))
        except UnicodeDecodeError:
            message = "The line is not UTF-8, perhaps Windows-1252 or Latin-1: save the file as UTF-8."
            yield BadRow(number, "bytes-invalid", message)
