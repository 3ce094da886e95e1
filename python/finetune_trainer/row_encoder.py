"""What turns the rows of a source into what a trainer gets: the interface, and what it is made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .data.problem import DataError, Row
from .plan import Plan, Source
from .report import Report
from .token_cache import TokenCache


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
    cache: TokenCache | None = None
    """Where equal rows may lie already; None: they are always encoded."""
    ranks: int = 1
    """Processes of this run on this machine that may do the same."""


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


def wrong_format(source: Source, format_: str, method: str, path: str) -> DataError:
    return DataError(
        "format-method",
        f"the rows are {format_.replace('_', ' ')} rows, which {method} cannot learn from",
        "choose the training.method that fits the rows, or other data",
        path=f"{path}.format",
    )
