"""The time of one attempt: wall time for people, monotonic time for durations."""

from __future__ import annotations

import time


class Clock:
    def __init__(self, began: float | None = None) -> None:
        """`began`: monotonic seconds at which another process of this attempt began."""
        self.began = time.monotonic() if began is None else began
        self._progress = time.monotonic()

    def now(self) -> float:
        """Unix time in seconds."""
        return time.time()

    def elapsed(self) -> float:
        """Seconds since the attempt began; never jumps."""
        return time.monotonic() - self.began

    def progressed(self) -> None:
        self._progress = time.monotonic()

    def since_progress(self) -> float:
        """Seconds since anything but life was reported."""
        return time.monotonic() - self._progress
