"""What is set before anything heavy is imported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PLAN, set_keys

from finetune_trainer import environment
from finetune_trainer.plan import Plan, decode
from finetune_trainer.refusal import Refusal, refuse_cpu, refuse_plan

GGUF = {
    "method": "gguf",
    "quantization_method": ["q8_0"],
    "push_to_hub": "me/model",
    "private": True,
    "overwrite": False,
}


def plan(changes: dict) -> Plan:
    raw = json.loads(PLAN.read_text(encoding="utf-8"))
    set_keys(raw, changes)
    return decode(raw)


@pytest.fixture
def clean(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "TORCHDYNAMO_DISABLE", "UNSLOTH_AUTO_INSTALL", "UNSLOTH_DISABLE_STATISTICS"):
        monkeypatch.setenv(name, "x")
        monkeypatch.delenv(name)
    return monkeypatch


@pytest.mark.parametrize(("forced", "left"), [("1", None), ("0", "1")])
def test_an_image_for_gpus_that_starts_without_one_computes_on_the_cpu(clean, forced, left):
    import os

    clean.setenv("UNSLOTH_ALLOW_CPU", "1")
    clean.setenv("UNSLOTH_FORCE_CPU", forced)
    environment.prepare(plan({}), {})
    assert os.environ.get("UNSLOTH_ALLOW_CPU") == left


def test_a_run_without_the_hub_is_offline(clean):
    import os

    environment.prepare(plan({}), {})
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["UNSLOTH_AUTO_INSTALL"] == "0"
    assert "TORCHDYNAMO_DISABLE" not in os.environ


def test_a_model_of_the_hub_needs_it(clean):
    import os

    environment.prepare(plan({"model.embedded": None}), {})
    assert "HF_HUB_OFFLINE" not in os.environ


def test_what_the_launcher_set_stays(clean):
    import os

    clean.setenv("UNSLOTH_AUTO_INSTALL", "1")
    environment.prepare(plan({}), {})
    assert os.environ["UNSLOTH_AUTO_INSTALL"] == "1"


def test_gemma2_is_known_by_its_config_or_its_name(tmp_path: Path):
    (tmp_path / "config.json").write_text('{"model_type": "gemma2"}')
    local = plan({"model.input": "model", "model.embedded": None, "model.name": "./mine"})
    assert environment.is_gemma2(local, {"model": tmp_path})
    assert environment.is_gemma2(plan({"model.name": "google/gemma-2-9b-it"}), {})
    assert not environment.is_gemma2(plan({"model.name": "google/gemma-3-4b-it"}), {})


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"training.report_to": ["nowhere"]}, "training.report_to"),
    ],
)
def test_what_this_version_does_not_do_is_said_with_its_key(changes: dict, path: str):
    with pytest.raises(Refusal) as refusal:
        refuse_plan(plan(changes))
    assert refusal.value.path == path
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"training.loraplus_lr_ratio": 16.0}, "training.loraplus_lr_ratio"),
        ({"save": [{**GGUF, "method": "merged_4bit", "push_to_hub": None}]}, "save"),
    ],
)
def test_what_a_cpu_does_not_do_is_said_with_its_key(changes: dict, path: str):
    found = plan(changes)
    with pytest.raises(Refusal) as refusal:
        refuse_cpu(found, found.save)
    assert refusal.value.path == path
