"""The trainer and the editor explain the same logs alike."""

from __future__ import annotations

import json
import traceback

import pytest
from conftest import ROOT

from finetune_trainer.failure_table import explain_log, rows

CASES = json.loads((ROOT / "test" / "fixtures" / "failures" / "logs.json").read_text(encoding="utf-8"))["cases"]


def test_there_are_cases():
    assert len(CASES) > 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_log(case):
    bf16 = float(case["capability"]) >= 8 if "capability" in case else None
    found = explain_log("\n".join(case["log"]), bf16)
    assert [one.code for one in found] == case["codes"]
    if not found:
        return
    first = found[0]
    if "path" in case:
        assert first.path == case["path"]
    if "line" in case:
        assert first.line == case["line"]
    for text in case.get("hint", ()):
        assert text in first.hint
    for text in case.get("hintNot", ()):
        assert text not in first.hint


def test_the_table_is_the_editor_s():
    ours = (ROOT / "python" / "finetune_trainer" / "failures.json").read_bytes()
    assert ours == (ROOT / "src" / "core" / "failures" / "table.json").read_bytes()


@pytest.mark.parametrize(
    ("row", "fragment"),
    [(row, part) for row in rows() if row["kind"] not in ("benign", "silent") for part in row["any"]],
    ids=lambda value: value if isinstance(value, str) else value["code"],
)
def test_each_fragment_is_its_row_s(row, fragment):
    frame = f'  File "x.py", line 1, {row["unit"][0]}\n    call()\n' if "unit" in row else ""
    log = f"Traceback (most recent call last):\n{frame}{fragment} and more\nbye\n"
    assert [one.code for one in explain_log(log)] == [row["code"]]


def test_a_real_exception_with_its_cause():
    try:
        try:
            raise OSError(28, "No space left on device", "checkpoints/checkpoint-5/model.safetensors")
        except OSError as cause:
            raise RuntimeError("An error occurred while generating the dataset") from cause
    except RuntimeError as error:
        (found,) = explain_log("".join(traceback.format_exception(error)))
    assert (found.code, found.path) == ("disk-full", "training.save_total_limit")
