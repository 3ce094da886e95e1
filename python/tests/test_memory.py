"""What the devices hold, told: here with a card that is played."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finetune_trainer.memory import GIB, Memory
from finetune_trainer.ranks import Rank


class Heard:
    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.warnings: list[tuple[str, ...]] = []

    def emit(self, type_: str, **fields: Any) -> None:
        self.events.append((type_, fields))

    def warn(self, *words: str) -> None:
        self.warnings.append(words)


def card(reserved: float) -> list[dict[str, Any]]:
    """A card of 4 GiB, as Windows shows it."""
    held = int(reserved * GIB)
    return [{"index": 0, "reserved": held, "used": min(held, 4 * GIB), "spilled": max(0, held - 4 * GIB)}]


def test_f31_memory_that_spills_into_the_system_s_is_told_once(tmp_path: Path, monkeypatch) -> None:
    heard = Heard()
    memory = Memory(heard, True, tmp_path, Rank(0, 1, None))  # type: ignore[arg-type]
    for reserved in (3.0, 10.3, 10.3):
        monkeypatch.setattr(memory, "sample", lambda reserved=reserved: card(reserved))
        memory.tell()
    assert [type_ for type_, _ in heard.events] == ["memory"] * 3
    ((code, message, path, hint),) = heard.warnings
    assert (code, path) == ("memory-spill", "training.per_device_train_batch_size")
    assert "spilling to system memory" in message and "10.3 GiB are reserved, 6.3 more than the card has" in message
    assert "smaller batch" in hint
