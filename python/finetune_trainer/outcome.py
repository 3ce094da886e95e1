"""How an attempt ends: the error told, the last event, the exit code."""

from __future__ import annotations

import sys
from typing import Any

from . import environment
from .attempt import Attempt
from .failures import explain
from .files import write_json
from .stop import EXIT_INTERRUPTED

EXIT_FAILED = 1


def report(attempt: Attempt, error: BaseException) -> None:
    """An `error` event; the traceback also goes to the log."""
    failure = explain(error, gpu_has_bf16())
    print(failure.traceback, file=sys.stderr, flush=True)
    if attempt.rank > 0:
        record = {"t": attempt.events.clock.now(), "code": failure.code, "message": failure.message}
        write_json(attempt.run / f"errors.rank{attempt.rank}.json", {**record, "traceback": failure.traceback})
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
    """None when torch is not there yet, or trains on the CPU."""
    torch = sys.modules.get("torch")
    if torch is None or not environment.on_gpu():
        return None
    return torch.cuda.get_device_capability()[0] >= 8


def finish(attempt: Attempt, status: str, reason: str | None, incomplete: list[str]) -> int:
    """The `finished` event. Returns the exit code."""
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
