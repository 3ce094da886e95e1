"""One source of a dataset: a file, or the files of a folder, read row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from .csv_rows import table
from .detect import columns_of, detect
from .json_rows import json_lines, json_list
from .lines import Line, lines_of, open_bytes
from .plain_text import plain_text
from .problem import BadRow, DataError, Row, Unusable
from .records import normalise
from .shape import shape_of
from .values import kind_of

# Rows on which the format is settled.
SAMPLE = 100
DATA_FILES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".md", ".parquet", ".arrow", ".gz", ".gzip")
REFUSED = {
    "zip": ("file-zip", "The file is a zip archive: unpack it and name the file inside."),
    "gzip": ("file-binary", "The file is packed twice: unpack it once."),
    "utf-32": ("encoding-unknown", "The file is UTF-32: save it as UTF-8."),
    "binary": ("file-binary", "The file is not text and of no known kind."),
}


Entry = Row | BadRow


@dataclass(frozen=True)
class Shape:
    """What the rows of a source are, found on its first ones."""

    format: str
    """Empty where no row can be used."""
    roles: dict[str, str]
    """role → column."""


class SourceRows:
    """`format` and `roles` are known before the first row is normalised; the rows can be gone through once."""

    def __init__(
        self, entries: Iterator[Entry], format_: str, columns: dict[str, str], total: int | None = None
    ) -> None:
        self._entries = entries
        self.total = total
        """Rows that there are, where that is known before they were read."""
        self._head: list[Entry] = []
        self.passed = 0
        """Entries that were handed out."""
        records: list[dict[str, Any]] = []
        for entry in entries:
            self._head.append(entry)
            if isinstance(entry, Row) and isinstance(entry.value, dict):
                records.append(entry.value)
                if len(records) >= SAMPLE:
                    break
        if not self._head:
            raise DataError("file-empty", "The file has no rows.")
        self.columns = columns_of(records)
        self.format, self.roles = detect(records, format_, columns) if records else ("", {})
        self.shape = Shape(self.format, self.roles)
        self.bytes_per_row = sum(len(str(record)) for record in records) / max(1, len(records))
        """About, by the first rows; 0 where there is none."""

    @property
    def entries(self) -> Iterator[Entry]:
        """Rows as they stand in the file, and those that cannot be used."""
        for entry in chain(self._head, self._entries):
            self.passed += 1
            yield entry

    @property
    def rows(self) -> Iterator[Entry]:
        """Normalised rows, and those that cannot be used."""
        return (normal(self.shape, entry) for entry in self.entries)


def normal(shape: Shape, entry: Entry) -> Entry:
    """A row of the file as it is trained on; why not, where that cannot be."""
    if isinstance(entry, BadRow):
        return entry
    if not isinstance(entry.value, dict):
        message = f"the row is {kind_of(entry.value)}, not an object."
        return BadRow(entry.line, "row-not-object", message)
    notes: dict[str, str] = {}
    try:
        return Row(entry.line, normalise(shape.format, shape.roles, entry.value, notes), notes, entry.value)
    except Unusable as error:
        return BadRow(entry.line, error.code, str(error))


def read_source(path: Path, format_: str, columns: dict[str, str], max_seq_length: int) -> SourceRows:
    """Raises DataError."""
    return SourceRows(entries_of(path, max_seq_length), format_, columns)


def entries_of(path: Path, max_seq_length: int) -> Iterator[Row | BadRow]:
    if path.is_dir():
        files = [p for p in sorted(path.iterdir()) if p.is_file() and p.suffix.lower() in DATA_FILES]
        if not files:
            raise DataError("folder-empty", f"The folder holds no file of a known kind ({', '.join(DATA_FILES)}).")
        for file in files:
            yield from entries_of(file, max_seq_length)
        return
    stream, kind, mark = open_bytes(path)
    with stream:
        if kind in REFUSED:
            raise DataError(*REFUSED[kind])
        if kind == "parquet":
            yield from parquet_rows(path)
        elif kind == "arrow":
            yield from arrow_rows(path)
        else:
            yield from text_rows(lines_of(stream, kind, mark), path.name, max_seq_length)


def text_rows(lines: Iterator[Line | BadRow], name: str, max_seq_length: int) -> Iterator[Row | BadRow]:
    """The first line that is not blank decides how the file is read."""
    first = next((line for line in lines if isinstance(line, BadRow) or line.text.strip()), None)
    if first is None:
        return
    everything = chain([first], lines)
    shape = shape_of(name, first)
    if shape == "jsonl":
        yield from json_lines(everything)
    elif shape == "json":
        yield from shifted(json_list(everything), first)
    elif shape == "txt":
        yield from plain_text(everything, max_seq_length)
    else:
        yield from table(everything, "\t" if shape == "tsv" else None)


def shifted(rows: Iterator[Row | BadRow], first: Line | BadRow) -> Iterator[Row | BadRow]:
    """Lines of a list are counted from its own first line."""
    skipped = (first.number if isinstance(first, Line) else first.line or 1) - 1
    try:
        for row in rows:
            line = None if row.line is None else row.line + skipped
            yield Row(line, row.value) if isinstance(row, Row) else BadRow(line, row.code, row.message)
    except DataError as error:
        if error.line is not None:
            error.line += skipped
        raise


def parquet_rows(path: Path) -> Iterator[Row]:
    """Rows are numbered from 1: there are no lines."""
    from pyarrow import parquet

    batches = parquet.ParquetFile(path).iter_batches(batch_size=256)
    for number, value in enumerate((value for batch in batches for value in batch.to_pylist()), start=1):
        yield Row(number, value)


def arrow_rows(path: Path) -> Iterator[Row]:
    from pyarrow import ArrowInvalid, ipc

    with path.open("rb") as file:
        try:
            reader = ipc.open_file(file)
            batches = (reader.get_batch(index) for index in range(reader.num_record_batches))
        except ArrowInvalid:
            file.seek(0)
            batches = iter(ipc.open_stream(file))
        for number, value in enumerate((value for batch in batches for value in batch.to_pylist()), start=1):
            yield Row(number, value)
