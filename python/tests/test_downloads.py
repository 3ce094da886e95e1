"""A model that comes from the Hub: what a person sees of it, by the real huggingface_hub from a Hub on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import PLAN, Run
from hub_server import Hub, Repository, online

from finetune_trainer.clock import Clock
from finetune_trainer.data.hub import hub_rows
from finetune_trainer.download_watch import DownloadWatch
from finetune_trainer.events import Events
from finetune_trainer.hub_cache import blobs, is_wanted
from finetune_trainer.plan import decode


@pytest.fixture
def hub(monkeypatch, tmp_path: Path) -> Iterator[Hub]:
    found = Hub()
    online(monkeypatch, found, tmp_path / "hub-cache")
    yield found
    found.close()


def offered(tiny: Path) -> Repository:
    files = {path.name: path.read_bytes() for path in tiny.iterdir() if path.is_file()}
    # Neither is needed for loading, so neither counts.
    return Repository(False, {**files, "pytorch_model.bin": b"0" * 5_000_000, "onnx/model.onnx": b"0" * 9_000_000})


def downloads(run: Run) -> list[dict]:
    return [e for e in run.events(type_="phase") if e["name"] == "download"]


def test_bytes_files_and_the_end_of_a_download_are_told(hub: Hub, make_run, tiny: Path) -> None:
    hub.repositories["me/tiny"] = offered(tiny)
    weights = (tiny / "model.safetensors").stat().st_size
    needed = sum(path.stat().st_size for path in tiny.iterdir() if path.is_file())
    hub.bytes_per_second = weights / 3
    run = make_run(changes={"model.name": "me/tiny", "model.input": None, "training.max_steps": 1})
    output, _ = (process := run.spawn()).communicate(timeout=180)
    assert process.returncode == 0, output[-3000:]

    told = downloads(run)
    assert (told[0]["state"], told[-1]["state"]) == ("begin", "end")
    assert {e["detail"] for e in told if "detail" in e} == {"me/tiny"}
    amounts = [e["progress"] for e in told if e["state"] == "progress"]
    assert len(amounts) >= 4, "some while it goes on"
    assert {amount["unit"] for amount in amounts} == {"bytes"}
    done = [amount["done"] for amount in amounts]
    assert done == sorted(done) and 0 < done[0] < weights and done[-1] >= weights
    assert {amount["total"] for amount in amounts[:-1]} == {needed}, "weights in other forms do not count"
    assert amounts[-1]["done"] == amounts[-1]["total"]
    assert f"downloading model.safetensors of me/tiny ({weights / 1e6:.1f} MB)" in output
    assert output.index("==> load") < output.index("==> download: me/tiny") < output.index("<== download")
    names = [e["name"] for e in run.events(type_="phase") if e["state"] == "begin"]
    assert names.index("load") < names.index("download") < names.index("prepare")

    again = make_run(changes={"model.name": "me/tiny", "model.input": None, "training.max_steps": 1}, name="again")
    assert again.train() == 0, again.events(type_="error")
    assert downloads(again) == [], "it is there already"


def test_a_model_that_the_hub_does_not_have_is_one_sentence(hub: Hub, make_run) -> None:
    run = make_run(changes={"model.name": "me/none", "model.input": None})
    assert run.train() == 1
    assert run.one("error")["path"] == "model.name", run.one("error")
    assert downloads(run) == []


CARD = """---
dataset_info:
  features: [{name: instruction, dtype: string}, {name: output, dtype: string}]
  splits: [{name: train, num_examples: 300}]
---
"""


def offer_rows(hub: Hub, card: bool) -> None:
    rows = b"".join(json.dumps({"instruction": f"Q{i}?", "output": f"A{i}."}).encode() + b"\n" for i in range(300))
    about = {"README.md": CARD.encode()} if card else {}
    hub.repositories["me/rows"] = Repository(False, {"data.jsonl": rows, **about})


@pytest.mark.parametrize(("card", "total"), [(True, 300), (False, None)])
def test_rows_of_a_dataset_on_the_hub_are_counted_of_all_where_its_card_says(hub: Hub, card: bool, total) -> None:
    offer_rows(hub, card)
    rows, found = hub_rows({"id": "me/rows", "name": None, "split": "train", "revision": None})
    assert found == total
    assert [(row.line, row.value["output"]) for row in rows][:2] == [(1, "A0."), (2, "A1.")]


def test_a_dataset_of_the_hub_is_trained_on_row_by_row(hub: Hub, make_run, monkeypatch) -> None:
    offer_rows(hub, card=True)
    source = {"id": "me/rows", "name": None, "split": "train", "revision": None}
    run = make_run(changes={"dataset.0.hub": source, "dataset.0.input": None, "training.max_steps": 1})
    # Every word, however soon it comes after the one before.
    monkeypatch.setattr("finetune_trainer.events.PROGRESS_EVERY_S", 0.0)
    assert run.train() == 0, run.events(type_="error")
    assert run.one("dataset")["rows"] == 300
    told = [e["progress"] for e in run.events(type_="phase") if e["name"] == "prepare" and e["state"] == "progress"]
    assert told[0] == {"done": 64, "total": 300, "unit": "rows"} and told[-1]["done"] == 300
    tokens = Path(os.environ["FINETUNE_CACHE_DIR"]) / "tokens"
    assert not tokens.exists(), "what the Hub has tomorrow is not known"


class Told:
    """A watch whose cache is played."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.cache, self.file = folder / "cache", folder / "events.jsonl"
        self.now = 0.0
        monkeypatch.setattr("finetune_trainer.download_watch.time.monotonic", lambda: self.now)
        monkeypatch.setattr("finetune_trainer.download_watch.QUIET_S", 1.0)
        self.events = Events(self.file, 0, Clock())
        self.watch: DownloadWatch | None = None

    def start(self) -> None:
        self.watch = DownloadWatch(self.events, decode(json.loads(PLAN.read_text())), self.cache)

    def write(self, name: str, size: int, repository: str = "models--me--big") -> Path:
        path = self.cache / repository / "blobs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"0" * size)
        return path

    def look(self, seconds: float = 0.6) -> None:
        self.now += seconds
        self.events.clock.elapsed = lambda: self.now  # type: ignore[method-assign]
        assert self.watch is not None
        self.watch.look()

    def said(self) -> list[tuple]:
        lines = [json.loads(line) for line in self.file.read_text().splitlines()]
        return [(e["state"], *(e.get("progress") or {}).values()) for e in lines]


@pytest.fixture
def played(tmp_path: Path, monkeypatch) -> Told:
    return Told(tmp_path, monkeypatch)


def test_without_sizes_from_the_hub_the_bytes_are_told_alone(played: Told, monkeypatch, capfd) -> None:
    def silent(*_: object) -> None:
        raise ConnectionError("no answer")

    monkeypatch.setattr("finetune_trainer.download_watch.wanted_files", silent)
    played.write("aa", 7)
    played.start()
    played.look()
    half = played.write("bb.12345678.incomplete", 100)
    played.look()
    played.look()
    half.write_bytes(b"0" * 300)
    played.look()
    half.rename(half.with_name("bb"))
    played.look()
    assert played.said() == [
        ("begin",),
        ("progress", 100, "bytes"),
        ("progress", 300, "bytes"),
        ("progress", 300, "bytes"),
    ]
    assert "the sizes of me/big's files are not known: no answer" in capfd.readouterr().err
    played.look(1.2)
    assert played.said()[-2:] == [("progress", 300, "bytes", 300), ("end",)]
    played.look()
    assert len(played.said()) == 7, "and nothing more"


def test_a_half_file_of_an_earlier_attempt_is_no_download_until_it_grows(played: Told, monkeypatch) -> None:
    monkeypatch.setattr("finetune_trainer.download_watch.wanted_files", lambda *_: {})
    half = played.write("cc.12345678.incomplete", 50)
    played.start()
    played.look()
    assert not played.file.exists() or played.said() == []
    half.write_bytes(b"0" * 90)
    played.look()
    assert played.said()[0] == ("begin",)


def test_only_models_count_and_their_names_are_the_repositories(played: Told) -> None:
    played.write("aa", 1)
    played.write("bb.1.incomplete", 2)
    played.write("cc", 3, "datasets--me--rows")
    found = sorted((b.repository, b.etag, b.bytes, b.whole) for b in blobs(played.cache))
    assert found == [("me/big", "aa", 1, True), ("me/big", "bb", 2, False)]
    assert list(blobs(played.cache / "nowhere")) == []


@pytest.mark.parametrize(
    ("name", "safetensors", "expected"),
    [
        ("model-00001-of-00002.safetensors", True, True),
        ("pytorch_model.bin", True, False),
        ("pytorch_model.bin", False, True),
        ("tokenizer.json", True, True),
        ("original/consolidated.00.pth", True, False),
        ("consolidated.safetensors", True, False),
        ("model-q4.gguf", True, False),
    ],
)
def test_what_loading_needs(name: str, safetensors: bool, expected: bool) -> None:
    assert is_wanted(name, safetensors) is expected
