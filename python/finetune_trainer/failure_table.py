"""What a log or traceback means, by the table of failures that the editor uses too (`failures.json`).

How rows match is said in the file itself under `about`; both readers pass test/fixtures/failures/logs.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

Row = dict[str, Any]
KINDS = ("cause", "symptom", "wrapper")


@dataclass(frozen=True)
class Explained:
    code: str
    phase: str
    fragment: str
    line: int  # of the text, from 1
    message: str
    path: str | None  # of the config, dotted
    hint: str


@dataclass(frozen=True)
class Line:
    number: int
    text: str
    is_frame: bool  # quotes source code, which nobody printed


@dataclass(frozen=True)
class Match:
    row: Row
    fragment: str
    line: Line
    unit: list[Line]


@cache
def rows() -> tuple[Row, ...]:
    table = json.loads(Path(__file__).with_name("failures.json").read_text(encoding="utf-8"))
    # A benign row takes its line before any other sees it.
    return tuple(sorted(table["rows"], key=lambda row: row["kind"] != "benign"))


def explain_log(text: str, bf16: bool | None = None) -> list[Explained]:
    """The first cause first. `bf16`: whether the GPU has it; None when that is not known."""
    told: dict[str, Match] = {}
    seen: set[str] = set()
    for unit in units(text):
        matches = [match for line in unit if (match := match_of(line, unit))]
        seen.update(match.row["code"] for match in matches)
        best = next((match for kind in KINDS for match in matches if match.row["kind"] == kind), None)
        if best is not None:
            told.setdefault(best.row["code"], best)
    matches = [match for match in told.values() if not seen.intersection(match.row.get("after", ()))]
    news = [match for match in matches if match.row["kind"] != "wrapper"] or matches
    known = bf16 if bf16 is not None else bf16_said_by(text)
    return [worded(match, known) for match in sorted(news, key=lambda match: match.line.number)]


def match_of(line: Line, unit: list[Line]) -> Match | None:
    if line.is_frame:
        return None
    for row in rows():
        fragment = next((part for part in row["any"] if part in line.text), None)
        if fragment is None or not fits(row, unit):
            continue
        return None if row["kind"] == "benign" else Match(row, fragment, line, unit)
    return None


def fits(row: Row, unit: list[Line]) -> bool:
    return ("unit" not in row or occurs(row["unit"], unit)) and not occurs(row.get("unless", ()), unit)


def occurs(parts: list[str] | tuple[str, ...], unit: list[Line]) -> bool:
    return any(part in line.text for line in unit for part in parts)


def worded(match: Match, bf16: bool | None) -> Explained:
    row = match.row
    fitting = (variant for variant in row.get("variants", ()) if applies(variant, match.unit, bf16))
    words = {**row, **next(fitting, {})}
    return Explained(
        code=row["code"],
        phase=row["phase"],
        fragment=match.fragment,
        line=match.line.number,
        message=words["message"],
        path=words["path"],
        hint=words["hint"],
    )


def applies(variant: dict[str, Any], unit: list[Line], bf16: bool | None) -> bool:
    if "when" in variant and not occurs(variant["when"], unit):
        return False
    return "bf16" not in variant or variant["bf16"] is bf16


BANNER = re.compile(r"Bfloat16 = (TRUE|FALSE)")
WITHOUT_BF16 = re.compile(
    r"\b(?:Tesla (?:T4|V100|P100|P40)|NVIDIA T4|V100-(?:SXM|PCIE)|RTX 20\d\d|GTX 16\d\d|Quadro RTX|TITAN V)"
)


def bf16_said_by(text: str) -> bool | None:
    """What a log tells about the GPU in it."""
    banner = BANNER.search(text)
    if banner:
        return banner[1] == "TRUE"
    return False if WITHOUT_BF16.search(text) else None


ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
RANK = re.compile(r"\[(?:rank)?\d+\]:\s?")
TRACEBACK = re.compile(r"\s*(?:\S+ )?Traceback \(most recent call last\)")
CHAIN = re.compile(r"The above exception was the direct cause|During handling of the above exception")
FRAME = re.compile(r'\s+File "')
MOST_LINES = 2000  # a log that only looks like a traceback must not fill the memory
MOST_MESSAGE = 20  # lines of one exception's message after its first


class Open:
    """A traceback that is being read. States: frames, message, blank, chain."""

    def __init__(self, first: Line) -> None:
        self.lines = [first]
        self.state = "frames"
        self.message_lines = 0

    def continues(self, text: str) -> bool:
        if len(self.lines) >= MOST_LINES:
            return False
        blank = not text.strip()
        if TRACEBACK.match(text):
            if self.state != "chain":
                return False
            self.state = "frames"
        elif CHAIN.match(text):
            self.state = "chain"
        elif FRAME.match(text):
            self.state = "frames"
        elif self.state == "frames":
            if not blank and not text[0].isspace():
                self.state, self.message_lines = "message", 0
        elif self.state == "message":
            if blank:
                self.state = "blank"
            else:
                self.message_lines += 1
                return self.message_lines <= MOST_MESSAGE
        else:
            return blank
        return True


def units(text: str) -> Iterator[list[Line]]:
    """Tracebacks with their chained exceptions, other lines alone; each rank has its own open traceback."""
    opened: dict[str, Open] = {}
    for number, raw in enumerate(text.split("\n"), start=1):
        plain = ANSI.sub("", raw)
        rank = match[0] if (match := RANK.match(plain)) else ""
        line = plain[len(rank) :]
        unit = opened.get(rank)
        if unit is not None and unit.continues(line):
            unit.lines.append(Line(number, line, unit.state == "frames"))
            continue
        if unit is not None:
            del opened[rank]
            yield unit.lines
        first = Line(number, line, False)
        if TRACEBACK.match(line):
            opened[rank] = Open(first)
        else:
            yield [first]
    for unit in opened.values():
        yield unit.lines
