"""A run that is killed in a step, in the middle of a checkpoint or anywhere goes on, each time, on the curve of a run
that never was.

FINETUNE_KILLS=10 for the long form; one in a step and one in a checkpoint otherwise. FINETUNE_SEED repeats a failure.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from conftest import Run, chats

from finetune_trainer.checkpoints import every, is_whole, whole

KILLS = int(os.environ.get("FINETUNE_KILLS", "2"))
SEED = int(os.environ.get("FINETUNE_SEED", "0")) or random.randrange(1, 10**6)
STEPS = 28
SAVE_EVERY = 4
TOLERANCE = 1e-6
# The tiny model takes a hundredth of a second a step and writes a checkpoint in as much: too short to be hit.
SLOWER = """
import time
from finetune_trainer import checkpoints
from finetune_trainer.callback import Progress
step, sync = Progress.micro_batch, checkpoints.sync_tree
def micro_batch(self):
    time.sleep(0.01)
    return step(self)
def sync_tree(folder):
    time.sleep(0.1)
    sync(folder)
    time.sleep(0.1)
Progress.micro_batch, checkpoints.sync_tree = micro_batch, sync_tree
"""

Process = subprocess.Popen[str]
Kill = Callable[[Run, int, Process, random.Random], None]


def wait_until(process: Process, there: Callable[[], bool], seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end and not there():
        time.sleep(0.002)


def steps(run: Run, number: int) -> list[int]:
    return [e["step"] for e in run.events(number, "step")] if (run.folder / "events.jsonl").exists() else []


def in_a_step(run: Run, number: int, process: Process, dice: random.Random) -> None:
    """After a step of this attempt, not its last ones."""
    wait_until(process, lambda: bool(steps(run, number)))
    first = (steps(run, number) or [STEPS])[0]
    target = dice.randint(first, max(first, STEPS - 8))
    wait_until(process, lambda: steps(run, number)[-1:] >= [target])


def in_a_checkpoint(run: Run, number: int, process: Process, dice: random.Random) -> None:
    """From the first file of one to just before its mark."""
    seen = {found.path for found in every(run.folder / "checkpoints")}
    # The second of this attempt, so that there is one to go back to.
    wait_until(process, lambda: len(steps(run, number)) > SAVE_EVERY)
    wait_until(process, lambda: bool(half_written(run, seen)))
    time.sleep(dice.uniform(0.0, 0.15))


def half_written(run: Run, seen: set[Path]) -> list[Path]:
    return [f.path for f in every(run.folder / "checkpoints") if f.path not in seen and not is_whole(f.path)]


def anywhere(_run: Run, _number: int, _process: Process, dice: random.Random) -> None:
    time.sleep(dice.uniform(0.5, 6.0))


def kill(run: Run, number: int, when: Kill, dice: random.Random) -> str | None:
    """Where attempt `number` was hit; None when it was too late, or elsewhere than it was aimed at."""
    process = run.spawn(number, SLOWER)
    when(run, number, process, dice)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    if process.returncode != -signal.SIGKILL:
        return None
    half, taken = half_written(run, set()), steps(run, number)
    if when is in_a_checkpoint:
        return f"in {half[-1].name}" if half else None
    if when is in_a_step and (not taken or not is_training(run, number)):
        return None
    return f"after step {taken[-1]}" if taken else "before its first step"


def is_training(run: Run, number: int) -> bool:
    """The phase train has begun and not ended."""
    return [e["state"] for e in run.events(number, "phase") if e["name"] == "train" and e["state"] != "progress"] == [
        "begin"
    ]


def succeeded(run: Run) -> bool:
    return any(e["status"] == "succeeded" for e in run.events(type_="finished"))


def test_kills_do_not_change_the_curve(make_run, capsys) -> None:
    changes = {"training.max_steps": STEPS, "training.save_steps": SAVE_EVERY, "lora.lora_dropout": 0.1}
    straight = make_run(chats(48), changes=changes, name="straight")
    assert straight.train() == 0
    expected = straight.losses()

    run, dice, number = make_run(chats(48), changes=changes), random.Random(SEED), 0
    kills: list[tuple[str, str]] = []
    aims = [
        in_a_checkpoint,
        in_a_step,
        *(dice.choice([in_a_step, in_a_checkpoint, anywhere]) for _ in range(KILLS - 2)),
    ]
    for aim in aims[:KILLS]:
        for _ in range(3):
            where = kill(run, number, aim, dice)
            if where is None and succeeded(run):
                break
            number += 1
            newest = whole(run.folder / "checkpoints")[-1:]
            run.new_attempt(number, f"checkpoints/{newest[0].path.name}" if newest else None)
            if where is not None:
                kills.append((aim.__name__, where))
                break
    assert {aim.__name__ for aim in aims[:2]} <= {name for name, _ in kills}, (SEED, kills)
    if not succeeded(run):
        assert run.train(number) == 0

    # A reader hides points beyond the step from which a later attempt went on: what is left is one curve.
    seen: dict[int, float] = {}
    for attempt in range(number + 1):
        started = run.events(attempt, "started")
        if started:
            after = (started[0]["resumed_from"] or {"step": 0})["step"]
            seen = {step: loss for step, loss in seen.items() if step <= after}
            seen.update(run.losses(attempt))
    gap = max(abs(seen[step] - loss) for step, loss in expected.items())
    told = json.dumps(
        {"seed": SEED, "kills": kills, "attempts": number + 1, "largest_gap": gap, "tolerance": TOLERANCE}
    )
    with capsys.disabled():
        print(f"\n{told}")
    assert sorted(seen) == sorted(expected)
    assert gap <= TOLERANCE, told
