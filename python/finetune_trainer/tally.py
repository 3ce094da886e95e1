"""What is known of encoded rows beside what is trained on."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from .report import Report


def numbers() -> array[int]:
    return array("q")


@dataclass
class Tally:
    """Of used rows, in their order."""

    hashes: list[str] = field(default_factory=list)
    """One a row."""
    pieces: array[int] = field(default_factory=numbers)
    """How many rows of the dataset each of them became: several where a long one is split."""
    tokens: array[int] = field(default_factory=numbers)
    """One a piece, like `trained`."""
    trained: array[int] = field(default_factory=numbers)
    report: Report = field(default_factory=Report)

    def add_row(self, digest: str, tokens: list[int], trained: list[int]) -> None:
        self.hashes.append(digest)
        self.pieces.append(len(tokens))
        self.tokens.extend(tokens)
        self.trained.extend(trained)

    def add(self, other: Tally) -> None:
        self.hashes.extend(other.hashes)
        self.pieces.extend(other.pieces)
        self.tokens.extend(other.tokens)
        self.trained.extend(other.trained)
        self.report.add(other.report)
