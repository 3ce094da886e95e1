"""The queue, with real processes: one run on a device at a time, in order, and nobody waits for the dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from finetune_trainer.device_choice import CPU, Gpu, Wanted, parse, roomiest, wanted
from finetune_trainer.refusal import Refusal
from finetune_trainer.tickets import Tickets
from finetune_trainer.turn import attempt_to_take

ROOT = Path(__file__).resolve().parents[2]
ON_CPU = Wanted([CPU], all=True)
ANY = Wanted(["GPU-a", "GPU-b"], all=False)
BOTH = Wanted(["GPU-a", "GPU-b"], all=True)


def joined(folder: Path, name: str, need: Wanted) -> Tickets:
    tickets = Tickets(folder, Path("/runs") / name, 0)
    tickets.join(need)
    return tickets


def change(tickets: Tickets, **values: object) -> None:
    mine = tickets.mine()
    assert mine is not None
    mine.path.write_text(json.dumps({**mine.value, **values}), encoding="utf-8")


def test_the_cpu_is_one_device(tmp_path: Path) -> None:
    first, second = joined(tmp_path, "first", ON_CPU), joined(tmp_path, "second", ON_CPU)
    assert attempt_to_take(second, ON_CPU) is None  # not its turn, although nobody holds it yet
    assert attempt_to_take(first, ON_CPU) == [CPU]
    assert second.behind(ON_CPU) == "behind first"
    first.leave()
    assert attempt_to_take(second, ON_CPU) == [CPU]


def test_any_of_two_and_both_at_once(tmp_path: Path) -> None:
    one, two, three = (joined(tmp_path, name, ANY) for name in ("one", "two", "three"))
    assert attempt_to_take(two, ANY) == ["GPU-a"]  # two are free and only one is before it
    assert attempt_to_take(one, ANY) == ["GPU-b"]
    assert attempt_to_take(three, ANY) is None
    both = joined(tmp_path, "both", BOTH)
    late = joined(tmp_path, "late", ANY)
    one.leave()
    three.leave()
    assert attempt_to_take(both, BOTH) is None
    assert attempt_to_take(late, ANY) is None  # the free one is claimed by who came before
    two.leave()
    assert attempt_to_take(both, BOTH) == ["GPU-a", "GPU-b"]


def test_devices_of_others_do_not_matter(tmp_path: Path) -> None:
    joined(tmp_path, "on-the-gpu", Wanted(["GPU-a"], all=True))
    assert attempt_to_take(joined(tmp_path, "here", ON_CPU), ON_CPU) == [CPU]


def test_renaming_moves_and_deleting_cancels(tmp_path: Path) -> None:
    first, second = joined(tmp_path, "first", ON_CPU), joined(tmp_path, "second", ON_CPU)
    path = second.mine().path
    path.rename(path.with_name(path.name.replace("50-", "10-", 1)))
    assert attempt_to_take(first, ON_CPU) is None
    assert attempt_to_take(second, ON_CPU) == [CPU]
    first.mine().path.unlink()
    assert first.mine() is None
    assert attempt_to_take(first, ON_CPU) is None


def test_the_ticket_of_a_dead_process_is_removed(tmp_path: Path) -> None:
    dead, alive = joined(tmp_path, "dead", ON_CPU), joined(tmp_path, "alive", ON_CPU)
    attempt_to_take(dead, ON_CPU)
    change(dead, pid_start="1")  # the number is used by another process now
    assert attempt_to_take(alive, ON_CPU) == [CPU]
    assert dead.mine() is None


@pytest.mark.parametrize("other", [{"host": "gpu-box"}, {"pid_namespace": "pid:[1]"}])
def test_another_machine_or_container_is_left_alone(tmp_path: Path, other: dict[str, str]) -> None:
    foreign, here = joined(tmp_path, "foreign", ON_CPU), joined(tmp_path, "here", ON_CPU)
    attempt_to_take(foreign, ON_CPU)
    change(foreign, pid_start="1", **other)
    assert attempt_to_take(here, ON_CPU) == [CPU]
    assert foreign.mine() is not None


def test_after_a_restart_only_what_nobody_touches_is_gone(tmp_path: Path) -> None:
    before, now = joined(tmp_path, "before", ON_CPU), joined(tmp_path, "now", ON_CPU)
    attempt_to_take(before, ON_CPU)
    change(before, boot_id="another")
    assert attempt_to_take(now, ON_CPU) is None
    os.utime(before.mine().path, (time.time() - 3600, time.time() - 3600))
    assert attempt_to_take(now, ON_CPU) == [CPU]


def test_torn_and_foreign_files_are_no_tickets(tmp_path: Path) -> None:
    for name, text in {"00-torn.json": '{"tok', "01-list.json": "[]", "02-other.json": '{"token": 1}'}.items():
        (tmp_path / name).write_text(text)
    assert attempt_to_take(joined(tmp_path, "here", ON_CPU), ON_CPU) == [CPU]


WORKER = """
import sys, time
from pathlib import Path
from finetune_trainer.tickets import Tickets
from finetune_trainer.turn import attempt_to_take
from finetune_trainer.device_choice import CPU, Wanted

need = Wanted([CPU], all=True)
tickets = Tickets(Path(sys.argv[1]), Path("/runs") / sys.argv[2], 0)
tickets.join(need)
while attempt_to_take(tickets, need) is None:
    time.sleep(0.01)
print(time.monotonic_ns(), end=" ", flush=True)
time.sleep(0.02)
print(time.monotonic_ns(), flush=True)
if sys.argv[3] == "leave":
    tickets.leave()
"""


def test_fifty_processes_never_two_at_once(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python")}
    workers = [
        subprocess.Popen(
            # Every third one is gone without giving back what it held.
            [sys.executable, "-c", WORKER, str(tmp_path), f"run-{i}", "leave" if i % 3 else "die"],
            stdout=subprocess.PIPE,
            text=True,
            env=env,
        )
        for i in range(50)
    ]
    spans = sorted(tuple(map(int, worker.communicate(timeout=120)[0].split())) for worker in workers)
    assert len(spans) == 50
    overlaps = [(a, b) for a, b in pairwise(spans) if b[0] < a[1]]
    assert overlaps == []
    print(f"50 runs of one device, {len(overlaps)} overlaps")


def plan_for(gpus: object) -> Any:
    return SimpleNamespace(compute={"target": "local", "local": {"gpus": gpus}})


GPUS = [Gpu("GPU-a", 100), Gpu("GPU-b", 900)]


@pytest.mark.parametrize(
    ("gpus", "there", "expected"),
    [
        ("auto", [], ON_CPU),
        ([], GPUS, ON_CPU),
        ("auto", GPUS, ANY),
        ("all", GPUS, BOTH),
        ([1], GPUS, Wanted(["GPU-b"], all=True)),
    ],
)
def test_what_a_plan_needs(monkeypatch, gpus, there, expected) -> None:
    monkeypatch.delenv("UNSLOTH_FORCE_CPU", raising=False)
    assert wanted(plan_for(gpus), there) == expected


def test_a_gpu_that_is_not_there_is_named(monkeypatch) -> None:
    monkeypatch.delenv("UNSLOTH_FORCE_CPU", raising=False)
    with pytest.raises(Refusal, match="names GPU 3, but the last one here is 1"):
        wanted(plan_for([0, 3]), GPUS)


def test_the_table_of_the_driver() -> None:
    table = "GPU-a, 24564, 24000\nGPU-b, 24564, [N/A]\nNo devices were found\n"
    gpus = parse(table)
    assert [gpu.free for gpu in gpus] == [564, 24564]
    assert roomiest(["GPU-a", "GPU-b"], gpus) == "GPU-b"
