"""A run whose folder is gone has no place for what it learns: it ends itself instead of holding a GPU.

Its log lies in that folder too. The last words go to stdout all the same: whoever kept the file open reads them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from .outcome import EXIT_FAILED
from .pulse import Pulse

LOOK_EVERY_S = 2.0
# A network folder may be gone for a moment: the run ends after this many looks in a row.
LOOKS = 3


class FolderWatch:
    """Ends the process some `every` times LOOKS seconds after the plan of `run` has gone."""

    def __init__(self, run: Path, end: Callable[[], None] | None = None, every: float = LOOK_EVERY_S) -> None:
        self._run = run
        self._end = end or leave
        self._missing = 0
        # On a thread of its own: the main thread may be hours from its next step.
        self._pulse = Pulse("folder", every, self._look)

    def _look(self) -> None:
        self._missing = self._missing + 1 if is_gone(self._run / "plan.json") else 0
        if self._missing == LOOKS:
            words = "was deleted or moved: there is no place left for what is trained, ending"
            print(f"error: {self._run} {words}", flush=True)
            self._end()

    def stop(self) -> None:
        self._pulse.stop()


def is_gone(path: Path) -> bool:
    """Only what is certain: a folder that cannot be reached just now may come back."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def leave() -> None:
    """At once: every file that an orderly end would write is gone."""
    end_children()
    os._exit(EXIT_FAILED)


def end_children() -> None:
    """Workers of data loaders and compilers must not outlive their trainer."""
    try:
        import psutil
    except ImportError:
        return  # Before the heavy imports nothing was started.
    for child in psutil.Process().children(recursive=True):
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
