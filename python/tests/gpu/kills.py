"""Trainings on a GPU that are killed with SIGKILL at random moments, against the same ones left alone.

    python python/tests/gpu/kills.py --out OUT [--kills 4] [--workers 3] [--seed 1]

Each case trains once without a kill, then is killed --kills times, each time going on from its newest whole
checkpoint. One JSON line a case, also in OUT/kills.jsonl: where it was hit, and the largest gap between the losses
that a reader sees and those of the run that was left alone. Exit 1 when one is above 1e-3.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from case import MODES, Case, write_rows

from finetune_trainer.checkpoints import whole

STEPS = 120
TOLERANCE = 1e-3
CASES = (("llama", "qlora"), ("llama", "lora16"), ("qwen3", "full"))


def seen(case: Case) -> dict[int, float]:
    """The losses that a reader of the events shows: none beyond the step from which a later attempt went on."""
    losses: dict[int, float] = {}
    for event in case.events():
        if event["type"] == "started" and event.get("resumed_from"):
            losses = {step: loss for step, loss in losses.items() if step <= event["resumed_from"]["step"]}
        if event["type"] == "step":
            losses[event["step"]] = event["loss"]
    return losses


def newest(case: Case) -> str | None:
    found = whole(case.folder / "checkpoints")
    return f"checkpoints/{found[-1].path.name}" if found else None


def killed(case: Case, attempt: int, dice: random.Random) -> str:
    """Runs one attempt and kills it; where, in words."""
    moment = None if dice.random() < 0.75 else time.monotonic() + dice.uniform(2, 25)
    after = dice.uniform(0, 4)

    def watch() -> None:
        nonlocal moment
        if moment is None and case.events(attempt, "step"):
            moment = time.monotonic() + after
        if moment is not None and time.monotonic() >= moment:
            record = json.loads((case.folder / "attempts" / f"{attempt}.json").read_text(encoding="utf-8"))
            if record.get("pid"):
                os.kill(record["pid"], signal.SIGKILL)

    code = case.train(attempt, resume_from=newest(case), watch=watch)
    steps = case.events(attempt, "step")
    if code != -signal.SIGKILL:
        return f"ended before it, exit {code}"
    return f"after step {steps[-1]['step']}" if steps else "before its first step"


def prove(work: Path, family: str, mode: str, kills: int, seed: int) -> dict[str, Any]:
    changes = {**MODES[mode], "save": [], "training.max_steps": STEPS, "training.save_steps": 10}
    alone = Case(work, f"{family}-{mode}-alone", family, changes, {}, "train.jsonl")
    case = Case(work, f"{family}-{mode}-killed", family, changes, {}, "train.jsonl")
    dice = random.Random(seed)
    with ThreadPoolExecutor(1) as pool:
        straight = pool.submit(alone.train)
        places = [killed(case, attempt, dice) for attempt in range(kills)]
        codes = [straight.result(), case.train(kills, resume_from=newest(case))]
    expected, found = alone.losses(0), seen(case)
    gaps = [abs(loss - found[step]) for step, loss in expected.items() if step in found]
    whole_curve = sorted(found) == sorted(expected)
    return {
        "case": f"{family}-{mode}",
        "ok": codes == [0, 0] and whole_curve and max(gaps) <= TOLERANCE,
        "kills": places,
        "exits": codes,
        "steps_compared": len(gaps),
        "largest_loss_gap": max(gaps, default=None),
        "tolerance": TOLERANCE,
        "seed": seed,
    }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=os.environ.get("OUT", "gpu-kills"))
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    out, work = Path(options.out).resolve(), Path(tempfile.mkdtemp(prefix="gpu-kills-"))
    out.mkdir(parents=True, exist_ok=True)
    (work / "models").mkdir()
    os.environ.update(HF_HUB_OFFLINE="1", UNSLOTH_DISABLE_STATISTICS="1", UNSLOTH_AUTO_INSTALL="0")
    os.environ.setdefault("UNSLOTH_DISABLE_CPU_FALLBACK", "1")
    write_rows(work)
    from families import make_family

    for family in {family for family, _ in CASES}:
        make_family(family, work / "models" / family)
    with ThreadPoolExecutor(options.workers) as pool, (out / "kills.jsonl").open("w", encoding="utf-8") as report:
        jobs = [pool.submit(prove, work, *case, options.kills, options.seed + i) for i, case in enumerate(CASES)]
        results = [job.result() for job in jobs]
        for result in results:
            print(json.dumps(result), flush=True)
            report.write(json.dumps(result) + "\n")
    return 0 if all(result["ok"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
