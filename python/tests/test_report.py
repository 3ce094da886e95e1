"""What is said about the rows of a split."""

from __future__ import annotations

import pytest

from finetune_trainer.report import token_statistics


@pytest.mark.parametrize("tokens", [[1], [5] * 40, list(range(1, 400)), [3, 9000], [0, 7]])
def test_every_row_is_in_one_bar_of_the_histogram(tokens: list[int]):
    bars = token_statistics(tokens, trained=1)["histogram"]
    assert sum(rows for _, rows in bars) == len(tokens)
    assert len(bars) <= 24
    bounds = [bound for bound, _ in bars]
    assert bounds == sorted(bounds)
    assert bounds[-1] >= max(tokens)
    assert bars[0][1] == sum(1 for length in tokens if length <= bounds[0])
