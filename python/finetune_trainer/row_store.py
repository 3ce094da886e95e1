"""Encoded rows in an Arrow file, written batch by batch and read back memory-mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Rows of a batch in the file; smaller ones would make every later access search longer.
BATCH = 1000


def arrow_schema(columns: dict[str, str]) -> Any:
    """`columns` maps a name to "ids" (a list of token ids), "text" or "flag"."""
    import pyarrow

    types = {"ids": pyarrow.list_(pyarrow.int32()), "text": pyarrow.string(), "flag": pyarrow.bool_()}
    return pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])


def open_rows(path: Path) -> Any:
    """A memory-mapped dataset."""
    from datasets import Dataset

    return Dataset.from_file(str(path))


class RowStore:
    """Writes one file, whose bytes depend on the rows alone and not on how they came."""

    def __init__(self, path: Path, schema: Any) -> None:
        self._path, self._schema = path, schema
        self._waiting: list[Any] = []
        self._count = 0

    def __enter__(self) -> RowStore:
        import pyarrow

        self._path.parent.mkdir(parents=True, exist_ok=True)
        # The file of an earlier attempt may still be mapped: replace it, never write into it.
        self._path.unlink(missing_ok=True)
        self._writer = pyarrow.ipc.new_stream(str(self._path), self._schema)
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, batch: Any) -> None:
        """A pyarrow.RecordBatch."""
        self._waiting.append(batch)
        self._count += batch.num_rows
        if self._count >= BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._count:
            table = pyarrow.Table.from_batches(self._waiting, schema=self._schema)
            self._writer.write_table(table.combine_chunks())
        self._waiting, self._count = [], 0
