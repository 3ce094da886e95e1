"""A run that is killed at random moments goes on, each time, on the curve of a run that never was.

FINETUNE_KILLS=10 for the long form; two otherwise. FINETUNE_SEED repeats a failure.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time

from conftest import Run, chats

from finetune_trainer.checkpoints import whole

KILLS = int(os.environ.get("FINETUNE_KILLS", "2"))
SEED = int(os.environ.get("FINETUNE_SEED", "0")) or random.randrange(1, 10**6)
STEPS = 40
TOLERANCE = 1e-6


def kill_within(run: Run, number: int, dice: random.Random) -> tuple[bool, str]:
    """Starts attempt `number` and kills it; (whether it was killed, how far it had come)."""
    process = run.spawn(number)
    # A quarter of the kills come by the clock, wherever that is, the others while it trains and saves.
    if dice.random() < 0.25:
        time.sleep(dice.uniform(0.5, 6.0))
    else:
        wait_for_training(run, number, process)
        time.sleep(dice.uniform(0.0, 1.5))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    steps = [e["step"] for e in run.events(number, "step")] if (run.folder / "events.jsonl").exists() else []
    return process.returncode == -signal.SIGKILL, f"step {steps[-1]}" if steps else "before its first step"


def wait_for_training(run: Run, number: int, process) -> None:
    end = time.monotonic() + 90
    while process.poll() is None and time.monotonic() < end:
        if (run.folder / "events.jsonl").exists() and run.events(number, "step"):
            return
        time.sleep(0.01)


def test_random_kills_do_not_change_the_curve(make_run, capsys) -> None:
    changes = {"training.max_steps": STEPS, "training.save_steps": 4, "lora.lora_dropout": 0.1}
    straight = make_run(chats(48), changes=changes, name="straight")
    assert straight.train() == 0
    expected = straight.losses()

    run, dice, kills, number = make_run(chats(48), changes=changes), random.Random(SEED), [], 0
    while len(kills) < KILLS and number < 3 * KILLS:
        killed, where = kill_within(run, number, dice)
        if killed:
            kills.append(where)
        if any(e["status"] == "succeeded" for e in run.events(type_="finished")):
            break
        number += 1
        newest = whole(run.folder / "checkpoints")[-1:]
        run.new_attempt(number, f"checkpoints/{newest[0].path.name}" if newest else None)
    if not any(e["status"] == "succeeded" for e in run.events(type_="finished")):
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
