"""Which devices a run needs, before anything of torch is imported."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Any

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
    # A rented machine has the GPUs that were asked for, and no others.
    named = plan.compute["local"]["gpus"] if plan.compute["target"] == "local" else "all"
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


def copies(plan: Plan, devices: list[str]) -> int:
    """How many processes train, each with a copy of the model; one where a single copy is spread over the devices."""
    return 1 if plan.compute["local"]["strategy"] == "balanced" else len(devices)


def expected_copies(plan: Plan) -> int:
    """The same before the devices are chosen. Raises Refusal like `wanted`."""
    if plan.compute["target"] == "local" and plan.compute["local"]["gpus"] == "auto":
        return 1
    need = wanted(plan, visible_gpus())
    return copies(plan, need.devices) if need.all else 1


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
    return gpus_of(ask("uuid,memory.total,memory.used"))


def described(uuids: list[str]) -> list[dict[str, Any]]:
    """The GPUs as the `environment` event shows them; [] where nvidia-smi does not say."""
    rows = {cells[0]: cells[1:] for cells in ask("uuid,name,memory.total,compute_cap") if len(cells) == 4}
    return [
        {
            "index": index,
            "uuid": uuid,
            "name": rows[uuid][0],
            "total_bytes": int(rows[uuid][1]) * 2**20,
            "capability": rows[uuid][2],
        }
        for index, uuid in enumerate(uuids)
        if uuid in rows
    ]


def ask(fields: str) -> list[list[str]]:
    """What nvidia-smi says of each GPU; [] without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, f"--query-gpu={fields}", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return rows_of(answer.stdout)


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split(",")] for line in table.splitlines()]


def parse(table: str) -> list[Gpu]:
    return gpus_of(rows_of(table))


def gpus_of(rows: list[list[str]]) -> list[Gpu]:
    gpus = []
    for cells in rows:
        if len(cells) == 3 and cells[0].startswith("GPU-"):
            total, used = (int(cell) if cell.isdigit() else 0 for cell in cells[1:])
            gpus.append(Gpu(cells[0], total - used))
    return gpus
