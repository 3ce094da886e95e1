"""Asking a trained run: JSON lines in, JSON lines out."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest
from conftest import chats

from finetune_trainer.chat import as_messages, serve
from finetune_trainer.compare import ask_question, ask_rows, question
from finetune_trainer.speaker import RequestError, open_speaker


@pytest.fixture
def trained(make_run):
    run = make_run(changes={"training.learning_rate": 0.01, "training.max_steps": 60, "training.save_steps": None})
    assert run.train() == 0
    return run


def ask(chat, *requests) -> list[dict]:
    out = io.StringIO()
    lines = [request if isinstance(request, str) else json.dumps(request) for request in requests]
    serve(chat, io.StringIO("\n".join(lines) + "\n"), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_answers(trained, tmp_path):
    folder = Path.cwd()
    try:
        chat = open_speaker(trained.folder)
    finally:
        os.chdir(folder)
    single = ask(chat, {"id": 1, "prompt": "Question 3", "which": "both", "max_new_tokens": 6})
    answers = {line["which"]: line["text"] for line in single if line["type"] == "answer"}
    assert set(answers) == {"base", "tuned"}
    assert answers["base"] != answers["tuned"]
    streamed = "".join(line["text"] for line in single if line["type"] == "token" and line["which"] == "tuned")
    assert streamed.strip() == answers["tuned"]
    assert single[-1] == {"id": 1, "type": "done", "stopped": False}

    batch = ask(chat, {"id": 2, "prompts": ["Question 3", "Hi"], "which": "tuned", "max_new_tokens": 6})
    assert batch[0]["texts"][0] == answers["tuned"], "the same in a padded batch as alone"
    assert len(batch[0]["texts"]) == 2

    bad = ask(
        chat, "{", {"id": 3}, {"id": 4, "prompt": "x", "which": "best"}, {"id": 5, "prompt": "x", "max_new_tokens": 1}
    )
    assert [line["type"] for line in bad[:3]] == ["error"] * 3
    assert bad[-1]["id"] == 5

    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(row) + "\n" for row in chats(3)))
    out = io.StringIO()
    ask_rows(chat, trained.folder, rows, True, 4, out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 3]
    assert lines[0]["expected"] == "Answer 0: so "
    assert None not in (lines[0]["base"], lines[0]["tuned"])

    out = io.StringIO()
    ask_question(chat, "Question 3", False, 6, out)
    assert json.loads(out.getvalue()) == {"prompt": "Question 3", "base": None, "tuned": answers["tuned"]}


def test_a_run_without_an_adapter_cannot_be_asked(make_run):
    folder = Path.cwd()
    try:
        with pytest.raises(RequestError, match="has no adapter yet"):
            open_speaker(make_run().folder)
    finally:
        os.chdir(folder)


def test_what_a_prompt_may_be():
    assert as_messages("Hi") == [{"role": "user", "content": "Hi"}]
    with pytest.raises(RequestError, match="text or a list"):
        as_messages(3)


def test_the_question_of_a_row_ends_before_its_last_answer():
    (row,) = chats(1)
    assert question(row) == (row["messages"][:1], "Answer 0: so ")
    assert question({"instruction": "a", "input": "b", "output": "c"}) == ([{"role": "user", "content": "a\n\nb"}], "c")
    assert question({"text": "x"}) is None
