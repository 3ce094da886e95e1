"""Checkpoints that are whole or not offered.

transformers writes into `checkpoint-N` in place, so a checkpoint counts only once `COMPLETE.json` lies in it:
written after everything else has reached the disk, with the size of every file. Old ones are removed only
after that.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .files import bytes_of, files_in, sync_tree, write_json
from .plan import Plan

MARK = "COMPLETE.json"
NAME = re.compile(r"^checkpoint-(\d+)$")

# What may differ between the attempts of one run: length, cadence, exports, the machine.
FREE = {
    "training": {
        "max_steps",
        "num_train_epochs",
        "per_device_eval_batch_size",
        "logging_steps",
        "save_strategy",
        "save_steps",
        "save_minutes",
        "save_total_limit",
        "eval_strategy",
        "eval_steps",
        "eval_on_start",
        "load_best_model_at_end",
        "metric_for_best_model",
        "greater_is_better",
        "early_stopping_patience",
        "eval_samples",
        "report_to",
        # Their product is compared instead.
        "per_device_train_batch_size",
        "gradient_accumulation_steps",
    }
}
COMPARED = ("model", "lora", "dataset", "eval_dataset", "test_size", "training")


class ResumeError(Exception):
    """The checkpoint does not belong to this plan, or is not whole."""

    def __init__(self, message: str, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Checkpoint:
    step: int
    path: Path

    def memory(self) -> dict[str, Any]:
        """What the attempt that made it wanted to hand on."""
        return json.loads((self.path / MARK).read_text(encoding="utf-8"))["memory"]


def is_whole(folder: Path) -> bool:
    """The marker is there and every file has the size that it had."""
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in mark["files"].items())
    except (OSError, json.JSONDecodeError, KeyError):
        return False


def whole(root: Path) -> list[Checkpoint]:
    """Whole checkpoints below `root`, oldest first."""
    return [found for found in every(root) if is_whole(found.path)]


def every(root: Path) -> list[Checkpoint]:
    if not root.is_dir():
        return []
    found = [Checkpoint(int(m[1]), path) for path in root.iterdir() if (m := NAME.match(path.name))]
    return sorted(found, key=lambda checkpoint: checkpoint.step)


def complete(folder: Path, step: int, plan: Plan, world_size: int, memory: dict[str, Any]) -> int:
    """Mark `folder` as whole; returns its bytes."""
    (folder / MARK).unlink(missing_ok=True)
    sync_tree(folder)
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in files_in(folder)}
    write_json(
        folder / MARK,
        {
            "version": 1,
            "step": step,
            "plan_id": plan.plan_id,
            "world_size": world_size,
            "compared": {name: plan.raw[name] for name in COMPARED},
            "inputs": hashes(plan),
            "memory": memory,
            "files": files,
        },
    )
    return bytes_of(folder)


def prune(root: Path, keep: int | None, best: int | None) -> None:
    """Keep the newest `keep` whole checkpoints and the best one."""
    if keep is None:
        return
    kept = {checkpoint.step for checkpoint in whole(root)[-keep:]}
    for checkpoint in every(root):
        if checkpoint.step not in kept and checkpoint.step != best:
            shutil.rmtree(checkpoint.path)


def remove_broken(root: Path) -> None:
    """What an earlier attempt did not finish writing is of no use, and in the way of its step."""
    for checkpoint in every(root):
        if not is_whole(checkpoint.path):
            shutil.rmtree(checkpoint.path)


def hashes(plan: Plan) -> dict[str, str]:
    return {name: item["sha256"] for name, item in plan.inputs.items()}


def check_resume(run: Path, relative: str, plan: Plan, world_size: int) -> Checkpoint:
    """The checkpoint that the attempt names, after everything that must be equal was found equal."""
    folder = run / relative
    match = NAME.match(folder.name)
    if match is None or not folder.is_dir():
        raise ResumeError(f"{relative} does not exist: resume from another checkpoint")
    if not is_whole(folder):
        raise ResumeError(
            f"{relative} is not whole (it was being written when the run ended): resume from an older one"
        )
    mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
    if (folder / "trainer_state.json").exists() and not (folder / "optimizer.pt").exists():
        raise ResumeError(
            f"{relative} holds only the model (save_only_model): a run cannot be resumed from it",
            "training.save_only_model",
        )
    if mark["world_size"] != world_size:
        raise ResumeError(f"{relative} was made by {mark['world_size']} processes, this attempt has {world_size}")
    for name, digest in hashes(plan).items():
        if mark["inputs"].get(name, digest) != digest:
            raise ResumeError(f"the input {name} has changed since {relative} was made: start a new run")
    if (key := difference(mark["compared"], {name: plan.raw[name] for name in COMPARED})) is not None:
        raise ResumeError(f"{key} is not what it was when {relative} was made: put it back, or start a new run", key)
    return Checkpoint(int(match[1]), folder)


def difference(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """The first config key that differs and must not."""
    for section in COMPARED:
        if section != "training":
            if (key := first_difference(old[section], new[section], section)) is not None:
                return key
            continue
        free = FREE["training"]
        left = {k: v for k, v in old["training"].items() if k not in free}
        right = {k: v for k, v in new["training"].items() if k not in free}
        if (key := first_difference(left, right, "training")) is not None:
            return key
        if effective_batch(old["training"]) != effective_batch(new["training"]):
            return "training.per_device_train_batch_size"
    return None


# A label is only what the user wrote: the bytes are compared by hash. Any number of processes makes the same rows.
SHAPES_NOTHING = {"label", "dataset_num_proc"}


def first_difference(old: Any, new: Any, path: str) -> str | None:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new} - SHAPES_NOTHING):
            if found := first_difference(old.get(key), new.get(key), f"{path}.{key}"):
                return found
        return None
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return next((f for i, (a, b) in pairs if (f := first_difference(a, b, f"{path}[{i}]"))), None)
    return None if old == new else path


def effective_batch(training: dict[str, Any]) -> int:
    return training["per_device_train_batch_size"] * training["gradient_accumulation_steps"]
