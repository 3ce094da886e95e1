"""A copy of the model on each of several devices: here two processes on the CPU, which meet through gloo."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import PLAN, ROOT, Run, chats, set_keys

from finetune_trainer.plan import Plan, decode

TWO_DEVICES = """
from finetune_trainer import device_choice, turn
device_choice.wanted = turn.wanted = lambda plan, gpus: device_choice.Wanted([device_choice.CPU] * 2, all=True)
"""
# transformers asks for the optimiser on "cpu:0", a name that torch.load does not know. GPUs have no such gap.
CPU_0 = """
import torch.serialization
torch.serialization.register_package(0, lambda o: None, lambda o, place: o if place == "cpu:0" else None)
"""
DDP = {"compute.local": {"gpus": "all", "strategy": "ddp"}, "training.max_steps": 4, "training.save_steps": 2}


def spawn(run: Run, tmp_path: Path, number: int = 0, in_ranks: str = "") -> subprocess.Popen[str]:
    """The trainer as the launcher starts it; `in_ranks` is Python that every rank runs at its start."""
    site = tmp_path / f"site-{run.folder.name}-{number}"
    site.mkdir()
    code = f"import os\nif 'RANK' in os.environ:\n{indented(in_ranks or 'pass')}\nelse:\n{indented(TWO_DEVICES)}"
    (site / "sitecustomize.py").write_text(code, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "finetune_trainer", "train", str(run.folder), "--attempt", str(number)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "python")])},
        cwd=run.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.strip().splitlines())


def ended(process: subprocess.Popen[str], code: int) -> str:
    output, _ = process.communicate(timeout=120)
    assert process.returncode == code, output
    return output


def wait_for(run: Run, type_: str, timeout: float = 60) -> None:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if (run.folder / "events.jsonl").exists() and run.events(type_=type_):
            return
        time.sleep(0.02)
    raise AssertionError(f"no {type_}: {run.events()[-3:]}")


def test_two_ranks_train_as_one_run_and_resume(make_run, tmp_path: Path) -> None:
    run = make_run(chats(32), chats(6), DDP)
    ended(spawn(run, tmp_path), 0)
    events = run.events()
    assert [e["seq"] for e in events] == list(range(len(events))), "one stream, whoever writes it"
    assert [e["t_mono"] for e in events] == sorted(e["t_mono"] for e in events)
    started = run.one("started")
    record = json.loads((run.folder / "attempts" / "0.json").read_text())
    assert (started["world_size"], record["pid"]) == (2, started["pid"])
    assert run.one("finished")["status"] == "succeeded"
    assert [e["rows"] for e in run.events(type_="eval")][:1] == [6]
    assert run.one("artifact")["kind"] == "adapter"

    alone = make_run(chats(32), chats(6), {**DDP, "training.per_device_train_batch_size": 4}, name="alone")
    assert alone.train() == 0
    # Twice the rows a step: the counts are those of both ranks together, and so is the gradient.
    assert [e["tokens"] for e in run.events(type_="step")] == [e["tokens"] for e in alone.events(type_="step")]
    assert list(run.losses().values()) == pytest.approx(list(alone.losses().values()), abs=2e-3)

    mark = json.loads((run.folder / "checkpoints" / "checkpoint-2" / "COMPLETE.json").read_text())
    assert mark["world_size"] == 2
    assert {"rng_state_0.pth", "rng_state_1.pth"} <= set(mark["files"])
    run.new_attempt(1, "checkpoints/checkpoint-2")
    ended(spawn(run, tmp_path, 1, CPU_0), 0)
    assert run.losses(1) == pytest.approx({3: run.losses(0)[3], 4: run.losses(0)[4]}, abs=1e-6)

    run.new_attempt(2, "checkpoints/checkpoint-2")
    assert run.train(2) == 1
    assert "made by 2 processes, this attempt has 1" in run.one("error", 2)["message"]


def test_full_fine_tuning_with_copies_tells_the_memory_of_every_device(make_run, tmp_path: Path) -> None:
    full = {"lora": None, "model.full_finetuning": True, "model.load_in_16bit": False}
    run = make_run(chats(32), changes={**DDP, **full, "training.max_steps": 400, "training.save_steps": 400})
    process = spawn(run, tmp_path)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if (run.folder / "events.jsonl").exists() and any(
            [d["index"] for d in e["devices"]] == [0, 1] for e in run.events(type_="memory")
        ):
            break
        time.sleep(0.05)
    else:
        raise AssertionError(run.events(type_="memory"))
    (run.folder / "stop.0").touch()
    ended(process, 0)
    finished = run.one("finished")
    assert (finished["status"], finished["reason"]) == ("stopped", "user")
    assert [e["step"] for e in run.events(type_="checkpoint")][-1] == finished["step"] < 400
    assert run.one("artifact")["kind"] == "model"


def test_a_signal_to_the_one_that_signed_is_an_interruption_of_all(make_run, tmp_path: Path) -> None:
    run = make_run(chats(32), changes={**DDP, "training.max_steps": 2000, "training.save_steps": None})
    process = spawn(run, tmp_path)
    wait_for(run, "step")
    process.send_signal(signal.SIGTERM)
    ended(process, 75)
    finished = run.one("finished")
    assert (finished["status"], finished["reason"]) == ("interrupted", "signal")
    assert run.events(type_="checkpoint")[-1]["step"] == finished["step"]


FAIL_IN_RANK_1 = """
if os.environ["RANK"] == "1":
    from finetune_trainer.callback import Progress
    def micro_batch(self):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
    Progress.micro_batch = micro_batch
"""


def test_the_failure_that_came_first_is_told_and_all_ranks_end(make_run, tmp_path: Path) -> None:
    run = make_run(chats(32), changes=DDP)
    output = ended(spawn(run, tmp_path, in_ranks=FAIL_IN_RANK_1), 1)
    error = run.one("error")
    assert (error["rank"], error["phase"]) == (1, "train")
    assert error["code"] == "oom-train", error
    assert "[rank1]: RuntimeError: CUDA out of memory" in output
    assert run.one("finished")["status"] == "failed"
    events = run.events()
    assert [e["seq"] for e in events] == list(range(len(events)))
    assert json.loads((run.folder / "errors.rank1.json").read_text())["code"] == error["code"]


# Before it imports what takes longest: what is said of it is the same, and the other one waits for it as well.
KILLED_RANK_1 = """
if os.environ["RANK"] == "1":
    import signal
    from finetune_trainer import train
    train.import_phase = lambda attempt: os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_rank_that_is_killed_is_named(make_run, tmp_path: Path) -> None:
    run = make_run(chats(32), changes=DDP)
    ended(spawn(run, tmp_path, in_ranks=KILLED_RANK_1), 1)
    error = run.one("error")
    assert (error["code"], error["rank"]) == ("rank-died", 1)
    assert "SIGKILL" in error["message"]


def test_ranks_do_not_outlive_a_supervisor_that_is_killed(make_run, tmp_path: Path) -> None:
    run = make_run(chats(32), changes={**DDP, "training.max_steps": 2000, "training.save_steps": None})
    process = spawn(run, tmp_path)
    wait_for(run, "step")
    process.kill()
    process.wait()
    end = time.monotonic() + 20
    while time.monotonic() < end and group_lives(process.pid):
        time.sleep(0.1)
    assert not group_lives(process.pid)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_copies_on_windows_are_refused_with_the_way_out(monkeypatch) -> None:
    from finetune_trainer.refusal import Refusal, refuse_copies

    monkeypatch.setattr(sys, "platform", "win32")
    refuse_copies(plan_with({}), "llama", 1)
    with pytest.raises(Refusal, match="NCCL") as refusal:
        refuse_copies(plan_with({}), "llama", 2)
    assert "balanced" in str(refusal.value.hint)


def plan_with(changes: dict[str, Any]) -> Plan:
    raw = json.loads(PLAN.read_text(encoding="utf-8"))
    set_keys(raw, changes)
    return decode(raw)


@pytest.mark.parametrize(
    ("name", "type_"), [("./mine", "gemma3_text"), ("./mine", "gemma3"), ("unsloth/gemma-3-4b-it", "")]
)
def test_gemma3_in_padded_batches_is_refused_before_it_hangs(name: str, type_: str) -> None:
    from finetune_trainer.refusal import Refusal, refuse_copies

    padded = {"model.name": name, "training.padding_free": False}
    with pytest.raises(Refusal, match="never ends its first step") as refusal:
        refuse_copies(plan_with(padded), type_, 2)
    assert (refusal.value.code, refusal.value.path) == ("ddp-padded-gemma3", "training.padding_free")
    assert "padding_free: auto" in str(refusal.value.hint)
    refuse_copies(plan_with(padded), type_, 1)
    refuse_copies(plan_with({**padded, "training.padding_free": "auto"}), type_, 2)
    refuse_copies(plan_with({**padded, "model.name": "unsloth/Llama-3.2-1B"}), "llama", 2)


def test_gemma3_in_padded_batches_ends_with_the_way_out(make_run, tmp_path: Path, tiny: Path) -> None:
    import shutil

    gemma = shutil.copytree(tiny, tmp_path / "gemma")
    config = json.loads((gemma / "config.json").read_text())
    (gemma / "config.json").write_text(json.dumps({**config, "model_type": "gemma3_text"}))
    run = make_run(chats(8), changes={**DDP, "training.padding_free": False}, model=gemma)
    ended(spawn(run, tmp_path), 1)
    error = run.one("error")
    assert (error["code"], error["path"]) == ("ddp-padded-gemma3", "training.padding_free")
    assert not run.events(type_="phase"), "nothing was imported or loaded"
