"""Counts the tokens of every batch, without touching the batch."""

from __future__ import annotations

from collections import deque
from typing import Any


class CountingCollator:
    """Wraps the trainer's own collator, so that Unsloth still chooses padding-free batches itself.

    Batches are made one ahead of their use, so counts wait in a queue and are taken when a micro-batch
    has been trained on.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._waiting: deque[tuple[int, int]] = deque()
        self.counting = True

    def __call__(self, rows: list[dict[str, Any]], *args: Any, **kwargs: Any) -> Any:
        if self.counting:
            tokens = sum(len(row["input_ids"]) for row in rows)
            trained = sum(label != -100 for row in rows for label in row["labels"])
            self._waiting.append((tokens, trained))
        return self._inner(rows, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def take(self) -> tuple[int, int]:
        """(tokens, trained tokens) of the oldest micro-batch not yet taken."""
        return self._waiting.popleft() if self._waiting else (0, 0)

    def reset(self) -> None:
        self._waiting.clear()
