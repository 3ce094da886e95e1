"""`train RUN --attempt N`: one attempt of a run, from plan to artefacts."""

from __future__ import annotations

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import checkpoints, environment
from .attempt import complete_attempt
from .clock import Clock
from .events import Events
from .failures import explain
from .memory import Memory
from .plan import Plan, PlanError, read_plan
from .pulse import heartbeat
from .refusal import refuse_cpu, refuse_plan
from .stop import EXIT_INTERRUPTED, Interrupted, Stop, watch_limits

EXIT_FAILED = 1


@dataclass
class Attempt:
    """All that belongs to this attempt, handed from phase to phase."""

    run: Path
    number: int
    plan: Plan
    inputs: dict[str, Path]
    events: Events
    stop: Stop
    world_size: int
    rank: int
    resume: checkpoints.Checkpoint | None = None
    memory: Memory | None = None
    step: int = 0
    train_loss: float | None = None


def train(run: Path, number: int) -> int:
    """Returns the exit code. Raises PlanError before anything was written."""
    clock = Clock()
    plan, inputs = read_plan(run)
    record = complete_attempt(run, number)
    events = Events(run / "events.jsonl", number, clock, stdout=plan.compute["target"] == "modal")
    stop = Stop(run, number, clock)
    stop.listen()
    attempt = Attempt(
        run,
        number,
        plan,
        inputs,
        events,
        stop,
        world_size=int(os.environ.get("WORLD_SIZE", "1")),
        rank=int(os.environ.get("RANK", "0")),
    )
    try:
        return run_attempt(attempt, record.get("resume_from"))
    finally:
        events.close()


def run_attempt(attempt: Attempt, resume_from: str | None) -> int:
    events, plan, stop = attempt.events, attempt.plan, attempt.stop
    # The step is in the folder's name; whether the checkpoint may be used is found out below.
    named = checkpoints.NAME.match(Path(resume_from).name) if resume_from else None
    events.emit(
        "started",
        run=attempt.run.name,
        plan_id=plan.plan_id,
        pid=os.getpid(),
        host=socket.gethostname(),
        python=sys.executable,
        cwd=str(Path.cwd()),
        world_size=attempt.world_size,
        resumed_from={"step": int(named[1]), "path": resume_from} if named else None,
    )
    watch_limits(stop, events.clock, plan.limits.deadline_s, plan.limits.stall_s)
    pulse = heartbeat(events)
    incomplete: list[str] = []
    try:
        environment.own_folder(attempt.run)
        if resume_from:
            attempt.resume = checkpoints.check_resume(attempt.run, resume_from, plan, attempt.world_size)
            attempt.step = attempt.resume.step
        refuse_plan(plan)
        check_inputs(attempt)
        incomplete = run_phases(attempt)
        reason = stop.reason
        status = "succeeded" if reason is None else "stopped" if reason == "user" else "interrupted"
        return finish(attempt, status, reason, incomplete)
    except Interrupted as interrupted:
        status = "stopped" if interrupted.reason == "user" else "interrupted"
        return finish(attempt, status, interrupted.reason, incomplete)
    except BaseException as error:
        report(attempt, error)
        return finish(attempt, "failed", None, incomplete)
    finally:
        pulse.stop()


def finish(attempt: Attempt, status: str, reason: str | None, incomplete: list[str]) -> int:
    fields: dict[str, Any] = {} if reason is None else {"reason": reason}
    attempt.events.emit(
        "finished",
        status=status,
        **fields,
        incomplete=incomplete,
        step=attempt.step,
        train_loss=attempt.train_loss,
        seconds=round(attempt.events.clock.elapsed(), 3),
        peaks=attempt.memory.peaks() if attempt.memory is not None else {},
    )
    return {"failed": EXIT_FAILED, "interrupted": EXIT_INTERRUPTED}.get(status, 0)


def report(attempt: Attempt, error: BaseException) -> None:
    failure = explain(error, gpu_has_bf16())
    print(failure.traceback, file=sys.stderr, flush=True)
    optional = {"path": failure.path, "hint": failure.hint}
    attempt.events.emit(
        "error",
        code=failure.code,
        message=failure.message,
        phase=attempt.events.current_phase() or "prepare",
        traceback=failure.traceback,
        **{name: value for name, value in optional.items() if value is not None},
    )


def gpu_has_bf16() -> bool | None:
    torch = sys.modules.get("torch")
    if torch is None or not environment.on_gpu():
        return None
    return torch.cuda.get_device_capability()[0] >= 8


def check_inputs(attempt: Attempt) -> None:
    """The plan names its inputs by content: a file that changed since belongs to another plan."""
    import hashlib

    from .data.problem import DataError

    for name, item in attempt.plan.inputs.items():
        path = attempt.inputs[name]
        if not path.exists():
            raise DataError("input-missing", f"{item['source']} does not exist any more ({path})")
        if item["kind"] != "file":
            continue
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != item["sha256"]:
            raise DataError(
                "input-changed", f"{item['source']} has changed since this run was planned: start a new run"
            )


def run_phases(attempt: Attempt) -> list[str]:
    """Import, load, prepare, train, save, evaluate, export. Returns the exports that failed."""
    events, plan, stop = attempt.events, attempt.plan, attempt.stop
    with events.phase("import", can_stop=False):
        environment.prepare(plan, attempt.inputs)
        if "TORCHDYNAMO_DISABLE" in os.environ and environment.is_gemma2(plan, attempt.inputs):
            events.warn(
                "gemma2-no-compiler",
                "gemma2 trains without torch's compiler, which fails on it in torch 2.11: steps are slower.",
                "model.name",
            )
        import unsloth  # noqa: F401 (before everything that it patches)

        events.emit(
            "environment",
            backend="cuda" if environment.on_gpu() else "cpu",
            versions=environment.versions(),
            devices=environment.devices(),
        )
    stop.check()
    if not environment.on_gpu():
        refuse_cpu(plan, plan.save)
    attempt.memory = Memory(events, environment.on_gpu())
    sampling = attempt.memory.start()
    try:
        from .loop import load_phase, prepare_phase, train_phase

        loaded = load_phase(attempt)
        stop.check()
        prepared = prepare_phase(attempt, loaded)
        stop.check()
        trainer, progress = train_phase(attempt, loaded, prepared)
        from .after import after_training

        return after_training(attempt, loaded, prepared, trainer, progress)
    finally:
        sampling.stop()


def main(run: str, number: int) -> int:
    try:
        return train(Path(run).resolve(), number)
    except PlanError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 2
    except OSError as error:
        print(
            f"error: {error.filename or run}: {error.strerror}. The run folder must be writable.",
            file=sys.stderr,
            flush=True,
        )
        return EXIT_FAILED
