"""Which devices a run needs, before anything of torch is imported."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass

from .plan import Plan
from .refusal import Refusal

CPU = "cpu"


@dataclass(frozen=True)
class Gpu:
    uuid: str
    free: int
    """MiB; another user's processes and other containers show here and nowhere else."""


@dataclass(frozen=True)
class Wanted:
    devices: list[str]
    """UUIDs, or the CPU."""
    all: bool
    """All of them at once; else any one."""


def wanted(plan: Plan, gpus: list[Gpu]) -> Wanted:
    """Raises Refusal when the plan names a GPU that is not there."""
    named = plan.compute["local"]["gpus"]
    if os.environ.get("UNSLOTH_FORCE_CPU") == "1" or named == [] or not gpus:
        return Wanted([CPU], all=True)
    if named == "auto":
        return Wanted([gpu.uuid for gpu in gpus], all=False)
    if named == "all":
        return Wanted([gpu.uuid for gpu in gpus], all=True)
    if missing := [index for index in named if index >= len(gpus)]:
        raise Refusal(
            "no-such-gpu",
            f"compute.local.gpus names GPU {missing[0]}, but the last one here is {len(gpus) - 1}",
            "compute.local.gpus",
            "use auto, or the numbers that nvidia-smi shows",
        )
    return Wanted([gpus[index].uuid for index in named], all=True)


def roomiest(uuids: list[str], gpus: list[Gpu]) -> str:
    """The one with most free memory; the first of equals."""
    free = {gpu.uuid: gpu.free for gpu in gpus}
    return max(uuids, key=lambda uuid: free.get(uuid, 0))


def visible_gpus() -> list[Gpu]:
    """What nvidia-smi shows, less what CUDA_VISIBLE_DEVICES hides, in its order. Empty without a driver."""
    gpus = query()
    mask = os.environ.get("CUDA_VISIBLE_DEVICES")
    if mask is None:
        return gpus
    names = [name.strip() for name in mask.split(",") if name.strip() not in ("", "-1")]
    found = []
    for name in names:
        if name.isdigit():
            found += gpus[int(name) : int(name) + 1]
        else:
            found += [gpu for gpu in gpus if gpu.uuid.startswith(name)]
    return found


def query() -> list[Gpu]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=uuid,memory.total,memory.used", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return parse(answer.stdout)


def parse(table: str) -> list[Gpu]:
    gpus = []
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) == 3 and cells[0].startswith("GPU-"):
            total, used = (int(cell) if cell.isdigit() else 0 for cell in cells[1:])
            gpus.append(Gpu(cells[0], total - used))
    return gpus
