"""One attempt of a run: all that belongs to it, handed from phase to phase."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .checkpoints import Checkpoint
from .events import Events
from .memory import Memory
from .plan import Plan
from .ranks import Rank
from .stop import Stop


@dataclass
class Attempt:
    run: Path
    """The run folder."""
    plan: Plan
    inputs: dict[str, Path]
    events: Events
    stop: Stop
    rank: Rank
    resume: Checkpoint | None = None
    memory: Memory | None = None
    step: int = 0
    """Optimiser steps done, those of earlier attempts included."""
    train_loss: float | None = None

    @property
    def world_size(self) -> int:
        return self.rank.world_size
