"""One source of the plan → encoded rows on disk. What a row becomes depends on the method."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .data.hub import hub_rows
from .data.problem import BadRow, DataError, Row, Unusable
from .data.row_hash import row_hash, split_value
from .data.source import SourceRows, read_source
from .plan import Plan, Source
from .report import Report
from .row_store import RowStore
from .split import sample_rows


@dataclass
class Context:
    """What the preparation of data needs from its run."""

    plan: Plan
    inputs: dict[str, Path]
    tokenizer: Any
    folder: Path
    """Where the encoded rows are kept."""
    check: Callable[[], None]
    """Raises when the run was asked to stop."""
    progress: Callable[[float, float | None, str], None]
    warn: Callable[..., None]


@dataclass(frozen=True)
class Piece:
    """A row as the trainer gets it, and what it costs."""

    columns: dict[str, Any]
    tokens: int
    trained: int


class RowEncoder(Protocol):
    """Made for one source; turns its normalised rows into pieces."""

    schema: dict[str, str]
    """column → "ids", "text" or "flag"."""

    def pieces(self, row: Row, report: Report) -> list[Piece]:
        """Several when a row is split. Raises Unusable with the reason."""
        ...


MakeEncoder = Callable[[Context, Source, str, str], RowEncoder]
"""(context, source, format, config path) → encoder. Raises DataError."""


@dataclass
class Encoded:
    """Piece i of `dataset` has the split value `values[i]`."""

    source: Source
    report: Report
    dataset: Any = None
    values: list[float] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    tokens: array[int] = field(default_factory=lambda: array("l"))
    trained: array[int] = field(default_factory=lambda: array("l"))

    def chosen(self) -> list[int]:
        return sample_rows(self.values, self.source.max_samples)

    def add(self, digest: str, value: float, piece: Piece) -> None:
        self.values.append(value)
        self.hashes.append(digest)
        self.tokens.append(piece.tokens)
        self.trained.append(piece.trained)


def encode(context: Context, source: Source, path: str, split: str, make_encoder: MakeEncoder) -> Encoded:
    """Every usable row of the source, encoded. Raises DataError."""
    rows = open_source(context, source, path)
    try:
        encoder = make_encoder(context, source, rows.format, path)
    except DataError as error:
        raise placed(error, source, path) from error
    encoded = Encoded(source, Report())
    seed = context.plan.training.seed
    store = RowStore(context.folder / f"{split}-{path.replace('[', '-').rstrip(']')}.arrow", encoder.schema)
    with store:
        try:
            for count, row in enumerate(rows.rows, start=1):
                if count % 64 == 0:
                    context.check()
                    context.progress(count, None, "rows")
                for piece in usable_pieces(encoder, row, encoded.report, source.label):
                    digest = row_hash(row.value)
                    store.add(piece.columns)
                    encoded.add(digest, split_value(digest, seed), piece)
        except DataError as error:
            raise placed(error, source, path) from error
    encoded.dataset = store.open()
    return encoded


def usable_pieces(encoder: RowEncoder, row: Row | BadRow, report: Report, file: str) -> list[Piece]:
    """None when the row is not used; then the report says why."""
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


def open_source(context: Context, source: Source, path: str) -> SourceRows:
    """Errors get the name of the file and the place in the config."""
    limit = context.plan.model.max_seq_length
    try:
        if source.hub is not None:
            return SourceRows(hub_rows(source.hub), source.format, source.columns)
        if source.input is None:
            raise DataError("dataset-missing", "the plan names neither a file nor a dataset of the Hub")
        return read_source(context.inputs[source.input], source.format, source.columns, limit)
    except DataError as error:
        raise placed(error, source, path) from error


def placed(error: DataError, source: Source, path: str) -> DataError:
    where = source.label if error.line is None else f"{source.label}, line {error.line}"
    return DataError(error.code, f"{where}: {error}", error.hint, error.line, error.path or path)


def wrong_format(source: Source, format_: str, method: str, path: str) -> DataError:
    return DataError(
        "format-method",
        f"the rows are {format_.replace('_', ' ')} rows, which {method} cannot learn from",
        "choose the training.method that fits the rows, or other data",
        path=f"{path}.format",
    )
