"""Tokenised rows in an Arrow file, written batch by batch and read back memory-mapped."""

from __future__ import annotations

from pathlib import Path

from .tokenise import Tokens

BATCH = 1000


class TokenStore:
    def __init__(self, path: Path) -> None:
        import pyarrow

        self._path = path
        self._schema = pyarrow.schema(
            [("input_ids", pyarrow.list_(pyarrow.int32())), ("labels", pyarrow.list_(pyarrow.int32()))]
        )
        self._rows: list[Tokens] = []

    def __enter__(self) -> TokenStore:
        import pyarrow

        self._path.parent.mkdir(parents=True, exist_ok=True)
        # The file of an earlier attempt may still be mapped: replace it, never write into it.
        self._path.unlink(missing_ok=True)
        self._writer = pyarrow.ipc.new_stream(str(self._path), self._schema)
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, tokens: Tokens) -> None:
        self._rows.append(tokens)
        if len(self._rows) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if not self._rows:
            return
        columns = {"input_ids": [r.input_ids for r in self._rows], "labels": [r.labels for r in self._rows]}
        self._writer.write_batch(pyarrow.RecordBatch.from_pydict(columns, schema=self._schema))
        self._rows = []

    def open(self):
        from datasets import Dataset

        return Dataset.from_file(str(self._path))
