"""export, inspect-dataset and doctor, as the command line calls them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import chats

from finetune_trainer.export import Lines, export, wanted
from finetune_trainer.inspect_dataset import inspect
from finetune_trainer.plan import read_plan
from finetune_trainer.refusal import Refusal


class Heard(Lines):
    def __init__(self) -> None:
        self.told: list[dict] = []
        super().__init__(None)

    def emit(self, type_: str, **fields) -> None:
        self.told.append({"type": type_, **fields})


@pytest.fixture
def here():
    folder = Path.cwd()
    yield
    os.chdir(folder)


def test_a_finished_run_is_merged_later(make_run, here):
    run = make_run()
    assert run.train() == 0
    plan, _ = read_plan(run.folder)
    heard = Heard()
    assert export(run.folder, wanted(plan, "merged_16bit", []), heard) == []
    (artifact,) = [event for event in heard.told if event["type"] == "artifact"]
    assert (artifact["kind"], artifact["path"]) == ("merged_16bit", "export/merged_16bit")
    assert (run.folder / "export" / "merged_16bit" / "model.safetensors").exists()
    config = json.loads((run.folder / "adapter" / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "./tiny", "the adapter itself keeps its base's name"


def test_gguf_without_llama_cpp_is_refused_before_anything_is_loaded(make_run, here, monkeypatch, tmp_path):
    monkeypatch.setenv("UNSLOTH_LLAMA_CPP_PATH", str(tmp_path / "nowhere"))
    run = make_run()
    plan, _ = read_plan(run.folder)
    with pytest.raises(Refusal, match=r"GGUF needs llama\.cpp") as refusal:
        export(run.folder, wanted(plan, "gguf", ["q8_0"]), Heard())
    assert "UNSLOTH_LLAMA_CPP_PATH" in (refusal.value.hint or "")


def test_a_gguf_that_cannot_be_made_leaves_the_run_succeeded(make_run, monkeypatch, tmp_path):
    monkeypatch.setenv("UNSLOTH_LLAMA_CPP_PATH", str(tmp_path / "nowhere"))
    save = [
        {"method": "gguf", "quantization_method": ["q4_k_m"], "push_to_hub": None, "private": True, "overwrite": False}
    ]
    run = make_run(changes={"save": save, "training.max_steps": 1})
    assert run.train() == 0
    assert run.one("finished")["incomplete"] == ["gguf"]
    error = run.one("error")
    assert (error["code"], error["path"], error["phase"]) == ("llama-cpp-missing", "save", "export")
    merged = [event for event in run.events(type_="artifact") if event["kind"] == "merged_16bit"]
    assert [event["path"] for event in merged] == ["export/merged_16bit"], "kept for a machine that has llama.cpp"
    assert (run.folder / "export" / "merged_16bit" / "model.safetensors").exists()


def test_a_run_that_has_nothing_to_export_says_so(make_run, here):
    run = make_run()
    plan, _ = read_plan(run.folder)
    with pytest.raises(Refusal, match="neither an adapter nor a model"):
        export(run.folder, wanted(plan, "merged_16bit", []), Heard())


def test_parquet_is_inspected_and_trained_on(make_run, tiny, tmp_path):
    import hashlib

    import pyarrow
    from pyarrow import parquet
    from transformers import AutoTokenizer

    path = tmp_path / "rows.parquet"
    rows = [{**row, "note": None} for row in chats(9)] + [{"messages": [], "note": "empty"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    found = inspect(path, "auto", {}, 512, AutoTokenizer.from_pretrained(tiny))
    assert (found["format"], found["rows"], found["used"], found["skipped_total"]) == ("messages", 10, 9, 1)
    assert found["skipped"][0]["code"] == "messages-empty"
    assert found["lengths"]["exact"] is True
    about = inspect(path, "auto", {}, 512, None)["lengths"]
    assert about["exact"] is False
    assert about["total"] > 0

    run = make_run(changes={"training.max_steps": 1})
    inputs = json.loads((run.folder / "inputs.json").read_text())
    plan = json.loads((run.folder / "plan.json").read_text())
    plan["inputs"]["dataset.0"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (run.folder / "inputs.json").write_text(json.dumps({**inputs, "dataset.0": str(path)}))
    (run.folder / "plan.json").write_text(json.dumps(plan))
    assert run.train() == 0
    assert run.one("dataset")["rows"] == 9


def test_a_folder_of_files_is_one_dataset(tmp_path):
    for name, rows in (("a.jsonl", chats(2)), ("b.json", chats(3))):
        text = json.dumps(rows) if name.endswith(".json") else "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / name).write_text(text)
    assert inspect(tmp_path, "auto", {}, 512, None)["used"] == 5
    shutil.rmtree(tmp_path)


def test_doctor_says_what_trains_here():
    from finetune_trainer.doctor import look

    found = look()
    assert (found["ok"], found["backend"]) == (True, "cpu")
    assert found["devices"][0]["total_bytes"] > 0
    assert {"unsloth", "torch"} <= found["versions"].keys()


def test_the_script_of_a_run_trains_the_same_without_us(make_run, here, tmp_path):
    import re
    import subprocess
    import sys

    run = make_run(eval_rows=chats(3), changes={"training.max_steps": 4, "training.eval_strategy": "no"})
    assert run.train() == 0
    plan, _ = read_plan(run.folder)
    heard = Heard()
    assert export(run.folder, wanted(plan, "script", []), heard) == []
    folder = run.folder / "export" / "script"
    text = (folder / "train.py").read_text()
    assert "finetune_trainer" not in text
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "train.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    losses = [float(found) for found in re.findall(r"'loss': '?([0-9.]+)", done.stdout)]
    ours = [round(loss, 3) for loss in run.losses().values()]
    assert [round(loss, 3) for loss in losses] == pytest.approx(ours, abs=0.0015)
    assert (folder / "adapter" / "adapter_model.safetensors").exists()
