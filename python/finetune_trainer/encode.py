"""One source of the plan → encoded rows on disk: taken from an earlier run, or encoded here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cache_key import key_of
from .chunk import Chunk, chunks_of, encode_chunk
from .data.hub import hub_rows
from .data.problem import DataError
from .data.row_hash import split_value
from .data.source import SourceRows, read_source
from .plan import Source
from .report import Report
from .row_encoder import Context, MakeEncoder
from .row_store import RowStore, arrow_schema, open_rows
from .split import sample_rows
from .tally import Tally
from .worker_count import processes_for
from .workers import Job, encode_in_processes


@dataclass
class Encoded:
    """Piece i of `dataset` has the split value `values[i]`."""

    source: Source
    tally: Tally
    dataset: Any
    values: list[float]

    @property
    def report(self) -> Report:
        return self.tally.report

    def chosen(self) -> list[int]:
        return sample_rows(self.values, self.source.max_samples)


def encode(context: Context, source: Source, path: str, split: str, make_encoder: MakeEncoder) -> Encoded:
    """Every usable row of the source, encoded. Raises DataError."""
    file = context.folder / f"{split}-{path.replace('[', '-').rstrip(']')}.arrow"
    key = key_of(context, source, make_encoder)
    cache = context.cache if key is not None else None

    def waiting() -> None:
        context.check()
        # Somebody works: a run that waits for him has not come to a standstill.
        context.progress(0, None, "rows")

    # Who wants the same rows at the same time, another rank or run, waits and then finds them.
    with nullcontext() if cache is None or key is None else cache.alone(key, source.label, waiting):
        tally = None if cache is None or key is None else cache.take(key, source.label, file)
        if tally is None:
            tally = encode_rows(context, source, path, make_encoder, file)
            if cache is not None and key is not None:
                cache.keep(key, file, tally)
    seed = context.plan.training.seed
    of_rows = [split_value(digest, seed) for digest in tally.hashes]
    values = [value for value, count in zip(of_rows, tally.pieces, strict=True) for _ in range(count)]
    return Encoded(source, tally, open_rows(file), values)


def encode_rows(context: Context, source: Source, path: str, make_encoder: MakeEncoder, file: Path) -> Tally:
    """Writes `file`. Raises DataError."""
    rows = open_source(context, source, path)
    tally, count = Tally(), 0
    try:
        job = Job(context, source, path, rows.shape, make_encoder)
        with RowStore(file, arrow_schema(job.encoder.schema)) as store:
            for chunk in chunks_in_order(context, source, rows, job):
                tally.add(chunk.tally)
                store.add(chunk.batch)
                if chunk.problem is not None:
                    raise chunk.problem.error()
                count = rows.passed
                context.check()
                context.progress(count, rows.total, "rows")
    except DataError as error:
        raise placed(error, source, path) from error
    return tally


def chunks_in_order(context: Context, source: Source, rows: SourceRows, job: Job) -> Iterator[Chunk]:
    parts = chunks_of(rows.entries)
    processes = processes_for(context, source, rows.bytes_per_row)
    if processes > 1:
        return encode_in_processes(job, parts, processes)
    schema = arrow_schema(job.encoder.schema)
    return (encode_chunk(job.encoder, rows.shape, source.label, schema, part) for part in parts)


def open_source(context: Context, source: Source, path: str) -> SourceRows:
    """Errors get the name of the file and the place in the config."""
    limit = context.plan.model.max_seq_length
    try:
        if source.hub is not None:
            entries, total = hub_rows(source.hub)
            return SourceRows(entries, source.format, source.columns, total)
        if source.input is None:
            raise DataError("dataset-missing", "the plan names neither a file nor a dataset of the Hub")
        return read_source(context.inputs[source.input], source.format, source.columns, limit)
    except DataError as error:
        raise placed(error, source, path) from error


def placed(error: DataError, source: Source, path: str) -> DataError:
    where = source.label if error.line is None else f"{source.label}, line {error.line}"
    return DataError(error.code, f"{where}: {error}", error.hint, error.line, error.path or path)
