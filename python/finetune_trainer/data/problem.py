"""What can be wrong with a data file or with one of its rows. The codes are those of the editor's reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class DataError(Exception):
    """A dataset that cannot be used at all: one sentence that names the place and the way out."""

    def __init__(
        self, code: str, message: str, hint: str | None = None, line: int | None = None, path: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.line = line
        self.path = path


class Unusable(Exception):
    """This row cannot be used; the rest of the file can."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class BadRow:
    line: int | None
    code: str
    message: str


@dataclass(frozen=True)
class Row:
    """`value` as it stands in the file, or normalised; `notes` maps a code to what deserves a word."""

    line: int | None
    value: Any
    notes: dict[str, str] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    """All columns as they stand in the file, for templates that name them."""
