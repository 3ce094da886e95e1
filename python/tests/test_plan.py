"""The plan is read strictly: there are no defaults to fall back on."""

from __future__ import annotations

import copy
import json

import pytest
from conftest import PLAN, set_keys

from finetune_trainer.checkpoints import difference
from finetune_trainer.plan import PlanError, decode


@pytest.fixture
def raw() -> dict:
    return json.loads(PLAN.read_text(encoding="utf-8"))


def test_the_plan_that_the_editor_writes_is_read(raw: dict):
    plan = decode(raw)
    assert plan.training.max_steps == 60
    assert plan.lora is not None
    assert plan.lora.r == 16
    assert plan.dataset[0].label == "support_triage.jsonl"


@pytest.mark.parametrize("key", ["training.seed", "model.dtype", "lora.r", "dataset.0.weight", "test_size"])
def test_a_missing_key_is_named(raw: dict, key: str):
    *parents, last = key.split(".")
    target = raw
    for parent in parents:
        target = target[int(parent)] if isinstance(target, list) else target[parent]
    del target[last]
    with pytest.raises(PlanError, match=f"{last} is missing"):
        decode(raw)


def test_an_unknown_key_is_named(raw: dict):
    set_keys(raw, {"training.warmup": 1})
    with pytest.raises(PlanError, match=r"training\.warmup is unknown"):
        decode(raw)


def test_another_version_is_refused(raw: dict):
    raw["version"] = 2
    with pytest.raises(PlanError, match="version 2 is not 1"):
        decode(raw)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"training.max_steps": 99, "training.logging_steps": 5, "training.save_steps": 1}, None),
        ({"training.per_device_train_batch_size": 1, "training.gradient_accumulation_steps": 2}, None),
        ({"dataset.0.label": "elsewhere.jsonl"}, None),
        ({"training.per_device_train_batch_size": 4}, "training.per_device_train_batch_size"),
        ({"training.optim": "sgd"}, "training.optim"),
        ({"lora.r": 8}, "lora.r"),
        ({"lora": None}, "lora"),
        ({"dataset.0.format": "text"}, "dataset[0].format"),
        ({"model.max_seq_length": 1024}, "model.max_seq_length"),
    ],
)
def test_what_may_differ_when_a_run_is_resumed(raw: dict, changes: dict, key: str | None):
    changed = copy.deepcopy(raw)
    set_keys(changed, changes)
    assert difference(raw, changed) == key
