"""Exports of a run that has ended are part of its story."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from finetune_trainer.identity import identity
from finetune_trainer.later import tell_later


def ended(tmp_path: Path, *types: str, torn: str = "") -> Path:
    run = tmp_path / "runs" / "run"
    (run / "attempts").mkdir(parents=True)
    (run / "attempts" / "1.json").write_text(json.dumps({"attempt": 1, **identity()}))
    lines = [json.dumps({"v": 1, "attempt": 1, "seq": seq, "type": type_}) for seq, type_ in enumerate(types)]
    (run / "events.jsonl").write_text("".join(f"{line}\n" for line in lines) + torn)
    return run


def events(run: Path) -> list[dict]:
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines() if line.endswith("}")]


def test_it_counts_on_where_the_last_attempt_ended(tmp_path: Path) -> None:
    run = ended(tmp_path, "started", "finished")
    os.utime(run.parent, (0, 0))
    assert tell_later(run, "artifact", kind="gguf", path="export/gguf", bytes=5)
    newest = events(run)[-1]
    assert (newest["attempt"], newest["seq"], newest["type"], newest["kind"]) == (1, 2, "artifact", "gguf")
    assert run.parent.stat().st_mtime > 0, "whoever watches ended runs must look again"


def test_while_an_attempt_writes_nobody_else_does(tmp_path: Path) -> None:
    run = ended(tmp_path, "started")
    assert not tell_later(run, "artifact", kind="gguf", path="export/gguf", bytes=5)
    assert len(events(run)) == 1


def test_a_torn_last_line_stays_alone(tmp_path: Path) -> None:
    run = ended(tmp_path, "started", "finished", torn='{"v": 1, "att')
    assert tell_later(run, "artifact", kind="gguf", path="export/gguf", bytes=5)
    assert [event["seq"] for event in events(run)] == [0, 1, 2]


def test_twenty_at_once_get_twenty_numbers(tmp_path: Path) -> None:
    run = ended(tmp_path, "started", "finished")
    threads = [threading.Thread(target=tell_later, args=(run, "artifact"), kwargs={"path": str(i)}) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event["seq"] for event in events(run)] == list(range(22))
