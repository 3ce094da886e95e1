"""Which llama.cpp is used, and how Unsloth is shown it."""

from __future__ import annotations

from pathlib import Path

import pytest

from finetune_trainer.llama_cpp import find_llama_cpp, require_llama_cpp, show_to_unsloth
from finetune_trainer.refusal import Refusal


@pytest.fixture
def checkout(monkeypatch, tmp_path) -> Path:
    """A source tree with its converter, and nothing built; no llama-quantize on the PATH."""
    folder = tmp_path / "llama.cpp"
    (folder / "gguf-py").mkdir(parents=True)
    (folder / "convert_hf_to_gguf.py").write_text("", encoding="utf-8")
    monkeypatch.setenv("UNSLOTH_LLAMA_CPP_PATH", str(folder))
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    return folder


def build(place: Path) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    program = place / "llama-quantize"
    program.write_text("#!/bin/sh\necho usage\n", encoding="utf-8")
    program.chmod(0o755)
    return program


def test_a_source_tree_without_a_build_is_not_enough(checkout):
    assert find_llama_cpp() is None
    with pytest.raises(Refusal, match=r"GGUF needs llama\.cpp") as refusal:
        require_llama_cpp()
    assert "--target llama-quantize" in (refusal.value.hint or "")


def test_a_file_that_cannot_be_run_is_no_quantizer(checkout):
    build(checkout).chmod(0o644)
    assert find_llama_cpp() is None


@pytest.mark.parametrize("room", [".", "build/bin", "bin"])
def test_the_quantizer_is_found_where_a_build_leaves_it(checkout, room):
    program = build(checkout / room)
    found = require_llama_cpp()
    assert found.folder == checkout
    assert found.quantizer.resolve() == program.resolve()


def test_an_installed_quantizer_serves_a_source_tree(checkout, monkeypatch, tmp_path):
    program = build(tmp_path / "installed")
    monkeypatch.setenv("PATH", str(program.parent))
    assert require_llama_cpp().quantizer == program


def test_unsloth_sees_it_in_one_folder_and_the_original_stays_as_it_is(checkout, monkeypatch, tmp_path):
    build(checkout / "build" / "bin")
    work = tmp_path / "work"
    work.mkdir()
    shown = show_to_unsloth(require_llama_cpp(), work)
    assert shown == work / "llama.cpp"
    assert (shown / "llama-quantize").read_text(encoding="utf-8").endswith("usage\n")
    assert (shown / "convert_hf_to_gguf.py").is_file()
    assert (shown / "gguf-py").is_dir()
    assert not (checkout / "llama-quantize").exists()


def test_what_unsloth_finds_by_itself_is_left_alone(checkout, tmp_path):
    build(checkout)
    assert show_to_unsloth(require_llama_cpp(), tmp_path) is None
