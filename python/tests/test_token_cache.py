"""Rows that an earlier run tokenised are taken as they are, and only when nothing that shapes them has changed."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import chats
from plain_tokenizer import PlainTokenizer
from prepared import Seen, json_lines, seen

from finetune_trainer import cache_key, token_cache
from finetune_trainer.stop import Interrupted
from finetune_trainer.token_cache import TokenCache

ROWS = json_lines(*chats(40), {"messages": [{"role": "user", "content": "nobody answers"}]})
COUNT = 37
"""Of them are used; the others are too long, or nobody answers."""
LONG = {"model.max_seq_length": 104}


class Backend:
    def to_str(self) -> str:
        return "letters"


class Counted(PlainTokenizer):
    """One whose content can be told, like those of transformers."""

    backend_tokenizer = Backend()
    calls = 0

    def __call__(self, text: str, **options: Any) -> dict[str, Any]:
        self.calls += 1
        return super().__call__(text, **options)


@pytest.fixture
def cache(tmp_path: Path) -> TokenCache:
    return TokenCache(tmp_path / "tokens")


@pytest.fixture
def look(tmp_path: Path, cache: TokenCache):
    """A run of its own each time; `made` says whether its rows were tokenised anew."""
    runs: list[None] = []

    def run(content: Any = ROWS, changes: dict[str, Any] | None = None, tokenizer: Any = None, **more: Any):
        runs.append(None)
        folder, kind = tmp_path / f"run-{len(runs)}", tokenizer or Counted()
        found = seen(folder, kind, content, {**LONG, **(changes or {})}, cache=cache, **more)
        return found, kind.calls > 10

    return run


def entries(cache: TokenCache) -> list[Path]:
    return sorted(path for path in cache._folder.iterdir() if path.name != "locks")


def everything(found: Seen) -> dict[str, Any]:
    kept = {"rows": found.train.dataset[:], "report": found.train.report, "tokens": found.train.tokens}
    return {**kept, "warnings": found.warnings, "count": found.train.rows}


def test_equal_content_is_taken_and_says_what_the_first_run_said(look, cache, capfd):
    first, made = look()
    assert made
    assert "token cache" not in capfd.readouterr().err
    second, made = look()
    assert not made
    assert everything(second) == everything(first)
    assert first.train.report.skipped[-1]["line"] == 41
    assert first.train.report.truncated > 0 and first.train.report.sample is not None
    assert f"token cache: took {COUNT} rows of data.jsonl, tokenised by an earlier run" in capfd.readouterr().err
    assert len(entries(cache)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset.0.weight": 2},
        {"test_size": 0.25},
        {"dataset.0.max_samples": 5},
        {"training.seed": 7},
        {"dataset.0.dataset_num_proc": 1},
        {"training.learning_rate": 1e-5},
    ],
    ids=str,
)
def test_what_is_done_with_tokenised_rows_does_not_matter(look, changes: dict[str, Any]):
    plain, _ = look()
    found, made = look(changes=changes)
    assert not made
    if "test_size" in changes:
        assert found.train.rows + found.evaluation.rows == plain.train.rows


@pytest.mark.parametrize(
    "changes",
    [
        {"model.max_seq_length": 103},
        {"dataset.0.overlength": "truncate"},
        {"dataset.0.train_on_responses_only": "last"},
        {"dataset.0.system_message": "Hm."},
        {"dataset.0.format": "messages"},
        {"dataset.0.columns": {"messages": "messages"}},
        {"dataset.0.label": "other.jsonl"},
    ],
    ids=str,
)
def test_every_setting_that_shapes_rows_misses(look, changes: dict[str, Any]):
    look()
    assert look(changes=changes)[1]


def test_data_tokenizer_template_and_code_miss_when_they_change(look, monkeypatch):
    look()
    assert look(ROWS.replace("Answer 3", "Answer 4"))[1]
    assert look(tokenizer=Counted("by: says"))[1]

    class OtherVocabulary(Counted):
        class backend_tokenizer:
            to_str = staticmethod(lambda: "other letters")

    assert look(tokenizer=OtherVocabulary())[1]
    assert not look()[1]
    monkeypatch.setattr(cache_key, "code", lambda: "another version of the trainer")
    assert look()[1]


def test_the_method_counts(look, cache):
    rows = json_lines(*({"prompt": f"Q{i}", "completion": f"A{i}"} for i in range(20)))
    look(rows)
    assert look(rows, {"training.method": "grpo", "training.grpo": {}})[1]
    assert len(entries(cache)) == 2


def test_a_template_that_writes_the_date_holds_for_a_day(look, monkeypatch):
    def today():
        return Counted("{{ strftime_now('%d %b %Y') }} who: what")

    look(tokenizer=today())
    assert not look(tokenizer=today())[1]
    monkeypatch.setattr(cache_key.time, "strftime", lambda _format: "2031-01-01")
    assert look(tokenizer=today())[1]
    to_the_minute = "{{ strftime_now('%H:%M') }} who: what"
    look(tokenizer=Counted(to_the_minute))
    assert look(tokenizer=Counted(to_the_minute))[1]


def test_a_tokenizer_that_is_code_is_never_taken(look, cache):
    class Remote(Counted):
        backend_tokenizer = None

    assert look(tokenizer=Remote())[1] and look(tokenizer=Remote())[1]
    assert not cache._folder.exists()


def test_two_sources_of_equal_content_are_one_entry(look, cache):
    found, _ = look([ROWS, ROWS])
    assert len(entries(cache)) == 1
    assert len(found.train.dataset) == 2 * COUNT


@pytest.mark.parametrize("file", [token_cache.ROWS, token_cache.TALLY, token_cache.ENTRY])
@pytest.mark.parametrize("how", ["cut", "changed", "gone"])
def test_a_broken_entry_is_made_anew_and_told(look, cache, capfd, file: str, how: str):
    first, _ = look()
    (entry,) = entries(cache)
    damage(entry / file, how)
    second, made = look()
    assert made
    assert everything(second) == everything(first)
    said = capfd.readouterr().err
    assert "token cache: the entry of data.jsonl is broken and is made anew (" in said
    assert not look()[1], "it is whole again"


def damage(path: Path, how: str) -> None:
    data = path.read_bytes()
    path.unlink()  # the run's own file is the same one under another name
    half = len(data) // 2
    if how == "cut":
        path.write_bytes(data[:half])
    elif how == "changed":
        path.write_bytes(data[:half] + bytes([data[half] ^ 0xFF]) + data[half + 1 :])


def test_the_oldest_goes_when_there_is_no_room(look, cache):
    look()
    (first,) = entries(cache)
    size = sum(file.stat().st_size for file in first.iterdir())
    cache._most = int(2.5 * size)
    for number in (1, 2):
        look(ROWS.replace("Answer 3", f"Answer {number}"))
        if number == 1:
            os.utime(first, (1, 1))
            look()  # used: now it is the youngest
    kept = entries(cache)
    assert len(kept) == 2 and first in kept
    cache._most = size
    assert look(ROWS.replace("Answer 3", "Answer 9"))[1]
    assert entries(cache) == kept, "what would take more than half of all is not kept at all"


def test_what_a_crash_left_half_written_is_no_entry_and_goes_after_a_day(look, cache):
    half = cache._folder / f"{token_cache.PARTIAL}abc"
    half.mkdir(parents=True)
    assert look()[1]
    assert half.exists()
    yesterday = time.time() - 2 * token_cache.ABANDONED_S
    os.utime(half, (yesterday, yesterday))
    assert look(ROWS.replace("Answer 3", "Answer 8"))[1]
    assert not half.exists()


def test_a_disk_without_links_and_a_full_one_are_no_obstacle(look, cache, monkeypatch, capfd):
    def no_links(*_: Any) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(token_cache.os, "link", no_links)
    look()
    assert not look()[1]

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(token_cache.shutil, "copyfile", full)
    found, made = look(ROWS.replace("Answer 3", "Answer 8"))
    assert made and len(found.train.dataset) == COUNT
    assert "the rows are not kept for later runs ([Errno 28] No space left" in capfd.readouterr().err
    assert len(entries(cache)) == 1


def test_an_entry_may_go_while_a_run_reads_its_rows(look, cache):
    look()
    found, _ = look()
    token_cache.remove(entries(cache)[0])
    assert len(found.train.dataset[:]["input_ids"]) == COUNT


def test_another_process_at_the_same_rows_is_waited_for_and_its_rows_are_taken(look, cache, monkeypatch, capfd):
    import threading

    alone, held, entered = cache.alone, [], threading.Event()

    @contextmanager
    def slowly(*words: Any):
        with alone(*words):
            held.append(threading.current_thread().name)
            entered.set()
            time.sleep(0.6 if len(held) == 1 else 0)
            yield

    monkeypatch.setattr(cache, "alone", slowly)
    found: list[bool] = []
    first = threading.Thread(target=lambda: found.append(look()[1]))
    first.start()
    assert entered.wait(10)
    second, made = look()
    first.join()
    assert not made and len(second.train.dataset) == COUNT
    said = capfd.readouterr().err
    assert said.count("token cache: waiting for another process that tokenises the rows of data.jsonl") == 1


def test_one_that_holds_the_lock_for_too_long_is_not_waited_for(cache, monkeypatch, capfd):
    monkeypatch.setattr(token_cache, "PATIENCE_S", 0.3)
    with cache.alone("abc", "data.jsonl", lambda: None), cache.alone("abc", "data.jsonl", lambda: None):
        pass
    assert "it is not locked (another process holds it for 0 minutes)" in capfd.readouterr().err


def test_a_run_that_waits_is_no_run_that_stands_still(look, cache, monkeypatch):
    """Else its limit for standing still would end it, and with it a rank that waits for the first one."""
    alone = cache.alone

    @contextmanager
    def after_a_wait(key, label, waiting):
        for _ in range(3):
            waiting()
        with alone(key, label, waiting):
            yield

    monkeypatch.setattr(cache, "alone", after_a_wait)
    found, _ = look()
    assert found.progress[:3] == [0, 0, 0]


def test_a_stop_is_heard_while_it_waits(cache):
    def stop() -> None:
        raise Interrupted("user")

    with cache.alone("abc", "data.jsonl", lambda: None), pytest.raises(Interrupted):
        cache.alone("abc", "data.jsonl", stop).__enter__()


def test_a_second_whole_run_takes_the_rows_and_trains_on_the_same_curve(make_run, capfd):
    rows = [*chats(4000), {"messages": [{"role": "user", "content": "nobody answers"}]}]
    seconds, said = {}, {}
    runs = {name: make_run(rows, chats(3), {"training.max_steps": 2}, name=name) for name in ("first", "second")}
    for name, run in runs.items():
        assert run.train() == 0, run.events(type_="error")
        phase = [e for e in run.events(type_="phase") if e["name"] == "prepare"]
        seconds[name] = round(phase[-1]["t_mono"] - phase[0]["t_mono"], 3)
        said[name] = capfd.readouterr().err
    with capfd.disabled():
        print(f"\n{json.dumps({'prepare_seconds': seconds})}")
    assert "token cache: took" not in said["first"]
    assert said["second"].count("token cache: took") == 2
    first, second = ([shown(e) for e in run.events(type_="dataset")] for run in runs.values())
    assert first == second
    assert runs["first"].losses() == runs["second"].losses()


def shown(event: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in ("t", "t_mono", "seq")}
