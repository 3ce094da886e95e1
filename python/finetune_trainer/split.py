"""Which rows train and which evaluate: decided by each row's hash, so appending rows moves no other row."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    train: list[int]
    evaluate: list[int]


def split_rows(values: list[float], test_size: float | None) -> Split:
    """`values` are split values, equal for duplicates, which therefore stay together.

    Below 1 `test_size` is a share, from 1 on a number of rows. At least one row is held out and at least
    one is left, whenever there are two different rows.
    """
    indices = range(len(values))
    if test_size is None:
        return Split(list(indices), [])
    different = sorted(set(values))
    if test_size < 1:
        limit = test_size
        if different and limit <= different[0]:
            limit = math.nextafter(different[0], 1.0)
    else:
        limit = cutoff(values, different, test_size)
    if different and limit > different[-1]:
        limit = different[-1]
    return Split([i for i in indices if values[i] >= limit], [i for i in indices if values[i] < limit])


def cutoff(values: list[float], different: list[float], rows: float) -> float:
    """The value below which about `rows` rows lie; duplicates of the last one come along."""
    ordered = sorted(values)
    at = min(int(rows), len(ordered)) - 1
    return math.nextafter(ordered[at], 1.0) if ordered else different[0]


def sample_rows(values: list[float], count: int | None) -> list[int]:
    """The `count` rows with the smallest values, in their order in the file."""
    if count is None or count >= len(values):
        return list(range(len(values)))
    return sorted(sorted(range(len(values)), key=lambda i: (values[i], i))[:count])


def repeat_rows(indices: list[int], values: list[float], weight: float) -> list[int]:
    """`weight` times the rows: the whole part as copies, the rest as the rows with the smallest values."""
    whole, rest = int(weight), weight - int(weight)
    part = sorted(indices, key=lambda i: (values[i], i))[: round(rest * len(indices))]
    return indices * whole + sorted(part)
