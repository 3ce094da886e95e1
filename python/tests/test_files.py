"""A crash leaves the old file or the new one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finetune_trainer.checkpoints import Checkpoint, every, prune, remove_broken, whole
from finetune_trainer.files import bytes_of, write_folder, write_json


def test_a_folder_is_there_whole_or_as_it_was(tmp_path: Path):
    target = tmp_path / "adapter"
    write_folder(target, lambda folder: (folder / "a").write_text("one"))

    def half(folder: Path) -> None:
        (folder / "a").write_text("two")
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_folder(target, half)
    assert (target / "a").read_text() == "one"
    write_folder(target, lambda folder: (folder / "b").write_text("three"))
    assert [path.name for path in target.iterdir()] == ["b"]
    assert bytes_of(target) == 5


def test_json_is_replaced_and_leaves_nothing_behind(tmp_path: Path):
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})
    write_json(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 2}
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def make(root: Path, step: int, mark: bool = True) -> Path:
    folder = root / f"checkpoint-{step}"
    folder.mkdir()
    (folder / "weights").write_text("w" * step)
    if mark:
        (folder / "COMPLETE.json").write_text(json.dumps({"step": step, "files": {"weights": step}}))
    return folder


def test_checkpoints_are_kept_by_age_and_worth(tmp_path: Path):
    for step in (9, 10, 100, 20):
        make(tmp_path, step)
    make(tmp_path, 101, mark=False)
    assert [checkpoint.step for checkpoint in whole(tmp_path)] == [9, 10, 20, 100]
    remove_broken(tmp_path)
    prune(tmp_path, 2, best=9)
    assert every(tmp_path) == [Checkpoint(step, tmp_path / f"checkpoint-{step}") for step in (9, 20, 100)]
    prune(tmp_path, None, best=None)
    assert len(every(tmp_path)) == 3


@pytest.mark.parametrize("damage", ["cut", "gone", "mark"])
def test_a_damaged_checkpoint_is_not_whole(tmp_path: Path, damage: str):
    folder = make(tmp_path, 5)
    if damage == "cut":
        (folder / "weights").write_text("w")
    elif damage == "gone":
        (folder / "weights").unlink()
    else:
        (folder / "COMPLETE.json").write_text("{")
    assert whole(tmp_path) == []
