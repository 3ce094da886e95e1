"""What there is to say about the rows of one split."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from .data.problem import BadRow
from .render import Rendered

LISTED = 20


@dataclass
class Report:
    skipped: list[dict[str, Any]] = field(default_factory=list)
    skipped_total: int = 0
    truncated: int = 0
    """Rows longer than max_seq_length, whatever was done with them."""
    rewritten: int = 0
    """Rows of which the template shows earlier turns differently once later ones follow."""
    notes: dict[str, tuple[int, str]] = field(default_factory=dict)
    """code → (rows, first sentence with its place)."""
    sample: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Report:
        notes = {code: (count, first) for code, (count, first) in value["notes"].items()}
        sample = value["sample"]
        if sample is not None:
            sample = {**sample, "spans": [tuple(span) for span in sample["spans"]]}
        return cls(**{**value, "notes": notes, "sample": sample})

    def skip(self, file: str, row: BadRow) -> None:
        self.skipped_total += 1
        if len(self.skipped) < LISTED:
            self.skipped.append({"file": file, "line": row.line, "code": row.code, "message": row.message})

    def note(self, file: str, line: int | None, code: str, message: str) -> None:
        count, first = self.notes.get(code, (0, f"{file}, line {line}: {message}"))
        self.notes[code] = (count + 1, first)

    def show(self, rendered: Rendered) -> None:
        """The first rendered row becomes the sample."""
        if self.sample is None:
            self.sample = {"text": rendered.text, "spans": marked(rendered.text, rendered.spans)}

    def add(self, other: Report) -> None:
        self.skipped = [*self.skipped, *other.skipped][:LISTED]
        self.skipped_total += other.skipped_total
        self.truncated += other.truncated
        self.rewritten += other.rewritten
        for code, (count, first) in other.notes.items():
            before = self.notes.get(code, (0, first))
            self.notes[code] = (before[0] + count, before[1])
        self.sample = self.sample or other.sample


def marked(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    """`spans` with the untrained text between them."""
    found: list[tuple[int, int, bool]] = []
    at = 0
    for start, end in spans:
        if start > at:
            found.append((at, start, False))
        found.append((start, end, True))
        at = end
    if at < len(text):
        found.append((at, len(text), False))
    return found


def token_statistics(tokens: list[int], trained: int) -> dict[str, Any]:
    """Counts over the rows as they are trained on, weights applied."""
    import numpy

    values = numpy.array(tokens)
    return {
        "total": int(values.sum()),
        "trained": trained,
        "mean": float(values.mean()),
        "p50": float(numpy.percentile(values, 50)),
        "p95": float(numpy.percentile(values, 95)),
        "max": int(values.max()),
        "histogram": histogram(values),
    }


def histogram(values: Any, bars: int = 24) -> list[list[int]]:
    """[largest length of the bar, rows in it], ascending; bars are equally wide and may be empty."""
    import numpy

    width = max(1, math.ceil(int(values.max()) / bars))
    counts = numpy.bincount((numpy.maximum(values, 1) - 1) // width)
    return [[(bar + 1) * width, int(rows)] for bar, rows in enumerate(counts)]
