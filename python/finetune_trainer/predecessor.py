"""The run that another one waits for. How it ends does not matter: the queue goes on after a failure too."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from .identity import identity, process_start_of

# As long as a launcher waits for an interpreter to say who it is.
REGISTRATION_S = 90.0
# Heartbeats come every 10 s: of a run elsewhere, silence of this length is all that will ever be known.
SILENT_S = 180.0


def still_going(run: Path) -> bool:
    """Whether an attempt of `run` may still work on it. A folder that is gone holds nobody up."""
    record = newest_attempt(run)
    if record is None or record.get("failed") is not None or has_finished(run, record.get("attempt", 0)):
        return False
    if record.get("pid") is None:
        return age_of(run / "attempts") < REGISTRATION_S
    here = identity()
    if any(record.get(key) != here[key] for key in ("host", "boot_id", "pid_namespace")):
        return age_of(run / "events.jsonl") < SILENT_S
    return process_start_of(record["pid"]) == record.get("pid_start")


def newest_attempt(run: Path) -> dict[str, Any] | None:
    """The record with the largest number; None without one that can be read."""
    names = [path for path in (run / "attempts").glob("*.json") if re.fullmatch(r"\d+", path.stem)]
    if not names:
        return None
    try:
        record = json.loads(max(names, key=lambda path: int(path.stem)).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return None
    return record if isinstance(record, dict) else None


def has_finished(run: Path, attempt: int) -> bool:
    """Whether the newest event is the last word of `attempt`; exports made later may follow it."""
    return any(event.get("type") == "finished" and event.get("attempt") == attempt for event in last_events(run))


def last_events(run: Path, limit: int = 256 * 1024) -> list[dict[str, Any]]:
    """The whole lines in the last `limit` bytes that are events."""
    try:
        with (run / "events.jsonl").open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - limit))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    found = []
    for line in lines[1 if size > limit else 0 : -1]:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and isinstance(event.get("seq"), int):
            found.append(event)
    return found


def age_of(path: Path) -> float:
    """Seconds since `path` changed; without it, for ever."""
    try:
        # A clock that was set back must not make a file young for hours.
        return abs(time.time() - path.stat().st_mtime)
    except OSError:
        return float("inf")
