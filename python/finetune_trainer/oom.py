"""Out of GPU memory: what was there, what was expected, and which keys to change to what."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from .failures import Failure
from .plan import Plan

CODES = ("oom-train", "oom-evaluate", "oom-load", "oom-batch-search")
GIB = 2**30


def with_figures(failure: Failure, plan: Plan, run: Path, peaks: dict[str, int], total: int | None) -> Failure:
    """`failure` with figures in its message and settings in its hint; others are returned as they are."""
    if failure.code not in CODES:
        return failure
    figures = [peak_words(peaks, total), estimate_words(run)]
    changes = keys_to_change(plan, failure.code)
    said = "; ".join(part for part in figures if part)
    listed = ", or ".join(changes)
    return replace(
        failure,
        message=f"{failure.message.rstrip('.')}{f': {said}' if said else ''}.",
        hint=f"Set {listed}." if listed else failure.hint,
    )


def peak_words(peaks: dict[str, int], total: int | None) -> str | None:
    peak = peaks.get("peak_used") or peaks.get("peak_reserved")
    if not peak:
        return None
    of = f" of {total / GIB:.1f} GiB" if total else " GiB"
    return f"{peak / GIB:.1f}{of} were in use at the peak"


def estimate_words(run: Path) -> str | None:
    """What was estimated at the launch, by the record of the launcher."""
    try:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))["estimate"]
        used, low, high = (record[name] / GIB for name in ("used_bytes", "low", "high"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return f"{used:.1f} GiB ({low:.1f} to {high:.1f}) had been estimated"


def keys_to_change(plan: Plan, code: str) -> list[str]:
    """Settings that need less memory, those that change least of what is learnt first."""
    model, training = plan.model, plan.training
    batch, accumulation = training.per_device_train_batch_size, training.gradient_accumulation_steps
    found: list[tuple[bool, str]] = [
        (code == "oom-evaluate" and training.per_device_eval_batch_size > 1, "training.per_device_eval_batch_size: 1"),
        (
            code == "oom-train" and batch > 1,
            f"training.per_device_train_batch_size: {batch // 2} with "
            f"training.gradient_accumulation_steps: {accumulation * batch // (batch // 2 or 1)} (the same training)",
        ),
        (model.use_gradient_checkpointing != "unsloth", "model.use_gradient_checkpointing: unsloth"),
        (
            "8bit" not in training.optim and code != "oom-load",
            "training.optim: adamw_8bit",
        ),
        (not model.load_in_4bit and not model.full_finetuning, "model.load_in_4bit: true"),
        (model.full_finetuning, "a lora section instead of model.full_finetuning"),
        (model.max_seq_length > 512 and code != "oom-load", f"model.max_seq_length: {model.max_seq_length // 2}"),
        (plan.lora is not None and plan.lora.r > 8 and code != "oom-load", f"lora.r: {lora_half(plan)}"),
    ]
    # The settings that are enough alone are shown by the editor with their figures; a report names a few.
    return [words for applies, words in found if applies][:4]


def lora_half(plan: Plan) -> int:
    return 0 if plan.lora is None else max(8, plan.lora.r // 2)


def total_memory(devices: list[dict[str, Any]]) -> int | None:
    """Of the largest device, in bytes."""
    return max((d["total_bytes"] for d in devices if d.get("total_bytes")), default=None)
