"""The time of one attempt: wall time for people, monotonic time for durations."""

from __future__ import annotations

import time


class Clock:
    def __init__(self) -> None:
        self._began = time.monotonic()
        self._progress = self._began

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since the attempt began; never jumps."""
        return time.monotonic() - self._began

    def progressed(self) -> None:
        self._progress = time.monotonic()

    def since_progress(self) -> float:
        """Seconds since anything but life was reported."""
        return time.monotonic() - self._progress
