"""Events: one JSON object a line, appended to `events.jsonl` and flushed."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .clock import Clock

MAX_LINE = 64 * 1024
STDOUT_MARK = "@@ft "
DURABLE = frozenset({"checkpoint", "artifact", "finished"})
PROGRESS_EVERY_S = 0.5
NOT_PROGRESS = frozenset({"heartbeat", "memory"})


def finite(value: Any, name: str, bad: list[str]) -> Any:
    """`value` with NaN and infinities as None; their names are added to `bad`."""
    if isinstance(value, float) and not math.isfinite(value):
        bad.append(name)
        return None
    if isinstance(value, dict):
        return {key: finite(item, f"{name}.{key}" if name else str(key), bad) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item, f"{name}.{index}", bad) for index, item in enumerate(value)]
    return value


def shorten(value: Any, limit: int) -> Any:
    """`value` with every text cut to `limit` characters: its beginning and its end are kept."""
    if isinstance(value, str) and len(value) > limit:
        half = limit // 2
        return value[:half] + " … " + value[-half:]
    if isinstance(value, dict):
        return {key: shorten(item, limit) for key, item in value.items()}
    if isinstance(value, list):
        return [shorten(item, limit) for item in value]
    return value


def encode(event: dict[str, Any]) -> str:
    """One ASCII line of at most 64 KiB, without the newline."""
    bad: list[str] = []
    clean = finite(event, "", bad)
    if bad:
        clean["nonfinite"] = bad
    line = json.dumps(clean, separators=(",", ":"))
    limit = 16 * 1024
    while len(line) >= MAX_LINE and limit >= 32:
        clean = {**shorten(clean, limit), "cut": True}
        if isinstance(clean.get("sample"), dict):
            # The spans of a sample belong to the whole text: without it they point nowhere.
            clean["sample"]["spans"] = []
        line = json.dumps(clean, separators=(",", ":"))
        limit //= 2
    return line


class Events:
    """The event stream of one attempt. Every method may be called from any thread."""

    def __init__(
        self, path: Path, attempt: int, clock: Clock, stdout: bool = False, first: int = 0, phases: int = 0
    ) -> None:
        """`first`: the number of the first event; above 0 where an earlier process of this attempt has counted.

        `phases`: how many phases it has counted.
        """
        self.clock = clock
        self.attempt = attempt
        self.phase_names: list[str] = []
        self.failed_phase: str | None = None
        self._seq = first
        self._phase_count = phases
        self._lock = threading.Lock()
        self._stdout = stdout
        torn = path.exists() and path.stat().st_size > 0 and not _ends_with_newline(path)
        # Unbuffered append: one write call a line, so a reader never sees two halves interleaved.
        self._file = path.open("ab", buffering=0)
        self._torn = torn

    def emit(self, type_: str, **fields: Any) -> None:
        if type_ not in NOT_PROGRESS:
            self.clock.progressed()
        with self._lock:
            event = {
                "v": 1,
                "attempt": self.attempt,
                "seq": self._seq,
                "t": round(self.clock.now(), 3),
                "t_mono": round(self.clock.elapsed(), 3),
                "type": type_,
                **fields,
            }
            line = encode(event)
            data = line.encode("ascii") + b"\n"
            # A line that an earlier attempt, or a full disk, left unfinished must not swallow this one.
            if self._torn:
                data = b"\n" + data
            self._torn = True
            # A disk that is almost full takes a part and says nothing; the next write is refused aloud.
            while data:
                data = data[self._file.write(data) :]
            self._torn = False
            self._seq += 1
            if type_ in DURABLE:
                os.fsync(self._file.fileno())
            if self._stdout:
                # One write: print would make two, with another thread's text between them.
                sys.stdout.write(f"{STDOUT_MARK}{line}\n")
                sys.stdout.flush()

    @property
    def counted(self) -> tuple[int, int]:
        """(events, phases) so far: where another process goes on."""
        return self._seq, self._phase_count

    @property
    def on_stdout(self) -> bool:
        return self._stdout

    def open_phase(self, name: str, detail: str | None = None, can_stop: bool = True) -> OpenPhase:
        """For what goes on beside the main thread; `phase` is for what the main thread is in."""
        with self._lock:
            self._phase_count += 1
            count = self._phase_count
        return OpenPhase(self, {"id": f"{name}-{count}", "name": name, "can_stop": can_stop}, detail)

    @contextmanager
    def phase(self, name: str, detail: str | None = None, can_stop: bool = True):
        """A phase around a block; yields a function `progress(done, total, unit)`."""
        phase = self.open_phase(name, detail, can_stop)
        self.phase_names.append(name)
        try:
            yield phase.progress
        except BaseException:
            # The innermost phase that an exception left is where it happened.
            self.failed_phase = self.failed_phase or name
            raise
        else:
            self.failed_phase = None
        finally:
            self.phase_names.pop()
            phase.end()

    def warn(self, code: str, message: str, path: str | None = None, hint: str | None = None) -> None:
        optional = {"path": path, "hint": hint, "phase": self.current_phase()}
        self.emit("warning", code=code, message=message, **{k: v for k, v in optional.items() if v is not None})
        print(f"warning: {message}", file=sys.stderr, flush=True)

    def current_phase(self) -> str | None:
        return self.phase_names[-1] if self.phase_names else self.failed_phase

    def close(self) -> None:
        self._file.close()


class OpenPhase:
    """A phase that has begun."""

    def __init__(self, events: Events, common: dict[str, Any], detail: str | None) -> None:
        self._events, self._common = events, common
        self._extra = {} if detail is None else {"detail": detail}
        self._told = events.clock.elapsed()
        events.emit("phase", **common, **self._extra, state="begin")
        mark(f"==> {common['name']}" if detail is None else f"==> {common['name']}: {detail}")

    def progress(self, done: float, total: float | None, unit: str, last: bool = False) -> None:
        """Twice a second at most, but for the last word: a million rows must not write a million lines."""
        if not last and self._events.clock.elapsed() - self._told < PROGRESS_EVERY_S:
            return
        self._told = self._events.clock.elapsed()
        amount = {"done": done, "unit": unit, **({} if total is None else {"total": total})}
        self._events.emit("phase", **self._common, **self._extra, state="progress", progress=amount)

    def end(self) -> None:
        mark(f"<== {self._common['name']}")
        self._events.emit("phase", **self._common, state="end")


def mark(line: str) -> None:
    """A line of the log that tells its readers where a phase begins or ends."""
    print(line, file=sys.stderr, flush=True)


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
