"""Splits by hash: stable under append, duplicates together."""

from finetune_trainer.data.row_hash import row_hash, split_value
from finetune_trainer.split import held_out, repeat_rows, sample_rows


def values(count: int, start: int = 0) -> list[float]:
    return [split_value(row_hash({"text": f"row {i}"}), 3407) for i in range(start, start + count)]


def test_appending_rows_moves_no_other_row():
    before, after = held_out(values(200), 0.1), held_out(values(300), 0.1)
    assert after[:200] == before
    assert 8 <= sum(before) <= 32


def test_copies_are_on_one_side():
    doubled = values(100) * 2
    sides = held_out(doubled, 0.3)
    assert sides[:100] == sides[100:]


def test_a_number_of_rows_is_about_that_number():
    assert 30 <= sum(held_out(values(1000), 50)) <= 75


def test_a_sample_keeps_the_order_of_the_file_and_grows_with_its_size():
    found = values(50)
    ten, twenty = sample_rows(found, 10), sample_rows(found, 20)
    assert ten == sorted(ten)
    assert set(ten) < set(twenty)
    assert sample_rows(found, 500) == list(range(50))


def test_weights_repeat_and_halve():
    found = values(10)
    assert repeat_rows([0, 1], found, 2) == [0, 1, 0, 1]
    half = repeat_rows(list(range(10)), found, 0.5)
    assert len(half) == 5
    assert len(repeat_rows(list(range(10)), found, 1.5)) == 15
