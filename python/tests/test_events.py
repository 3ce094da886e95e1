"""The event stream: one short ASCII line an event, whatever is in it."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import pytest

from finetune_trainer.clock import Clock
from finetune_trainer.events import MAX_LINE, Events, encode


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_numbers_that_json_has_no_word_for_become_null():
    line = encode({"loss": float("nan"), "metrics": {"kl": float("inf"), "ok": 1.5}})
    event = json.loads(line)
    assert event == {"loss": None, "metrics": {"kl": None, "ok": 1.5}, "nonfinite": ["loss", "metrics.kl"]}


def test_lines_are_ascii_and_short_however_long_a_text_is():
    text = "é😀" * 100_000
    event = json.loads(encode({"type": "sample", "prompt": text, "completion": text}))
    assert event["cut"] is True
    line = encode({"type": "error", "traceback": text, "rows": [{"message": "x" * 9000}] * 20})
    assert len(line) < MAX_LINE
    assert line.isascii()


def test_a_sample_that_was_cut_has_no_spans_that_point_nowhere():
    event = json.loads(encode({"sample": {"text": "x" * 100_000, "spans": [[0, 100_000, True]]}}))
    assert event["sample"]["spans"] == []


def test_threads_share_one_numbering(tmp_path: Path):
    events = Events(tmp_path / "events.jsonl", 0, Clock())
    threads = [
        threading.Thread(target=lambda: [events.emit("heartbeat", last_progress_s=0) for _ in range(200)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event["seq"] for event in read(tmp_path / "events.jsonl")] == list(range(800))


def test_an_attempt_begins_on_a_new_line_after_a_torn_one(tmp_path: Path):
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"v":1,"attempt":0,"seq":0}\n{"v":1,"att')
    Events(path, 1, Clock()).emit("started")
    lines = path.read_text(encoding="ascii").split("\n")
    assert lines[1] == '{"v":1,"att'
    assert json.loads(lines[2])["attempt"] == 1


def test_phases_nest_and_an_exception_tells_the_innermost(tmp_path: Path):
    events = Events(tmp_path / "events.jsonl", 0, Clock())
    with pytest.raises(ValueError, match="x"), events.phase("train"), events.phase("save", "checkpoint"):
        raise ValueError("x")
    assert events.current_phase() == "save"
    told = [(e["name"], e["state"]) for e in read(tmp_path / "events.jsonl")]
    assert told == [("train", "begin"), ("save", "begin"), ("save", "end"), ("train", "end")]


def test_only_real_news_count_as_progress(tmp_path: Path):
    class Still(Clock):
        count = 0

        def progressed(self) -> None:
            self.count += 1

    clock = Still()
    events = Events(tmp_path / "events.jsonl", 0, clock)
    for type_ in ("heartbeat", "memory", "step"):
        events.emit(type_)
    assert clock.count == 1


def test_the_log_says_where_a_phase_begins_and_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    events = Events(tmp_path / "events.jsonl", 0, Clock())
    with events.phase("train"):
        print("step 1", file=sys.stderr)
        with pytest.raises(ValueError), events.phase("save", "checkpoint"):
            raise ValueError
    assert capfd.readouterr().err.splitlines() == [
        "==> train",
        "step 1",
        "==> save: checkpoint",
        "<== save",
        "<== train",
    ]
