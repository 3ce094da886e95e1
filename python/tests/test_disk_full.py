"""A disk that fills up: the journal is readable to its end, says why, and what was whole stays whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_trainer import checkpoints

# The size decides which file of a checkpoint is the first that does not fit: FINETUNE_DISKS=12 tries more.
SIZES = range(3500, 3000, -500 // int(os.environ.get("FINETUNE_DISKS", "2")))

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_disk(tmp_path: Path):
    """small_disk(kilobytes) → a folder on a disk of its own; skips where this user may not mount one."""
    mounted = []

    def mount(kilobytes: int, name: str = "run") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("this user may not mount a disk")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("kilobytes", SIZES)
def test_a_full_run_folder_ends_with_a_reason_and_keeps_the_whole_checkpoints(make_run, small_disk, kilobytes):
    folder = small_disk(kilobytes)
    changes = {"training.max_steps": 20, "training.save_steps": 1, "training.save_total_limit": None}
    run = make_run(changes=changes)
    assert run.train() == 1
    error = run.one("error")
    assert (error["code"], run.one("finished")["status"]) == ("disk-full", "failed")
    numbers = [event["seq"] for event in run.events()]
    assert numbers == list(range(len(numbers)))
    told = [event["step"] for event in run.events(type_="checkpoint")]
    whole = [checkpoint.step for checkpoint in checkpoints.whole(folder / "checkpoints")]
    assert told
    assert whole == told
    assert checkpoints.every(folder / "checkpoints") == checkpoints.whole(folder / "checkpoints")
    print(f"full after checkpoint {told[-1]}; {len(numbers)} events, all readable; {error['message']} {error['hint']}")


def test_a_full_cache_is_one_sentence_and_leaves_nothing_behind(small_disk):
    cache = small_disk(2048, "cache")
    code = (
        "from finetune_trainer.embedded_model import ensure_embedded\n"
        "from finetune_trainer.failures import explain\n"
        "import json\n"
        "try: ensure_embedded()\n"
        "except Exception as error:\n"
        "    failure = explain(error, None)\n"
        "    print(json.dumps([failure.code, failure.message, failure.hint]))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "FINETUNE_CACHE_DIR": str(cache)}
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    told, message, hint = json.loads(said.stdout)
    assert told == "disk-full", (message, said.stderr)
    assert hint
    assert list((cache / "models").iterdir()) == []
