"""Encoded rows in an Arrow file, written batch by batch and read back memory-mapped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BATCH = 1000


class RowStore:
    """`schema` maps a column to "ids" (a list of token ids), "text" or "flag"."""

    def __init__(self, path: Path, schema: dict[str, str]) -> None:
        import pyarrow

        types = {"ids": pyarrow.list_(pyarrow.int32()), "text": pyarrow.string(), "flag": pyarrow.bool_()}
        self._path = path
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in schema.items()])
        self._rows: list[dict[str, Any]] = []

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

    def add(self, row: dict[str, Any]) -> None:
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._rows:
            self._writer.write_batch(pyarrow.RecordBatch.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def open(self):
        from datasets import Dataset

        return Dataset.from_file(str(self._path))
