"""When a checkpoint is due."""

from finetune_trainer.cadence import Cadence


def due(cadence: Cadence, steps: int, seconds_a_step: float = 1.0) -> list[int]:
    found = []
    for step in range(1, steps + 1):
        if cadence.due(step, steps, step * seconds_a_step):
            found.append(step)
            cadence.saved(step, step * seconds_a_step)
    return found


def test_every_so_many_steps_and_at_the_end():
    assert due(Cadence("steps", 4, None, 0, 0.0), 10) == [4, 8, 10]


def test_a_share_of_all_steps():
    assert due(Cadence("steps", 0.25, None, 0, 0.0), 20) == [5, 10, 15, 20]


def test_by_time_alone():
    assert due(Cadence("steps", None, 1, 0, 0.0), 200) == [60, 120, 180, 200]


def test_never_but_at_the_end():
    assert due(Cadence("no", 1, 1, 0, 0.0), 500) == [500]


def test_at_an_epoch_only_when_something_is_new():
    cadence = Cadence("epoch", None, None, 0, 0.0)
    assert cadence.due_at_epoch(5)
    cadence.saved(5, 1.0)
    assert not cadence.due_at_epoch(5)
