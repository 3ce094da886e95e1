"""How an attempt ends: the error told, the last event, the exit code."""

from __future__ import annotations

import shutil
import sys
from typing import Any

from . import checkpoints, environment
from .attempt import Attempt
from .failures import explain
from .oom import total_memory, with_figures
from .rank_errors import record_error
from .stop import EXIT_INTERRUPTED

EXIT_FAILED = 1


def report(attempt: Attempt, error: BaseException, lasting: bool = False) -> None:
    """An `error` event; the traceback also goes to the log. `lasting`: the attempt goes on."""
    failure = explain(error, gpu_has_bf16())
    if attempt.memory is not None and environment.on_gpu():
        total = total_memory(environment.devices())
        failure = with_figures(failure, attempt.plan, attempt.run, attempt.memory.peaks(), total)
    make_room(attempt)
    print(failure.traceback, file=sys.stderr, flush=True)
    phase = attempt.events.current_phase() or "prepare"
    if attempt.world_size > 1:
        peaks = attempt.memory.peaks() if attempt.memory is not None else {}
        record_error(attempt.run, attempt.rank.number, attempt.events.clock.now(), failure, phase, peaks)
    if attempt.rank.handover is not None and not lasting:
        # Which rank failed first is known to the supervisor, and said by it.
        return
    optional = {"path": failure.path, "hint": failure.hint}
    attempt.events.emit(
        "error",
        code=failure.code,
        message=failure.message,
        phase=phase,
        traceback=failure.traceback,
        **{name: value for name, value in optional.items() if value is not None},
    )


# As much as the last events and the traceback take, several times over.
ROOM = 1 << 20


def make_room(attempt: Attempt) -> None:
    """On a full disk the checkpoint that did not fit stands in the way of the words that say so."""
    try:
        full = shutil.disk_usage(attempt.run).free < ROOM
        if full and attempt.rank.is_first:
            checkpoints.remove_broken(attempt.run / "checkpoints")
    except OSError:
        return  # The error that is being told weighs more than this one.


def gpu_has_bf16() -> bool | None:
    """None when torch is not there yet, or trains on the CPU."""
    torch = sys.modules.get("torch")
    if torch is None or not environment.on_gpu():
        return None
    return torch.cuda.get_device_capability()[0] >= 8


def finish(attempt: Attempt, status: str, reason: str | None, incomplete: list[str]) -> int:
    """The `finished` event. Returns the exit code."""
    if status == "failed" and attempt.rank.handover is not None:
        return EXIT_FAILED
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
