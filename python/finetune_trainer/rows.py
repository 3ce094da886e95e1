"""Rows of a data file, one at a time, each with the line where it begins."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

TEXT_BLOCK = 256 * 1024


class DataError(Exception):
    """A dataset that cannot be used at all: one sentence that names the place and the way out."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True)
class Row:
    line: int | None
    value: dict[str, Any]


@dataclass(frozen=True)
class BadRow:
    line: int | None
    code: str
    message: str


def read_rows(path: Path, label: str) -> Iterator[Row | BadRow]:
    """Every row of a file or of the data files of a folder. Raises DataError."""
    if path.is_dir():
        files = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
        if not files:
            raise DataError("dataset-empty", f"{label} is a folder without files")
        for file in files:
            yield from read_rows(file, f"{label}/{file.name}")
        return
    if not path.exists():
        raise DataError("dataset-missing", f"{label} does not exist")
    with path.open("rb") as file:
        magic = file.read(6)
    if magic.startswith(b"PK\x03\x04"):
        raise DataError("dataset-zip", f"{label} is a zip archive: unpack it and name the file inside")
    if magic.startswith(b"PAR1"):
        yield from _parquet(path)
    elif magic.startswith(b"ARROW1"):
        yield from _arrow(path)
    elif magic.startswith(b"\x1f\x8b"):
        with gzip.open(path, "rb") as stream:
            yield from _text(stream, path.name.removesuffix(".gz"), label)
    else:
        with path.open("rb") as stream:
            yield from _text(stream, path.name, label)


def _text(stream: IO[bytes], name: str, label: str) -> Iterator[Row | BadRow]:
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[arg-type]
    head = buffered.peek(4096)[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = buffered.read().decode("utf-16")
        buffered = io.BufferedReader(io.BytesIO(text.encode("utf-8")))  # type: ignore[arg-type]
        head = buffered.peek(4096)[:4096]
    elif head.startswith(b"\xef\xbb\xbf"):
        buffered.read(3)
        head = head[3:]
    if b"\x00" in head:
        raise DataError("dataset-binary", f"{label} is a binary file that is neither Parquet, Arrow nor gzip")
    first = head.lstrip()[:1]
    suffix = Path(name).suffix.lower()
    if suffix in (".txt", ".md"):
        yield from _plain(buffered)
    elif suffix in (".csv", ".tsv"):
        yield from _table(buffered, suffix)
    elif first == b"[":
        yield from _array(buffered, label)
    elif first == b"{" or first == b"":
        yield from _lines(buffered, label)
    else:
        raise DataError(
            "dataset-format",
            f"{label} begins with {first.decode('latin-1')!r}: not JSON Lines, JSON, CSV, TSV, TXT or Parquet",
            "give the file the ending of its format, for example .csv or .txt",
        )


def _lines(stream: IO[bytes], label: str) -> Iterator[Row | BadRow]:
    for number, raw in enumerate(stream, start=1):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            yield BadRow(number, "row-encoding", f"not UTF-8 at byte {error.start + 1} of the line")
            continue
        except json.JSONDecodeError as error:
            if number == 1 and raw.strip() in (b"{", b"{}"):
                raise DataError(
                    "dataset-pretty-json",
                    f"{label}, line 1: an object spread over several lines; JSON Lines holds one object a line",
                    "write each row on one line, or put all rows into one [ ] array",
                ) from error
            yield BadRow(number, "row-json", f"not JSON: {error.msg} at column {error.colno}")
            continue
        yield _object(number, value)


def _array(stream: IO[bytes], label: str) -> Iterator[Row | BadRow]:
    text = stream.read().decode("utf-8", errors="replace")
    decoder = json.JSONDecoder()
    position, line, counted = text.index("[") + 1, 1, 0
    while True:
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        line, counted = line + text.count("\n", counted, position), position
        if position >= len(text):
            raise DataError("dataset-json", f"{label}, line {line}: the array is not closed")
        if text[position] == "]":
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            raise DataError("dataset-json", f"{label}, line {error.lineno}: not JSON: {error.msg}") from error
        yield _object(line, value)


def _object(line: int, value: Any) -> Row | BadRow:
    if isinstance(value, dict):
        return Row(line, value)
    return BadRow(line, "row-not-object", f"a row must be an object, this is {kind_of(value)}")


def _table(stream: IO[bytes], suffix: str) -> Iterator[Row | BadRow]:
    csv.field_size_limit(1 << 30)
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="")
    head = stream.peek(65536) if hasattr(stream, "peek") else b""
    header_line = head.split(b"\n", 1)[0]
    delimiter = "\t" if suffix == ".tsv" else max(",;\t", key=lambda mark: header_line.count(mark.encode()))
    reader = csv.reader(text, delimiter=delimiter)
    header = next(reader, None)
    if header is None:
        return
    header = [name.strip() for name in header]
    before = reader.line_num
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            yield BadRow(line, "row-columns", f"{len(cells)} cells, but the header names {len(header)} columns")
            continue
        padded = [*cells, *[None] * (len(header) - len(cells))]
        yield Row(line, dict(zip(header, padded, strict=True)))


def _plain(stream: IO[bytes]) -> Iterator[Row | BadRow]:
    """A text file is one document, handed on in blocks of whole lines so that its size does not matter."""
    number, begin, block, size = 0, 1, [], 0
    for number, raw in enumerate(stream, start=1):
        try:
            block.append(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            yield BadRow(number, "row-encoding", f"not UTF-8 at byte {error.start + 1} of the line")
            continue
        size += len(raw)
        if size >= TEXT_BLOCK:
            yield Row(begin, {"text": "".join(block)})
            begin, block, size = number + 1, [], 0
    if "".join(block).strip():
        yield Row(begin, {"text": "".join(block)})


def _parquet(path: Path) -> Iterator[Row]:
    from pyarrow import parquet

    number = 0
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=256):
        for value in batch.to_pylist():
            number += 1
            yield Row(number, value)


def _arrow(path: Path) -> Iterator[Row]:
    from pyarrow import ipc

    number = 0
    with ipc.open_file(path) as reader:
        for index in range(reader.num_record_batches):
            for value in reader.get_batch(index).to_pylist():
                number += 1
                yield Row(number, value)


def kind_of(value: Any) -> str:
    """The JSON name of a value's type, for messages."""
    if value is None:
        return "null"
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)
