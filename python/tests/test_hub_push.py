"""Uploads by the real huggingface_hub to a Hub on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run
from hub_server import Hub, Repository, online

MERGED = {
    "method": "merged_16bit",
    "quantization_method": [],
    "push_to_hub": "me/triage",
    "private": True,
    "overwrite": False,
}


@pytest.fixture
def hub(monkeypatch, tmp_path: Path) -> Iterator[Hub]:
    found = Hub()
    online(monkeypatch, found, tmp_path / "hub-cache")
    yield found
    found.close()


def train(run: Run, hub: Hub, capfd) -> int:
    code = run.train()
    out, err = capfd.readouterr()
    assert hub.token not in out + err
    return code


@pytest.fixture
def pushing(make_run):
    return lambda item=None, **more: make_run(
        changes={"save": [{**MERGED, **(item or {})}], "training.max_steps": 1, **more}
    )


def test_a_merged_model_is_uploaded_privately_with_a_card_that_tells_no_secrets(hub: Hub, pushing) -> None:
    run = pushing()
    # A process of its own, as the launcher starts it.
    output, _ = (process := run.spawn()).communicate(timeout=120)
    assert hub.token not in output
    assert process.returncode == 0, [e["traceback"][-1500:] for e in run.events(type_="error")]
    assert not run.events(type_="error"), [e["traceback"][-900:] for e in run.events(type_="error")]
    there = hub.repositories["me/triage"]
    assert there.private
    assert {"model.safetensors", "config.json", "tokenizer.json", "README.md", "finetune.json"} <= set(there.files)
    local = run.folder / "export" / "merged_16bit"
    assert there.files["model.safetensors"] == (local / "model.safetensors").read_bytes()
    artifact = run.events(type_="artifact")[-1]
    assert (artifact["kind"], artifact["url"]) == ("merged_16bit", f"{hub.url}/me/triage")

    card = there.files["README.md"].decode()
    assert "LoRA, r " in card and "| base model | tiny |" in card
    inputs = json.loads((run.folder / "inputs.json").read_text())
    for name, data in there.files.items():
        for secret in (*inputs.values(), str(run.folder), hub.token, "Question 1", "support_triage.jsonl"):
            assert secret.encode() not in data, f"{secret} is in {name}"
    assert hub.token not in (run.folder / "events.jsonl").read_text()


def refused(run: Run, hub: Hub, code: str) -> dict:
    hub.seen.clear()
    assert run.train() == 1
    error = run.one("error")
    assert (error["code"], error["path"]) == (code, "save.push_to_hub")
    assert not run.events(type_="phase"), "nothing was imported or loaded"
    assert not [line for line in hub.seen if line.startswith("POST")]
    return error


def test_a_token_that_may_only_read_is_refused_before_the_training(hub: Hub, pushing) -> None:
    hub.role = "read"
    assert "may only read" in refused(pushing(), hub, "hub-token-read-only")["message"]


@pytest.mark.parametrize(("token", "code"), [(None, "hub-token-missing"), ("hf_wrong", "hub-token-invalid")])
def test_a_token_that_is_missing_or_wrong(hub: Hub, pushing, monkeypatch, token: str | None, code: str) -> None:
    monkeypatch.delenv("HF_TOKEN") if token is None else monkeypatch.setenv("HF_TOKEN", token)
    assert "HF_TOKEN" in refused(pushing(), hub, code)["message"]


def test_somebody_elses_repository(hub: Hub, pushing) -> None:
    error = refused(pushing({"push_to_hub": "them/triage"}), hub, "hub-owner")
    assert "push to me/triage" in error["hint"]


def test_a_repository_with_files_is_overwritten_only_when_told(hub: Hub, pushing, make_run, capfd) -> None:
    hub.repositories["me/triage"] = Repository(True, {"model.safetensors": b"years of work"})
    assert "overwrite: true" in refused(pushing(), hub, "hub-not-empty")["hint"]
    told = make_run(changes={"save": [{**MERGED, "overwrite": True}], "training.max_steps": 1}, name="told")
    assert train(told, hub, capfd) == 0
    assert hub.repositories["me/triage"].files["model.safetensors"] != b"years of work"


def test_what_an_earlier_attempt_of_the_run_has_uploaded_is_no_obstacle(hub: Hub, pushing, capfd) -> None:
    run = pushing()
    plan = json.loads((run.folder / "plan.json").read_text())["plan_id"]
    mine = {"finetune.json": json.dumps({"plan_id": plan}).encode(), "model.safetensors": b"half"}
    hub.repositories["me/triage"] = Repository(True, mine)
    assert train(run, hub, capfd) == 0


def test_a_public_repository_is_not_filled_by_a_private_wish(hub: Hub, pushing) -> None:
    hub.repositories["me/triage"] = Repository(False)
    assert "is public" in refused(pushing(), hub, "hub-public")["message"]


def test_offline_is_said_before_the_training(hub: Hub, pushing, monkeypatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "no network" in refused(pushing(), hub, "hub-offline")["message"]


def test_an_upload_that_fails_leaves_the_training_and_the_export(hub: Hub, pushing, capfd) -> None:
    hub.refuse_writes = True
    run = pushing()
    assert train(run, hub, capfd) == 0
    finished = run.one("finished")
    assert (finished["status"], finished["incomplete"]) == ("succeeded", ["merged_16bit"])
    error = run.one("error")
    assert (error["code"], error["path"]) == ("hub-forbidden", "save.push_to_hub")
    assert (run.folder / "export" / "merged_16bit" / "model.safetensors").exists()
