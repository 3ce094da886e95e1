"""Which rows train and which evaluate: decided by each row's hash, so appending rows moves no other row."""

from __future__ import annotations


def held_out(values: list[float], test_size: float) -> list[bool]:
    """`values` are split values. Below 1 `test_size` is a share, from 1 on about so many of the rows."""
    share = test_size if test_size < 1 else test_size / max(1, len(values))
    return [value < share for value in values]


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
