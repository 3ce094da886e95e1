"""Rows tokenised in several processes are the rows of one; what goes wrong there is told as if it were here."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import prepared
import pytest
from plain_tokenizer import PlainTokenizer
from prepared import Seen, json_lines, seen

from finetune_trainer import worker_count
from finetune_trainer.data.problem import DataError
from finetune_trainer.refusal import Refusal
from finetune_trainer.sft_rows import SftRows
from finetune_trainer.stop import Interrupted
from finetune_trainer.workers import WorkerError


def row(number: int) -> dict[str, Any]:
    if number % 50 == 7:
        return {"messages": [{"role": "user", "content": f"Nobody answers {number}"}]}
    turns = [
        {"role": "user", "content": f"Question {number}?"},
        {"role": "assistant", "content": "so " * (number % 40) + f"Answer {number}."},
    ]
    return {"messages": turns * (number % 3 + 1)}


ROWS = json_lines(*(row(number) for number in range(1000)))
BROKEN = ROWS + '{\n "messages": []\n}\n'
PLAIN = PlainTokenizer()


def look(folder: Path, processes: int, content: str = ROWS, tokenizer: Any = PLAIN, limit: int = 256) -> Seen:
    changes = {"model.max_seq_length": limit, "dataset.0.dataset_num_proc": processes}
    return seen(folder, tokenizer, content, changes)


def everything(found: Seen) -> dict[str, Any]:
    return {
        "rows": found.train.dataset[:],
        "report": found.train.report,
        "tokens": found.train.tokens,
        "warnings": found.warnings,
    }


@pytest.fixture(scope="module")
def alone(tmp_path_factory) -> Seen:
    return look(tmp_path_factory.mktemp("alone"), 1)


def test_ids_labels_order_and_words_of_three_processes_are_those_of_one(tmp_path, tiny):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny)
    one, three = (look(tmp_path / str(n), n, tokenizer=tokenizer) for n in (1, 3))
    assert len(one.train.dataset) > 600
    assert one.train.report.truncated > 50
    assert one.train.report.skipped_total > one.train.report.truncated
    assert everything(three) == everything(one)
    first, second = ((tmp_path / n / "work" / "train-dataset-0.arrow").read_bytes() for n in "13")
    assert first == second, "also byte by byte"


def test_a_row_that_cannot_be_used_is_named_with_its_line(tmp_path):
    report = look(tmp_path, 2, limit=4096).train.report
    assert report.skipped_total == 20
    assert [row["line"] for row in report.skipped] == list(range(8, 1000, 50))
    assert {row["code"] for row in report.skipped} == {"no-assistant"}
    assert "from the assistant" in report.skipped[-1]["message"]


@pytest.mark.parametrize("processes", [1, 3])
def test_a_file_that_breaks_off_is_refused_alike(tmp_path, processes: int):
    with pytest.raises(DataError, match=r"data.jsonl, line 1001: An object starts here") as raised:
        look(tmp_path, processes, BROKEN)
    assert (raised.value.code, raised.value.path) == ("json-pretty-printed", "dataset[0]")


class Trouble(SftRows):
    """Something goes wrong at the rows that say so."""

    def pieces(self, row, report):
        text = row.value["messages"][0]["content"]
        if "Question 700?" in text:
            raise DataError("tokenizer-empty", "the tokenizer turns text into nothing", line=row.line)
        if "Question 500?" in text and os.environ.get("TROUBLE") == "raise":
            raise ZeroDivisionError("a fault of ours")
        if "Question 500?" in text and os.environ.get("TROUBLE") == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().pieces(row, report)


@pytest.fixture
def trouble(monkeypatch):
    def make(kind: str) -> None:
        monkeypatch.setattr("prepared.encoder_of", lambda _plan: Trouble)
        monkeypatch.setenv("TROUBLE", kind)

    return make


@pytest.mark.parametrize("processes", [1, 3])
def test_the_first_error_in_the_file_wins_whoever_meets_it_first(tmp_path, trouble, processes: int):
    trouble("")
    with pytest.raises(DataError, match=r"data.jsonl, line 701: the tokenizer turns") as raised:
        look(tmp_path, processes, BROKEN)
    assert raised.value.code == "tokenizer-empty"


def test_a_worker_that_dies_is_told_with_its_rows_and_the_way_out(tmp_path, trouble):
    trouble("die")
    with pytest.raises(Refusal, match=r"died at the rows from line 449 \(signal SIGKILL\)") as raised:
        look(tmp_path, 2)
    assert (raised.value.code, raised.value.path) == ("worker-killed", "dataset.dataset_num_proc")
    assert "dataset_num_proc: 1" in str(raised.value.hint)


def test_a_fault_of_a_worker_carries_its_traceback(tmp_path, trouble):
    trouble("raise")
    with pytest.raises(WorkerError, match=r"(?s)Traceback.*in pieces.*ZeroDivisionError: a fault of ours"):
        look(tmp_path, 2)
    assert multiprocessing.active_children() == []


class NoFiles(PlainTokenizer):
    def save_pretrained(self, folder):
        raise NotImplementedError("no files")


class Changed(PlainTokenizer):
    """Like one that transformers takes for another once it is loaded from its files."""

    def save_pretrained(self, folder):
        PlainTokenizer("by: says").save_pretrained(folder)


class NotLoaded(PlainTokenizer):
    @classmethod
    def from_pretrained(cls, folder, **_):
        raise OSError("not here")


@pytest.mark.parametrize(
    ("kind", "why"),
    [(NoFiles, "handed to others (NotImplementedError"), (Changed, "gives other tokens"), (NotLoaded, "loaded again")],
)
def test_a_tokenizer_that_does_not_travel_is_used_in_one_process(tmp_path, alone: Seen, kind: type, why: str, capfd):
    found = look(tmp_path, 2, tokenizer=kind())
    ((code, message),) = found.warnings
    assert code == "workers-not-used"
    assert "Rows are tokenised in one process: " in message and why in message
    assert found.train.dataset[:] == alone.train.dataset[:]
    if kind is NotLoaded:
        assert "OSError: not here" in capfd.readouterr().err, "the log has more"


def test_a_stop_is_heard_while_workers_work(tmp_path, monkeypatch):
    def stop() -> None:
        raise Interrupted("user")

    whole = prepared.Context
    monkeypatch.setattr(prepared, "Context", lambda **fields: whole(**{**fields, "check": stop}))
    with pytest.raises(Interrupted):
        look(tmp_path, 2)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("rows", "cores", "ranks", "expected"),
    [(1_000, 16, 1, 1), (39_000, 16, 1, 1), (60_000, 16, 1, 3), (10**7, 4, 1, 4), (10**7, 64, 1, 8), (10**7, 16, 8, 2)],
)
def test_left_out_it_goes_by_rows_and_cores(tmp_path, monkeypatch, rows: int, cores: int, ranks: int, expected: int):
    from types import SimpleNamespace

    file = tmp_path / "rows.jsonl"
    file.touch()
    os.truncate(file, rows * 100)
    monkeypatch.setattr(worker_count, "usable_cores", lambda: cores)
    source = SimpleNamespace(dataset_num_proc=None, input="dataset.0")
    context = SimpleNamespace(inputs={"dataset.0": file}, ranks=ranks)
    assert worker_count.processes_for(context, source, 100.0) == expected
    source.input = None
    assert worker_count.processes_for(context, source, 100.0) == 1, "a stream has no end that is known"


def test_on_windows_there_are_no_workers_and_it_says_so(monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(worker_count.sys, "platform", "win32")
    said: list[tuple[str, ...]] = []
    context = SimpleNamespace(warn=lambda *words: said.append(words))
    assert worker_count.processes_for(context, SimpleNamespace(dataset_num_proc=4, input="a"), 100.0) == 1
    assert [words[0] for words in said] == ["windows-workers"]


def test_a_share_of_the_cores_counts(tmp_path):
    limit = tmp_path / "cpu.max"
    cores = len(os.sched_getaffinity(0))
    for text, expected in (("100000 100000", 1), ("max 100000", cores), ("", cores)):
        limit.write_text(text)
        assert worker_count.usable_cores(limit) == expected
    assert worker_count.usable_cores(tmp_path / "none") == cores
