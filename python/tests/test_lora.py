"""Kinds of LoRA on the tiny model: two layers, hidden size 64, seven linear layers each."""

from __future__ import annotations

import json

import pytest

ALL = 2 * 8 * (2 * (64 + 64) + 2 * (64 + 32) + 2 * (64 + 128) + (128 + 64))
"""Parameters of rank 8 on q, o; k, v; gate, up; down of both layers."""


@pytest.mark.parametrize(
    ("changes", "trainable"),
    [
        ({}, ALL),
        ({"lora.target_modules": "all-linear"}, ALL),
        ({"lora.target_modules": ["q_proj"]}, 2 * 8 * 128),
        ({"lora.use_rslora": True}, ALL),
        ({"lora.use_dora": True, "lora.target_modules": ["q_proj"]}, 2 * (8 * 128 + 64)),
        ({"lora.init_lora_weights": "pissa"}, ALL),
        ({"lora.init_lora_weights": "gaussian"}, ALL),
        ({"lora.layers_to_transform": [1]}, ALL // 2),
        ({"lora.finetune_last_n_layers": 1}, ALL // 2),
        ({"lora.lora_dropout": 0.1}, ALL),
        ({"model.use_gradient_checkpointing": "unsloth"}, ALL),
        ({"training.neftune_noise_alpha": 5.0}, ALL),
        ({"training.gradient_accumulation_steps": 2}, ALL),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_what_is_trained(make_run, changes, trainable):
    run = make_run(changes={"lora.r": 8, "training.max_steps": 1, "training.save_strategy": "no", **changes})
    assert run.train() == 0, run.events(type_="error")
    assert run.one("model")["trainable_parameters"] == trainable
    assert run.losses()[1] > 0


def test_a_module_that_the_model_does_not_have_is_named(make_run):
    run = make_run(changes={"lora.target_modules": ["c_attn"]})
    assert run.train() == 1
    error = run.one("error")
    assert error["path"] == "lora.target_modules"
    assert error["hint"]
