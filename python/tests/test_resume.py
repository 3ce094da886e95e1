"""Stop, interrupt, kill, resume: the curve goes on as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import pytest
from conftest import Run, chats, set_keys

LOSS_TOLERANCE = 1e-6

KILL_IN_CHECKPOINT_8 = """
import os, signal
from finetune_trainer import checkpoints
complete = checkpoints.complete
def complete_or_die(folder, step, *rest):
    if step == 8:
        os.truncate(folder / "optimizer.pt", 100)
        os.kill(os.getpid(), signal.SIGKILL)
    return complete(folder, step, *rest)
checkpoints.complete = complete_or_die
"""


KILL_AFTER_STEP_6 = """
import os, signal
from finetune_trainer.callback import Progress
log = Progress.log
def log_or_die(self, state, logs):
    log(self, state, logs)
    if state.global_step == 6:
        os.kill(os.getpid(), signal.SIGKILL)
Progress.log = log_or_die
"""


def wait_for_step(run: Run, step: int, timeout: float = 60) -> None:
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if (run.folder / "events.jsonl").exists() and any(e["step"] >= step for e in run.events(type_="step")):
            return
        time.sleep(0.02)
    raise AssertionError(f"step {step} did not come; events: {run.events()[-3:]}")


@pytest.fixture
def whole_curve(make_run) -> dict[int, float]:
    run = make_run(name="straight", changes={"training.max_steps": 12, "training.save_steps": 4})
    assert run.train() == 0
    return run.losses()


def test_a_stopped_run_resumes_on_the_same_curve(make_run, whole_curve):
    run = make_run(changes={"training.max_steps": 12, "training.save_steps": 4})
    (run.folder / "stop.0").touch()
    # The file is there from the start: the run ends before its first step, with nothing to resume from.
    assert run.train() == 0
    finished = run.one("finished")
    assert (finished["status"], finished["reason"], finished["step"]) == ("stopped", "user", 0)
    (run.folder / "stop.0").unlink()

    run.new_attempt(1, None)
    stop_at(run, 1, 5)
    assert run.train(1) == 0
    assert run.one("finished", 1)["status"] == "stopped"
    assert run.one("finished", 1)["step"] == 5
    assert [e["step"] for e in run.events(1, "checkpoint")] == [4, 5]
    assert [e["kind"] for e in run.events(1, "artifact")] == ["adapter"]

    run.new_attempt(2, "checkpoints/checkpoint-5")
    assert run.train(2) == 0
    assert run.one("started", 2)["resumed_from"] == {"step": 5, "path": "checkpoints/checkpoint-5"}
    later = run.losses(2)
    assert sorted(later) == list(range(6, 13))
    assert later == pytest.approx({step: whole_curve[step] for step in later}, abs=LOSS_TOLERANCE)
    first, last = run.events(1, "step")[-1], run.events(2, "step")[0]
    assert last["tokens_total"] == first["tokens_total"] + last["tokens"]


def stop_at(run: Run, attempt: int, step: int) -> None:
    """Write the stop file when the events say that `step` is done, from inside the trainer's own process."""
    from finetune_trainer import stop

    class AtStep(stop.Stop):
        def asked(self):
            steps = [event["step"] for event in run.events(attempt, "step")]
            if steps and max(steps) >= step - 1:
                (run.folder / f"stop.{attempt}").touch()
            self._looked = -10.0
            return super().asked()

    import finetune_trainer.train as train

    original, train.Stop = train.Stop, AtStep
    run.restore = lambda: setattr(train, "Stop", original)  # type: ignore[attr-defined]
    trained = run.train

    def train_then_restore(number: int = 0) -> int:
        try:
            return trained(number)
        finally:
            train.Stop = original
            run.train = trained  # type: ignore[method-assign]

    run.train = train_then_restore  # type: ignore[method-assign]


def test_sigterm_is_an_interruption_with_a_checkpoint(make_run):
    run = make_run(changes={"training.max_steps": 2000, "training.save_steps": None})
    process = run.spawn()
    wait_for_step(run, 2)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 75, output
    finished = run.one("finished")
    assert (finished["status"], finished["reason"]) == ("interrupted", "signal")
    (checkpoint,) = run.events(type_="checkpoint")
    assert checkpoint["step"] == finished["step"]
    assert (run.folder / checkpoint["path"] / "COMPLETE.json").exists()


def test_a_run_killed_while_writing_a_checkpoint_goes_on_from_the_one_before(make_run, whole_curve):
    run = make_run(changes={"training.max_steps": 12, "training.save_steps": 4})
    process = run.spawn(prelude=KILL_IN_CHECKPOINT_8)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == -signal.SIGKILL, output
    broken = run.folder / "checkpoints" / "checkpoint-8"
    assert broken.exists() and not (broken / "COMPLETE.json").exists()
    assert [e["step"] for e in run.events(0, "checkpoint")] == [4]

    run.new_attempt(1, "checkpoints/checkpoint-8")
    assert run.train(1) == 1
    assert "not whole" in run.one("error", 1)["message"]

    run.new_attempt(2, "checkpoints/checkpoint-4")
    assert run.train(2) == 0
    later = run.losses(2)
    assert later == pytest.approx({step: whole_curve[step] for step in range(5, 13)}, abs=LOSS_TOLERANCE)
    assert (broken / "COMPLETE.json").exists()


def test_a_run_killed_between_checkpoints_goes_on_from_the_last_one(make_run, whole_curve):
    run = make_run(changes={"training.max_steps": 12, "training.save_steps": 4})
    process = run.spawn(prelude=KILL_AFTER_STEP_6)
    output, _ = process.communicate(timeout=90)
    assert process.returncode == -signal.SIGKILL, output
    assert max(run.losses(0)) == 6
    assert not run.events(type_="finished")
    run.new_attempt(1, "checkpoints/checkpoint-4")
    assert run.train(1) == 0
    later = run.losses(1)
    assert later == pytest.approx({step: whole_curve[step] for step in range(5, 13)}, abs=LOSS_TOLERANCE)


def test_a_changed_plan_is_refused_by_the_name_of_its_key(make_run):
    run = make_run(changes={"training.max_steps": 3})
    assert run.train() == 0
    path = run.folder / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    set_keys(plan, {"training.max_steps": 5, "training.logging_steps": 2, "dataset.0.dataset_num_proc": 1})
    path.write_text(json.dumps(plan), encoding="utf-8")
    run.new_attempt(1, "checkpoints/checkpoint-3")
    assert run.train(1) == 0, "length, cadence and the number of processes may change"
    assert run.one("finished", 1)["step"] == 5

    set_keys(plan, {"training.learning_rate": 0.5})
    path.write_text(json.dumps(plan), encoding="utf-8")
    run.new_attempt(2, "checkpoints/checkpoint-3")
    assert run.train(2) == 1
    error = run.one("error", 2)
    assert (error["code"], error["path"]) == ("resume-refused", "training.learning_rate")


def test_old_checkpoints_go_and_the_best_stays(make_run):
    run = make_run(
        eval_rows=chats(4),
        changes={
            "training.max_steps": 8,
            "training.save_steps": 1,
            "training.eval_steps": 2,
            "training.save_total_limit": 1,
            "training.load_best_model_at_end": True,
            # Loss falls: asking for the greatest makes the first evaluation the best one.
            "training.greater_is_better": True,
        },
    )
    assert run.train() == 0
    kept = sorted(path.name for path in (run.folder / "checkpoints").glob("checkpoint-*"))
    assert kept == ["checkpoint-2", "checkpoint-8"]
    assert [e["step"] for e in run.events(type_="eval") if e["best"]] == [2]
    evals = {e["step"]: e["metrics"]["eval_loss"] for e in run.events(type_="eval")[:-1]}
    assert run.events(type_="eval")[-1]["metrics"]["eval_loss"] == pytest.approx(evals[2], abs=1e-6)
    assert len(run.events(type_="artifact")) == 2


def test_files_of_a_checkpoint_are_checked_by_size(make_run):
    from finetune_trainer.checkpoints import is_whole

    run = make_run(changes={"training.max_steps": 2})
    assert run.train() == 0
    folder = run.folder / "checkpoints" / "checkpoint-2"
    assert is_whole(folder)
    with Path(folder / "optimizer.pt").open("ab") as file:
        file.write(b"x")
    assert not is_whole(folder)


def test_a_folder_that_cannot_be_written_is_one_sentence(make_run):
    run = make_run()
    if os.geteuid() == 0:
        # Root writes anywhere; a folder in the way of the file is refused to everybody.
        (run.folder / "events.jsonl").mkdir()
    else:
        run.folder.chmod(0o500)
    process = run.spawn()
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert output.strip().splitlines()[-1].endswith("The run folder must be writable.")
    assert "Traceback" not in output
