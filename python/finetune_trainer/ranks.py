"""What the processes of one attempt agree on. A process that is alone is answered at once.

Each device of a data-parallel run has a process ("rank") of its own with the variables that torchrun sets. Started
by `supervisor.py`, rank 0 goes on with the events where the supervisor stopped; under a torchrun of the user's own,
rank 0 speaks for itself.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any

HANDOVER = "FINETUNE_HANDOVER"


@dataclass(frozen=True)
class Handover:
    """What a rank must know of the supervisor that started it."""

    began: float
    """Monotonic seconds when the attempt began: one clock for all its events."""
    seq: int
    phases: int
    parent: int
    """Process id of the supervisor; a rank does not outlive it."""
    devices: list[dict[str, Any]] = field(default_factory=list)
    """All devices of the run as the `environment` event shows them; a rank sees only its own."""

    def text(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Rank:
    number: int
    world_size: int
    handover: Handover | None

    @property
    def is_first(self) -> bool:
        return self.number == 0


def this_rank() -> Rank:
    handed = os.environ.get(HANDOVER)
    handover = None if handed is None else Handover(**json.loads(handed))
    return Rank(int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1")), handover)


def agreed(wishes: list[bool], world_size: int) -> list[bool]:
    """For each wish whether any rank has it. Every rank must ask at the same place."""
    if world_size == 1:
        return wishes
    import torch
    import torch.distributed

    flags = torch.tensor([int(wish) for wish in wishes], device=device())
    torch.distributed.all_reduce(flags, op=torch.distributed.ReduceOp.MAX)
    return [bool(flag) for flag in flags.tolist()]


def total(counts: tuple[int, int], world_size: int) -> tuple[int, int]:
    """The sums over all ranks. Every rank must ask at the same place."""
    if world_size == 1:
        return counts
    import torch
    import torch.distributed

    sums = torch.tensor(counts, device=device())
    torch.distributed.all_reduce(sums)
    return int(sums[0]), int(sums[1])


def wait_for_all(world_size: int) -> None:
    """Returns when every rank has come to this line."""
    agreed([False], world_size)


def part_ways(world_size: int) -> None:
    """The end of working together: what one rank does from here on waits for nobody."""
    if world_size == 1:
        return
    import torch.distributed

    wait_for_all(world_size)
    torch.distributed.destroy_process_group()


def device() -> Any:
    """Where the back-end of the ranks can add numbers up."""
    import torch
    import torch.distributed

    if "nccl" in str(torch.distributed.get_backend()).lower():
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")
