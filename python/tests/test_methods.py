"""Every method on the tiny model: it trains, says what its rows are, and leaves one adapter."""

from __future__ import annotations

import math

import pytest
from conftest import Run

PAIRS = [
    {"prompt": f"Question {i}?", "chosen": f"Answer {i}." + " Yes." * (i % 3), "rejected": "No." * (i % 4 + 1)}
    for i in range(16)
]
CHAT_PAIRS = [
    {
        "prompt": [{"role": "user", "content": row["prompt"]}],
        "chosen": [{"role": "assistant", "content": row["chosen"]}],
        "rejected": [{"role": "assistant", "content": row["rejected"]}],
    }
    for row in PAIRS
]
RATED = [{"prompt": row["prompt"], "completion": row["chosen"], "label": i % 2 == 0} for i, row in enumerate(PAIRS)]
CORPUS = [{"text": f"Chapter {i}. " + "and so it goes " * (i % 9 + 1)} for i in range(16)]


def check(run: Run) -> list[dict]:
    assert run.train() == 0, run.events(type_="error")
    steps = run.events(type_="step")
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    assert all(step["loss"] is not None and math.isfinite(step["loss"]) for step in steps)
    assert run.one("finished")["status"] == "succeeded"
    adapters = [path.relative_to(run.folder / "adapter") for path in (run.folder / "adapter").rglob("*.safetensors")]
    assert [str(path) for path in adapters] == ["adapter_model.safetensors"]
    return steps


@pytest.mark.parametrize("rows", [PAIRS, CHAT_PAIRS], ids=["text", "chat"])
def test_dpo(make_run, rows):
    run = make_run(rows, changes={"training.method": "dpo", "training.max_steps": 4, "training.dpo": {"beta": 0.1}})
    steps = check(run)
    assert "rewards/margins" in steps[0]["metrics"]
    assert steps[0]["trained_tokens"] > 0
    data = run.one("dataset")
    learnt = [data["sample"]["text"][a:b] for a, b, trained in data["sample"]["spans"] if trained]
    ends = "Answer 0." if rows is PAIRS else "Answer 0.<|im_end|>"
    assert learnt == [ends]


def test_dpo_resumes_on_the_same_curve(make_run):
    changes = {
        "training.method": "dpo",
        "training.max_steps": 4,
        "training.save_steps": 2,
        "training.dpo": {"beta": 0.1},
    }
    straight = make_run(CHAT_PAIRS, changes=changes, name="straight")
    check(straight)
    straight.new_attempt(1, "checkpoints/checkpoint-2")
    assert straight.train(1) == 0, straight.events(1, "error")
    first, second = straight.losses(0), straight.losses(1)
    assert second == pytest.approx({step: first[step] for step in (3, 4)}, abs=1e-5)


def test_orpo(make_run):
    run = make_run(
        CHAT_PAIRS, changes={"training.method": "orpo", "training.max_steps": 4, "training.orpo": {"beta": 0.1}}
    )
    check(run)


def test_kto(make_run):
    changes = {"training.method": "kto", "training.max_steps": 4, "training.kto": {"beta": 0.1}}
    run = make_run(RATED, changes={**changes, "training.per_device_train_batch_size": 4})
    check(run)


def test_grpo_with_built_in_rewards(make_run):
    section = {
        "reward_funcs": ["json", {"name": "length", "target": 20}, "answer"],
        "num_generations": 2,
        "max_completion_length": 8,
    }
    rows = [{"prompt": f"Question {i}?", "completion": f"{i}"} for i in range(8)]
    run = make_run(rows, changes={"training.method": "grpo", "training.max_steps": 4, "training.grpo": section})
    steps = check(run)
    assert any(name.startswith("rewards/length") for name in steps[0]["metrics"])


def test_continued_pretraining_has_a_second_learning_rate(make_run):
    changes = {
        "training.max_steps": 4,
        "lora.modules_to_save": ["embed_tokens", "lm_head"],
        "training.embedding_learning_rate": 1e-4,
    }
    run = make_run(CORPUS, changes=changes)
    check(run)
    assert run.one("dataset")["tokens"]["trained"] == run.one("dataset")["tokens"]["total"]
    assert run.one("model")["trainable_parameters"] > 40_000


def test_rows_of_another_kind_are_refused(make_run):
    run = make_run(RATED, changes={"training.method": "dpo", "training.dpo": {}})
    assert run.train() == 1
    error = run.one("error")
    assert (error["code"], error["path"]) == ("format-method", "dataset[0].format")
    assert "dpo cannot learn from" in error["message"]


def test_an_argument_that_the_method_does_not_have_is_named(make_run):
    run = make_run(PAIRS, changes={"training.method": "dpo", "training.dpo": {"bta": 1}})
    assert run.train() == 1
    assert run.one("error")["path"] == "training.dpo.bta"


@pytest.mark.parametrize(
    ("entry", "texts", "scores"),
    [
        ("json", ['{"a": 1}', "no"], [1, 0]),
        ({"name": "json", "keys": ["a", "b"]}, ['{"a": 1}', "[1]"], [0.5, 0]),
        ({"name": "regex", "pattern": r"\d+"}, ["a1", "a"], [1, 0]),
        ({"name": "length", "target": 4}, ["abcd", "ab", ""], [1, 0.5, 0]),
        ({"name": "format", "tags": ["think", "answer"]}, ["<think>x</think><answer>y</answer>", "<answer>y"], [1, 0]),
    ],
)
def test_built_in_rewards(entry, texts, scores):
    from finetune_trainer.rewards import reward_function

    assert reward_function(entry, {})(texts) == scores


def test_a_reward_of_the_users_own_file(tmp_path):
    from finetune_trainer.refusal import Refusal
    from finetune_trainer.rewards import reward_functions

    path = tmp_path / "my_reward.py"
    path.write_text("def score(completions, **_):\n    return [float(len(c)) for c in completions]\n")
    (reward,) = reward_functions([{"input": "reward.0", "function": "score"}], {"reward.0": path})
    assert reward(completions=["abc"]) == [3.0]
    with pytest.raises(Refusal, match="no function other"):
        reward_functions([{"input": "reward.0", "function": "other"}], {"reward.0": path})
    with pytest.raises(Refusal, match="no built-in reward function 'jsn'"):
        reward_functions(["jsn"], {})
