"""In how many processes the rows of a source are tokenised."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .files import bytes_of
from .plan import Source
from .row_encoder import Context

# A process takes some seconds to start, and one tokenises a few thousand rows in a second.
ROWS_OF_A_PROCESS = 20_000
MOST = 8
PATH = "dataset.dataset_num_proc"


def processes_for(context: Context, source: Source, bytes_per_row: float) -> int:
    """As many as the config says; else by rows and cores, and 1 for small data and what comes as a stream."""
    asked = source.dataset_num_proc
    if sys.platform == "win32":
        if asked is not None and asked > 1:
            context.warn(
                "windows-workers",
                "On Windows rows are tokenised in the trainer's own process: workers often die there.",
                PATH,
                "remove dataset_num_proc",
            )
        return 1
    if asked is not None:
        return asked
    if source.input is None or bytes_per_row <= 0:
        return 1
    rows = bytes_of(context.inputs[source.input]) / bytes_per_row
    return max(1, min(int(rows / ROWS_OF_A_PROCESS), usable_cores() // context.ranks, MOST))


def usable_cores(limit: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """Those that this process may use, and of which a container gives it a share."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = limit.read_text(encoding="ascii").split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):
        return cores  # No container, or one without a limit ("max").
