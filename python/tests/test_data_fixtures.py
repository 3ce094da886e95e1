"""Both readers, this one and the editor's, say the same about every file of test/fixtures/data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT

from finetune_trainer.data.problem import BadRow, DataError
from finetune_trainer.data.row_hash import row_hash, split_value
from finetune_trainer.data.source import read_source

FIXTURES = ROOT / "test" / "fixtures" / "data"
CASES = sorted(path.parent for path in FIXTURES.glob("*/case.json"))
# The editor says these about a file that it reads none the less, or cannot read where the trainer can.
ONLY_EDITOR = {
    "extension-mismatch",
    "encoding-utf16",
    "duplicate-rows",
    "rows-overlong",
    "format-tokens",
    "rows-unusable",
}


def test_there_are_fixtures():
    assert len(CASES) > 40


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    path = folder / case["file"]
    if expected.get("fatal"):
        with pytest.raises(DataError) as raised:
            list(read_source(path, case["format"], case["columns"], case["max_seq_length"]).rows)
        problem = {"code": raised.value.code, "line": raised.value.line}
        assert problem in expected["problems"]
        return
    assert {p["code"] for p in expected["problems"]} <= ONLY_EDITOR
    source = read_source(path, case["format"], case["columns"], case["max_seq_length"])
    rows = list(source.rows)
    used = [row for row in rows if not isinstance(row, BadRow)]
    assert (source.format, source.roles, source.columns) == (
        expected["format"],
        expected["roles"],
        expected["columns"],
    )
    assert [{"line": r.line, "code": r.code} for r in rows if isinstance(r, BadRow)] == expected["skipped"]
    assert [{"line": r.line, "code": code} for r in used for code in r.notes] == expected["notes"]
    assert [row.value for row in used] == expected["normalised"]
    assert (len(rows), len(used)) == (expected["rows"], expected["used"])


def test_row_hashes():
    vectors = json.loads((FIXTURES / "hashes.json").read_text(encoding="utf-8"))["vectors"]
    assert len(vectors) > 5
    for vector in vectors:
        assert row_hash(vector["row"]) == vector["hash"]
        for seed, value in vector["split"].items():
            assert split_value(vector["hash"], int(seed)) == pytest.approx(value, abs=1e-11)


def test_the_table_of_names_is_the_editors():
    ours = ROOT / "python" / "finetune_trainer" / "data" / "formats.json"
    theirs = ROOT / "src" / "core" / "data" / "formats.json"
    assert ours.read_bytes() == theirs.read_bytes(), f"copy {theirs} to {ours}"
