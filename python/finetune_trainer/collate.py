"""Counts the tokens of every batch, without touching the batch."""

from __future__ import annotations

from collections import deque
from typing import Any

# Columns that the trainers of pairs make of a row: (read, of these learnt).
PAIR_COLUMNS = (
    (("prompt_ids", 2), ("chosen_ids", 1), ("rejected_ids", 1)),
    (("prompt_ids", 1), ("completion_ids", 1)),
    (("chosen_input_ids", 1), ("rejected_input_ids", 1)),
)


def count(row: dict[str, Any]) -> tuple[int, int]:
    """(tokens, trained tokens) of a row of any method; (0, 0) where the trainer makes the tokens itself."""
    if "labels" in row and "input_ids" in row:
        return len(row["input_ids"]), sum(label != -100 for label in row["labels"])
    for columns in PAIR_COLUMNS:
        if all(name in row for name, _ in columns):
            tokens = sum(len(row[name]) * times for name, times in columns)
            prompts = sum(len(row[name]) * times for name, times in columns if name == "prompt_ids")
            return tokens, tokens - prompts
    return 0, 0


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
            counts = [count(row) for row in rows]
            self._waiting.append((sum(tokens for tokens, _ in counts), sum(trained for _, trained in counts)))
        return self._inner(rows, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def take(self) -> tuple[int, int]:
        """(tokens, trained tokens) of the oldest micro-batch not yet taken."""
        return self._waiting.popleft() if self._waiting else (0, 0)

    def reset(self) -> None:
        self._waiting.clear()
