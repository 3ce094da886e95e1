"""Rows of a dataset on the Hub, streamed: nothing is converted, and only what is read is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .problem import DataError, Row


def hub_rows(hub: dict[str, Any]) -> tuple[Iterator[Row], int | None]:
    """`hub` is {id, name, split, revision} of the plan. Rows are numbered from 1; how many, where its card says.

    Raises DataError.
    """
    try:
        from datasets import load_dataset

        rows = load_dataset(hub["id"], hub["name"], split=hub["split"], revision=hub["revision"], streaming=True)
    except Exception as error:
        raise refused(hub, error) from error
    split = (rows.info.splits or {}).get(hub["split"])
    total = None if split is None else split.num_examples or None
    return (Row(number, dict(value)) for number, value in enumerate(rows, start=1)), total


def refused(hub: dict[str, Any], error: Exception) -> DataError:
    text = f"{type(error).__name__}: {error}".splitlines()[0]
    name = type(error).__name__
    if name in ("DatasetNotFoundError", "RepositoryNotFoundError", "GatedRepoError"):
        return DataError(
            "hub-dataset-missing",
            f"the dataset {hub['id']} does not exist on the Hub, or is not open to you",
            "check the name; for a gated or private dataset accept its terms and set HF_TOKEN",
        )
    if name in ("OfflineModeIsEnabled", "ConnectionError", "ConnectTimeout", "LocalEntryNotFoundError"):
        return DataError(
            "hub-unreachable",
            f"the dataset {hub['id']} cannot be fetched: the Hub is not reachable from this machine ({text})",
            "connect, or download the file and name it in dataset.path",
        )
    return DataError("hub-dataset", f"the dataset {hub['id']} cannot be loaded: {text}")
