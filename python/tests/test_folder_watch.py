"""A run folder that is deleted under its trainer: the process ends itself, with everything it started."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from finetune_trainer.folder_watch import LOOK_EVERY_S, LOOKS, FolderWatch, is_gone

SLOW = """
import subprocess, sys, time
import finetune_trainer.train as module
def phases(attempt):
    import psutil  # as after the heavy imports
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(f"child {child.pid}", flush=True)
    time.sleep(600)
module.run_phases = phases
"""


def test_a_deleted_folder_ends_the_trainer_and_its_children(make_run) -> None:
    run = make_run()
    process = run.spawn(prelude=SLOW)
    lines = []
    while not lines or not lines[-1].startswith("child "):
        lines.append(process.stdout.readline())
        assert lines[-1], lines
    child = int(lines[-1].split()[1])
    shutil.rmtree(run.folder)
    began = time.monotonic()
    rest = process.communicate(timeout=60)[0]
    seconds = time.monotonic() - began
    assert process.returncode == 1
    assert f"error: {run.folder} was deleted or moved" in rest
    assert is_gone(Path(f"/proc/{child}/cmdline")) or not Path(f"/proc/{child}/cmdline").read_bytes()
    assert seconds < LOOK_EVERY_S * (LOOKS + 3)
    print(f"ended {seconds:.1f} s after its folder was deleted")


def test_a_folder_that_comes_back_in_time_is_no_reason(tmp_path: Path) -> None:
    plan, away, ends = tmp_path / "run" / "plan.json", tmp_path / "away", []
    plan.parent.mkdir()
    plan.touch()
    watch = FolderWatch(plan.parent, end=lambda: ends.append(1), every=0.2)
    plan.parent.rename(away)
    time.sleep(0.3)
    away.rename(plan.parent)
    time.sleep(0.8)
    assert ends == []
    plan.parent.rename(away)
    time.sleep(1.2)
    watch.stop()
    assert ends == [1]


def test_what_cannot_be_reached_is_not_gone(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert not is_gone(loop)  # ELOOP, as ESTALE and EIO of a network
    assert is_gone(tmp_path / "nothing")


def test_ending_twice_is_harmless() -> None:
    code = "from finetune_trainer.folder_watch import end_children as e; e(); e(); print('fine')"
    root = str(Path(__file__).resolve().parents[1])
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": root}, capture_output=True, text=True).stdout
