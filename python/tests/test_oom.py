"""Out of memory: figures and settings, by the table's own sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PLAN, set_keys

from finetune_trainer.failures import explain
from finetune_trainer.oom import with_figures
from finetune_trainer.plan import decode


def failed(tmp_path: Path, changes: dict, fragment: str = "CUDA out of memory", where: str = "training_step"):
    raw = json.loads(PLAN.read_text(encoding="utf-8"))
    set_keys(raw, changes)
    code = compile(f"def {where}():\n    raise RuntimeError({fragment!r})\n{where}()", "trainer.py", "exec")
    with pytest.raises(RuntimeError) as caught:
        exec(code, {})
    peaks = {"peak_used": 25_000_000_000}
    return with_figures(explain(caught.value, True), decode(raw), tmp_path, peaks, 25_769_803_776)


def test_the_report_holds_estimate_peak_and_settings(tmp_path: Path) -> None:
    estimate = {"used_bytes": 2 * 2**30, "low": 1.8 * 2**30, "high": 2.4 * 2**30}
    (tmp_path / "run.json").write_text(json.dumps({"estimate": estimate}), encoding="utf-8")
    changes = {
        "training.per_device_train_batch_size": 8,
        "training.gradient_accumulation_steps": 2,
        "model.use_gradient_checkpointing": True,
        "training.optim": "adamw_torch",
    }
    told = failed(tmp_path, changes)
    assert told.code == "oom-train"
    assert told.message == (
        "The GPU ran out of memory in a training step: 23.3 of 24.0 GiB were in use at the peak; "
        "2.0 GiB (1.8 to 2.4) had been estimated."
    )
    assert told.hint == (
        "Set training.per_device_train_batch_size: 4 with training.gradient_accumulation_steps: 4 (the same training), "
        "or model.use_gradient_checkpointing: unsloth, or training.optim: adamw_8bit, or model.load_in_4bit: true."
    )


def test_evaluation_is_told_apart_from_training(tmp_path: Path) -> None:
    told = failed(tmp_path, {"training.per_device_eval_batch_size": 8}, where="evaluation_loop")
    assert told.code == "oom-evaluate"
    assert told.hint.startswith("Set training.per_device_eval_batch_size: 1")
    assert "per_device_train_batch_size" not in told.hint and "lora.r" not in told.hint.split(", or ")[1]


def test_a_batch_search_that_failed_at_one_never_advises_a_smaller_batch(tmp_path: Path) -> None:
    told = failed(tmp_path, {}, "No executable batch size found, reached zero")
    assert told.code == "oom-batch-search"
    assert "batch_size" not in told.hint


def test_other_failures_are_told_as_they_are(tmp_path: Path) -> None:
    told = failed(tmp_path, {}, "Attempting to unscale FP16 gradients")
    assert "GiB" not in told.message
