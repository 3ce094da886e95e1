"""`train RUN --attempt N`: one attempt of a run, from plan to artefacts."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

from . import checkpoints, environment
from .after import after_training
from .attempt import Attempt
from .clock import Clock
from .data.problem import DataError
from .device_choice import copies, described, expected_copies
from .events import Events
from .files import file_digest
from .folder_watch import FolderWatch
from .hub_push import preflight
from .identity import complete_attempt
from .loop import load_phase, prepare_phase, train_phase
from .memory import Memory
from .outcome import EXIT_FAILED, finish, report
from .plan import Plan, PlanError, read_plan
from .pulse import end_with_parent, heartbeat
from .ranks import this_rank
from .refusal import Refusal, refuse_copies, refuse_cpu, refuse_plan
from .stop import Interrupted, Stop, watch_limits
from .supervisor import supervise
from .turn import turn

EXIT_BAD_PLAN = 2


def main(run: str, number: int) -> int:
    """The exit code: 0 succeeded or stopped, 1 failed, 2 bad plan, 75 interrupted."""
    try:
        return train(Path(run).resolve(), number)
    except PlanError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return EXIT_BAD_PLAN
    except OSError as error:
        place, what = error.filename or run, error.strerror
        print(f"error: {place}: {what}. The run folder must be writable.", file=sys.stderr, flush=True)
        return EXIT_FAILED


def train(run: Path, number: int) -> int:
    """Raises PlanError or OSError before the first event was written, never later."""
    rank = this_rank()
    handover = rank.handover
    clock = Clock(None if handover is None else handover.began)
    plan, inputs = read_plan(run)
    # The supervisor signs for its ranks: it is the one to be stopped, and lives as long as any of them.
    record = complete_attempt(run, number, signs=rank.is_first and handover is None)
    # Only the first rank speaks; the others leave a file when they fail.
    stream = run / "events.jsonl" if rank.is_first else Path(os.devnull)
    aloud = plan.compute["target"] == "modal" and rank.is_first
    counted = (0, 0) if handover is None else (handover.seq, handover.phases)
    events = Events(stream, number, clock, aloud, *counted)
    stop = Stop(run, number, clock, looks=rank.is_first)
    stop.listen()
    if handover is not None:
        end_with_parent(handover.parent)
    try:
        return run_attempt(Attempt(run, plan, inputs, events, stop, rank), record)
    finally:
        events.close()


def run_attempt(attempt: Attempt, record: dict[str, Any]) -> int:
    """`record`: what the launcher wrote about this attempt."""
    events, plan, stop = attempt.events, attempt.plan, attempt.stop
    resume_from = record.get("resume_from")
    after = Path(record["after"]) if record.get("after") else None
    # The step is in the folder's name; whether the checkpoint may be used is found out below.
    named = checkpoints.NAME.match(Path(resume_from).name) if resume_from else None
    handed_over = attempt.rank.handover is not None
    world_size = attempt.world_size if attempt.world_size > 1 else expected(plan)
    if not handed_over:
        events.emit(
            "started",
            run=attempt.run.name,
            plan_id=plan.plan_id,
            pid=os.getpid(),
            host=socket.gethostname(),
            python=sys.executable,
            cwd=str(Path.cwd()),
            world_size=world_size,
            resumed_from={"step": int(named[1]), "path": resume_from} if named else None,
        )
    watch_limits(stop, events.clock, plan.limits.deadline_s, plan.limits.stall_s)
    pulse, folder = heartbeat(events), FolderWatch(attempt.run)
    try:
        environment.own_folder(attempt.run)
        if resume_from:
            attempt.resume = checkpoints.check_resume(attempt.run, resume_from, plan, world_size)
            attempt.step = attempt.resume.step
        if attempt.world_size > 1:
            # One of several: whoever started them has seen to the rest.
            incomplete = run_phases(attempt)
        else:
            refuse_plan(plan)
            refuse_copies(plan, environment.model_type(plan, attempt.inputs), world_size)
            check_inputs(attempt)
            preflight(plan)
            with turn(plan, attempt.run, events, stop, after) as devices:
                if copies(plan, devices) > 1:
                    pulse.stop()
                    return supervise(attempt, devices, described(devices))
                incomplete = run_phases(attempt)
        reason = stop.settled()
        status = "succeeded" if reason is None else "stopped" if reason == "user" else "interrupted"
        if attempt.rank.is_first:
            environment.remove_compile_cache(attempt.run)
        return finish(attempt, status, reason, incomplete)
    except Interrupted as interrupted:
        reason = stop.settled() or interrupted.reason
        return finish(attempt, "stopped" if reason == "user" else "interrupted", reason, [])
    except BaseException as error:
        report(attempt, error)
        return finish(attempt, "failed", None, [])
    finally:
        folder.stop()
        pulse.stop()


def expected(plan: Plan) -> int:
    """How many processes will train; a plan that names what is not here is refused later, with its sentence."""
    try:
        return expected_copies(plan)
    except Refusal:
        return 1


def check_inputs(attempt: Attempt) -> None:
    """The plan names its inputs by content: a file that changed since belongs to another plan."""
    for name, item in attempt.plan.inputs.items():
        path = attempt.inputs[name]
        if not path.exists():
            raise DataError("input-missing", f"{item['source']} does not exist any more ({path})")
        if item["kind"] != "file":
            continue
        if file_digest(path) != item["sha256"]:
            message = f"{item['source']} has changed since this run was planned: start a new run"
            raise DataError("input-changed", message)


def run_phases(attempt: Attempt) -> list[str]:
    """Import, load, prepare, train, save, evaluate, export. Returns the exports that failed."""
    stop = attempt.stop
    import_phase(attempt)
    stop.check()
    attempt.memory = Memory(attempt.events, environment.on_gpu(), attempt.run / "work", attempt.rank)
    sampling = attempt.memory.start()
    try:
        loaded = load_phase(attempt)
        stop.check()
        prepared = prepare_phase(attempt, loaded)
        stop.check()
        trainer, progress = train_phase(attempt, loaded, prepared)
        return after_training(attempt, loaded, prepared, trainer, progress)
    finally:
        sampling.stop()


def import_phase(attempt: Attempt) -> None:
    events, plan = attempt.events, attempt.plan
    with events.phase("import", can_stop=False):
        environment.prepare(plan, attempt.inputs)
        if environment.is_gemma2(plan, attempt.inputs):
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
    if not environment.on_gpu():
        refuse_cpu(plan, plan.save)
