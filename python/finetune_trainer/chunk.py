"""Some rows of one source, encoded: what a process that tokenises hands back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .data.problem import BadRow, DataError, Row, Unusable
from .data.row_hash import row_hash
from .data.source import Entry, Shape, normal
from .report import Report
from .row_encoder import Piece, RowEncoder
from .tally import Tally

# Between two looks at whether the run was asked to stop.
ROWS = 64


@dataclass
class Problem:
    """A DataError on its way between processes: as an exception it would lose all but its sentence."""

    code: str
    message: str
    hint: str | None
    line: int | None
    path: str | None

    @staticmethod
    def of(error: DataError) -> Problem:
        return Problem(error.code, str(error), error.hint, error.line, error.path)

    def error(self) -> DataError:
        return DataError(self.code, self.message, self.hint, self.line, self.path)


@dataclass
class Chunk:
    batch: Any
    """pyarrow.RecordBatch, one row a piece."""
    tally: Tally
    problem: Problem | None
    """What ended it; the rows before count."""


def chunks_of(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """A DataError of the reader comes after the rows that were read before it."""
    while True:
        part: list[Entry] = []
        try:
            part.extend(islice(entries, ROWS))
        except DataError:
            if part:
                yield part
            raise
        if not part:
            return
        yield part


def encode_chunk(encoder: RowEncoder, shape: Shape, label: str, schema: Any, entries: list[Entry]) -> Chunk:
    """`label` names the source in reports; `schema` is that of the batch."""
    import pyarrow

    tally, rows, problem = Tally(), [], None
    try:
        for entry in entries:
            row = normal(shape, entry)
            pieces = usable_pieces(encoder, row, tally.report, label)
            if isinstance(row, Row) and pieces:
                tally.add_row(
                    row_hash(row.value), [piece.tokens for piece in pieces], [piece.trained for piece in pieces]
                )
                rows.extend(piece.columns for piece in pieces)
    except DataError as error:
        problem = Problem.of(error)
    return Chunk(pyarrow.RecordBatch.from_pylist(rows, schema=schema), tally, problem)


def usable_pieces(encoder: RowEncoder, row: Row | BadRow, report: Report, file: str) -> list[Piece]:
    """Empty when the row is not used; then the report says why."""
    if isinstance(row, BadRow):
        report.skip(file, row)
        return []
    try:
        pieces = encoder.pieces(row, report)
    except Unusable as error:
        report.skip(file, BadRow(row.line, error.code, str(error)))
        return []
    for code, message in row.notes.items():
        report.note(file, row.line, code, message)
    return pieces
