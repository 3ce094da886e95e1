"""Who may end a run, and for what reason."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from finetune_trainer.clock import Clock
from finetune_trainer.stop import Interrupted, Stop, watch_limits


class Set(Clock):
    """A clock that is set by hand."""

    now_s = 0.0
    idle_s = 0.0

    def elapsed(self) -> float:
        return self.now_s

    def since_progress(self) -> float:
        return self.idle_s


def test_only_the_file_of_this_attempt_is_the_users_wish(tmp_path: Path):
    stop = Stop(tmp_path, 1, Set())
    (tmp_path / "stop.0").touch()
    assert stop.settled() is None
    (tmp_path / "stop.1").touch()
    assert stop.settled() == "user"
    with pytest.raises(Interrupted, match="user"):
        stop.check()


def test_the_disk_is_looked_at_once_a_second(tmp_path: Path):
    clock = Set()
    stop = Stop(tmp_path, 0, clock)
    assert stop.asked() is None
    (tmp_path / "stop.0").touch()
    clock.now_s = 0.5
    assert stop.asked() is None
    clock.now_s = 1.0
    assert stop.asked() == "user"


def test_the_users_wish_outweighs_a_signal_and_nothing_else_does(tmp_path: Path):
    stop = Stop(tmp_path, 0, Set())
    stop.request("signal")
    stop.request("deadline")
    assert stop.settled() == "signal"
    (tmp_path / "stop.0").touch()
    assert stop.settled() == "user"


@pytest.mark.parametrize(
    ("limits", "now", "idle", "reason"),
    [((100.0, None), 76.0, 0.0, "deadline"), ((None, 60.0), 5.0, 61.0, "stall")],
)
def test_limits_ask_for_a_stop_in_time(tmp_path: Path, limits, now: float, idle: float, reason: str):
    clock = Set()
    stop = Stop(tmp_path, 0, clock)
    watch_limits(stop, clock, *limits)
    clock.now_s, clock.idle_s = now, idle
    end = time.monotonic() + 20
    while stop.reason is None and time.monotonic() < end:
        time.sleep(0.05)
    assert stop.reason == reason
