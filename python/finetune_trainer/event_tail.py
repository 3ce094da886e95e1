"""The end of an event stream: where whoever goes on with it has to start."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

# A line is at most 64 KiB: the newest step is in here, however long the stream.
LOOKED_AT = 1024 * 1024


@dataclass(frozen=True)
class Tail:
    seq: int
    """The last number that was given; -1 when there is none."""
    step: int
    status: str | None
    """Of `finished`; None while the attempt has none."""


def read_tail(path: Path, attempt: int) -> Tail:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LOOKED_AT))
        lines = file.read().split(b"\n")
    seq, step, status = -1, 0, None
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if not isinstance(event, dict) or event.get("attempt") != attempt:
            continue
        seq = event["seq"]
        if event["type"] == "step":
            step = event["step"]
        if event["type"] == "finished":
            status, step = event["status"], event["step"]
    return Tail(seq, step, status)
