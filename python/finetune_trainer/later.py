"""What happens to a run after its attempts are over, told in the run's own events.

An event is known by its attempt and its number, so what comes later goes on counting where the last attempt ended.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from .clock import Clock
from .events import Events
from .file_lock import locked
from .predecessor import last_events, still_going


def tell_later(run: Path, type_: str, **fields: Any) -> bool:
    """Append one event to a run that has ended; False while an attempt still writes its own."""
    # Two exports may end in the same moment: each reads the last number and writes the next one alone.
    with locked(run / "work" / "later.lock"):
        said = last_events(run)
        if not said or still_going(run):
            return False
        newest = max(said, key=lambda event: (event["attempt"], event["seq"]))
        events = Events(run / "events.jsonl", newest["attempt"], Clock(), first=newest["seq"] + 1)
        try:
            events.emit(type_, **fields)
        finally:
            events.close()
    # Whoever watches runs that have ended looks at their common folder only.
    os.utime(run.parent)
    return True
