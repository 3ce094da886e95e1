"""`attempts/N.json`: the launcher creates it, the trainer completes it first thing."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
from pathlib import Path
from typing import Any

from .files import write_json
from .plan import PlanError


def identity() -> dict[str, Any]:
    """Who this process is, so that a reader can tell whether it still lives."""
    return {
        "pid": os.getpid(),
        "pid_start": process_start(),
        "boot_id": _text("/proc/sys/kernel/random/boot_id"),
        "pid_namespace": _link("/proc/self/ns/pid"),
        "host": socket.gethostname(),
        "python": sys.executable,
    }


def process_start() -> str:
    """Linux: field 22 of /proc/self/stat. Elsewhere the creation time in milliseconds."""
    stat = _text("/proc/self/stat")
    if stat is not None:
        # The second field is the command in brackets and may hold spaces: count from its end.
        return stat[stat.rindex(")") + 2 :].split()[19]
    import psutil

    return str(round(psutil.Process().create_time() * 1000))


def process_start_of(pid: int) -> str | None:
    """As in an attempt's record; None when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    import psutil

    try:
        return str(round(psutil.Process(pid).create_time() * 1000))
    except psutil.NoSuchProcess:
        return None


def complete_attempt(run: Path, number: int, signs: bool) -> dict[str, Any]:
    """Add this process to the attempt file, when it `signs`, and return all of it."""
    path = run / "attempts" / f"{number}.json"
    try:
        attempt = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PlanError(f"{path} does not exist: attempts are created by the launcher") from error
    if signs:
        attempt.update(identity())
        write_json(path, attempt)
    return attempt


def _text(path: str) -> str | None:
    if platform.system() != "Linux":
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _link(path: str) -> str | None:
    try:
        return os.readlink(path)  # noqa: PTH115 (the target is a name such as pid:[4026531836], not a path)
    except OSError:
        return None
