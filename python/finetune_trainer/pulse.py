"""Threads that report while the main thread works: life every 10 s, memory every 2 s."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable

from .events import Events
from .stop import EXIT_INTERRUPTED


class Pulse:
    """Calls `beat` every `seconds` on a daemon thread until stopped."""

    def __init__(self, name: str, seconds: float, beat: Callable[[], None]) -> None:
        self._end = threading.Event()
        self._seconds = seconds
        self._beat = beat
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(self._seconds):
            try:
                self._beat()
            except OSError as error:
                # A full disk ends the training through its own writes; a report must not do it.
                print(f"{self._thread.name}: {error}", flush=True)

    def stop(self) -> None:
        self._end.set()
        self._thread.join()


def end_with_parent(parent: int) -> Pulse:
    """A rank whose supervisor is gone ends: nobody would end it otherwise, and it holds a GPU."""

    def look() -> None:
        if os.getppid() != parent:
            print("the supervisor of this rank is gone: ending", file=sys.stderr, flush=True)
            os._exit(EXIT_INTERRUPTED)

    return Pulse("parent", 1.0, look)


def heartbeat(events: Events) -> Pulse:
    return Pulse(
        "heartbeat",
        10.0,
        lambda: events.emit("heartbeat", last_progress_s=round(events.clock.since_progress(), 1)),
    )
