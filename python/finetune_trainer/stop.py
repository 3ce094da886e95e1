"""Why and how an attempt ends early: a stop file, a signal, a deadline, no progress."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .clock import Clock

EXIT_INTERRUPTED = 75
GRACE_S = 120.0


class Interrupted(Exception):
    """Raised where a phase can be left at once; `reason` goes into the `finished` event."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stop:
    """The wish to end. Only the stop file of this attempt is the wish of a user."""

    def __init__(self, run: Path, attempt: int, clock: Clock, looks: bool = True) -> None:
        """`looks`: whether this process looks for the file; of several ranks only the first does."""
        self._file = run / f"stop.{attempt}" if looks else None
        self._clock = clock
        self._looked = -1.0
        self._lock = threading.Lock()
        self.reason: str | None = None
        self.before_the_end: Callable[[], None] = lambda: None
        """Called before the process is ended from outside the main thread."""

    def request(self, reason: str) -> None:
        """The first reason wins, except that the user's own wish always does."""
        with self._lock:
            if self.reason is None or reason == "user":
                self.reason = reason

    def asked(self) -> str | None:
        """The reason to end, or None. Looks at the disk at most once a second."""
        if self.reason != "user" and (self._looked < 0 or self._clock.elapsed() - self._looked >= 1.0):
            self._looked = self._clock.elapsed()
            if self._file is not None and self._file.exists():
                self.request("user")
        return self.reason

    def settled(self) -> str | None:
        """The reason at the end: looks at the disk in any case, for the file may have come with the signal."""
        self._looked = -1.0
        return self.asked()

    def check(self) -> None:
        """Leave a phase that can be left."""
        if (reason := self.asked()) is not None:
            raise Interrupted(reason)

    def listen(self) -> None:
        """Turn the signals of launchers, terminals and schedulers into a request."""
        for name in ("SIGTERM", "SIGINT", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, number: int, _frame: object) -> None:
        if self.reason == "signal" and number == signal.SIGINT:
            # Twice ^C: whoever sits at the keyboard does not want to wait for a checkpoint.
            self.before_the_end()
            os._exit(EXIT_INTERRUPTED)
        self.reason = self.reason or "signal"


def watch_limits(stop: Stop, clock: Clock, deadline_s: float | None, stall_s: float | None) -> None:
    """Ask for a stop before the deadline, and end the process if it does not come to an end itself.

    Runs on a thread of its own: a main thread that hangs in a kernel must not outlive its budget.
    """
    if deadline_s is None and stall_s is None:
        return

    def watch() -> None:
        asked_at: float | None = None
        while True:
            time.sleep(1.0)
            now = clock.elapsed()
            grace = GRACE_S if deadline_s is None else min(GRACE_S, deadline_s / 4)
            if deadline_s is not None and now >= deadline_s - grace:
                stop.request("deadline")
            if stall_s is not None and clock.since_progress() >= stall_s:
                stop.request("stall")
            if stop.reason not in ("deadline", "stall"):
                continue
            asked_at = now if asked_at is None else asked_at
            if now - asked_at >= grace:
                import faulthandler

                print(f"not ended {grace:.0f} s after {stop.reason}: ending now", file=sys.stderr, flush=True)
                faulthandler.dump_traceback()
                stop.before_the_end()
                os._exit(EXIT_INTERRUPTED)

    threading.Thread(target=watch, name="limits", daemon=True).start()
