"""When a checkpoint is due: by steps, by epoch, by time."""

from __future__ import annotations

from dataclasses import dataclass

from .plan import Training


@dataclass
class Cadence:
    strategy: str
    steps: float | None
    """Below 1 a share of all steps."""
    minutes: float | None
    saved_step: int
    saved_at: float
    """Seconds on the attempt's clock."""

    def due(self, step: int, max_steps: int, now: float) -> bool:
        """After the optimiser step `step`. The last step is always due."""
        if step >= max_steps:
            return True
        if self.strategy == "no":
            return False
        if self.minutes is not None and now - self.saved_at >= self.minutes * 60:
            return True
        if self.strategy == "steps" and self.steps is not None:
            return step % interval(self.steps, max_steps) == 0
        return False

    def due_at_epoch(self, step: int) -> bool:
        return self.strategy == "epoch" and step > self.saved_step

    def saved(self, step: int, now: float) -> None:
        self.saved_step, self.saved_at = step, now


def interval(steps: float, max_steps: int) -> int:
    return max(1, round(steps * max_steps) if steps < 1 else int(steps))


def cadence_of(training: Training, step: int, now: float) -> Cadence:
    return Cadence(training.save_strategy, training.save_steps, training.save_minutes, step, now)
