"""The same questions are answered at every evaluation, and the training does not notice."""

from __future__ import annotations

import pytest
from conftest import chats


def test_the_same_questions_are_answered_at_every_evaluation(make_run) -> None:
    changes = {"training.max_steps": 6, "training.eval_steps": 3, "training.learning_rate": 0.02}
    run = make_run(chats(24), chats(4), {**changes, "training.eval_samples": 2})
    assert run.train() == 0
    found = [(e["step"], e["prompt"]) for e in run.events(type_="sample")]
    assert [step for step, _ in found] == [3, 3, 6, 6]
    assert found[0][1] == found[2][1] and "Question 0" in found[0][1] and "Answer" not in found[0][1]
    answers = [e["completion"] for e in run.events(type_="sample")]
    assert answers[0] != answers[2], "the model has learnt something in between"

    quiet = make_run(chats(24), chats(4), {**changes, "training.eval_samples": 0}, name="quiet")
    assert quiet.train() == 0
    assert not quiet.events(type_="sample")
    assert run.losses() == pytest.approx(quiet.losses(), abs=1e-9)


def test_samples_that_cannot_be_written_cost_only_the_samples(make_run, monkeypatch) -> None:
    from finetune_trainer.samples import Sampler

    def fail(*_):
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(Sampler, "_answer", fail)
    run = make_run(chats(12), chats(3), {"training.max_steps": 4, "training.eval_steps": 2})
    assert run.train() == 0
    (warning,) = [e for e in run.events(type_="warning") if e["code"] == "samples-failed"]
    assert "out of memory" in warning["message"]


@pytest.mark.parametrize("method", ["sft-text", "dpo"])
def test_what_is_asked_of_other_rows(make_run, method: str) -> None:
    text = [{"text": f"Once upon a time number {i} there was a long story that went on and on."} for i in range(8)]
    pairs = [{"prompt": f"Q{i}", "chosen": f"good {i}", "rejected": "bad"} for i in range(8)]
    rows = text if method == "sft-text" else pairs
    other = {} if method == "sft-text" else {"training.method": "dpo", "training.dpo": {"beta": 0.1}}
    run = make_run(rows, rows[:2], {"training.max_steps": 2, "training.eval_steps": 2, **other})
    assert run.train() == 0
    prompts = [e["prompt"] for e in run.events(type_="sample")]
    assert len(prompts) == 2
    assert prompts[0].startswith("Once upon" if method == "sft-text" else "Q0")
