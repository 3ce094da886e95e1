"""Runs that wait for another run: whatever its end, and whatever devices are free."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from finetune_trainer.device_choice import CPU, Wanted
from finetune_trainer.identity import identity
from finetune_trainer.predecessor import still_going
from finetune_trainer.tickets import Tickets
from finetune_trainer.turn import attempt_to_take

ON_CPU = Wanted([CPU], all=True)
ON_GPU = Wanted(["GPU-a"], all=True)


def a_run(root: Path, name: str = "20261127-100000-first-0000", **record: object) -> Path:
    folder = root / name
    (folder / "attempts").mkdir(parents=True)
    mine = {"attempt": 0, "token": "t", **identity(), **record}
    (folder / "attempts" / "0.json").write_text(json.dumps(mine))
    return folder


def say(run: Path, type_: str, attempt: int = 0, **fields: object) -> None:
    line = json.dumps({"v": 1, "attempt": attempt, "seq": 0, "type": type_, **fields})
    with (run / "events.jsonl").open("a") as file:
        file.write(line + "\n")


@pytest.mark.parametrize("status", ["succeeded", "stopped", "failed", "interrupted"])
def test_any_end_is_an_end(tmp_path: Path, status: str) -> None:
    run = a_run(tmp_path)
    say(run, "started")
    assert still_going(run)
    say(run, "finished", status=status)
    say(run, "artifact", path="export/merged_16bit")  # exported afterwards
    assert not still_going(run)


def test_gone_without_a_word_deleted_or_never_begun(tmp_path: Path) -> None:
    assert not still_going(a_run(tmp_path, "crashed", pid_start="1"))
    assert not still_going(a_run(tmp_path, "no-process", pid=None, failed="no such file"))
    assert not still_going(tmp_path / "deleted")
    starting = a_run(tmp_path, "starting", pid=None)
    assert still_going(starting)
    os.utime(starting / "attempts", (time.time() - 3600, time.time() - 3600))
    assert not still_going(starting)


@pytest.mark.parametrize("other", [{"host": "gpu-box"}, {"boot_id": "before"}, {"pid_namespace": "pid:[1]"}])
def test_elsewhere_it_goes_on_as_long_as_there_is_news(tmp_path: Path, other: dict[str, str]) -> None:
    run = a_run(tmp_path, pid_start="1", **other)
    say(run, "started")
    assert still_going(run)
    os.utime(run / "events.jsonl", (time.time() - 600, time.time() - 600))
    assert not still_going(run)


def test_an_end_of_an_earlier_attempt_is_none(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    say(run, "finished", status="stopped")
    (run / "attempts" / "1.json").write_text(json.dumps({"attempt": 1, **identity()}))
    assert still_going(run)


def test_it_waits_although_its_device_is_free_and_goes_on_after_a_failure(tmp_path: Path) -> None:
    first = a_run(tmp_path)
    say(first, "started")
    tickets = Tickets(tmp_path / "queue", tmp_path / "second", 0, after=first)
    tickets.join(ON_GPU)
    assert attempt_to_take(tickets, ON_GPU) is None
    assert tickets.behind(ON_GPU) == "after first"
    say(first, "finished", status="failed")
    assert attempt_to_take(tickets, ON_GPU) == ["GPU-a"]


def test_moved_to_the_front_it_holds_nobody_up(tmp_path: Path) -> None:
    first = a_run(tmp_path)
    say(first, "started")
    waiting = Tickets(tmp_path / "queue", first, 0)
    waiting.join(ON_CPU)
    later = Tickets(tmp_path / "queue", tmp_path / "later", 0, after=first)
    later.join(ON_CPU)
    path = later.mine().path
    path.rename(path.with_name(path.name.replace("50-", "10-", 1)))
    assert attempt_to_take(later, ON_CPU) is None
    assert attempt_to_take(waiting, ON_CPU) == [CPU]  # it is waited for, so it must come first
    waiting.leave()
    say(first, "finished", status="succeeded")
    assert attempt_to_take(later, ON_CPU) == [CPU]


def test_a_killed_predecessor_is_found_out(tmp_path: Path) -> None:
    code = "import json; from finetune_trainer.identity import identity; print(json.dumps(identity()), flush=True)"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    process = subprocess.Popen(
        [sys.executable, "-c", f"{code}; import time; time.sleep(60)"], stdout=subprocess.PIPE, text=True, env=env
    )
    run = a_run(tmp_path, **json.loads(process.stdout.readline()))
    say(run, "started")
    assert still_going(run)
    process.kill()
    process.wait()
    assert not still_going(run)
