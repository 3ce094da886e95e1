"""The tickets of the queue: files in the user's data folder, `queue/<priority>-<time>-<run>.json`.

The order of the names is the order of the queue: renaming a ticket moves it, deleting it cancels the run. A run
takes all its devices at once, and an earlier ticket keeps its claim while it waits: no run starves, and none
waits for one device while it holds another. A ticket whose process is gone is removed by whoever sees it.
"""

from __future__ import annotations

import json
import os
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .device_choice import Wanted
from .file_lock import locked
from .files import write_json
from .identity import identity, process_start_of
from .predecessor import still_going

PRIORITY = 50
# A holder touches its ticket; one of an earlier boot that nobody touched for so long has no holder any more.
UNTOUCHED_S = 60.0


@dataclass(frozen=True)
class Ticket:
    path: Path
    value: dict[str, Any]

    @property
    def holds(self) -> bool:
        return self.value.get("state") == "holding"

    @property
    def devices(self) -> set[str]:
        return set(self.value.get("devices", []))


class Tickets:
    """The queue as one run sees it. Runs in other machines and containers have devices of their own."""

    def __init__(self, folder: Path, run: Path, attempt: int, after: Path | None = None) -> None:
        """`after`: the folder of a run whose end is waited for, whatever devices are free."""
        self._folder = folder
        self._me = {**identity(), "token": uuid.uuid4().hex, "run": str(run), "attempt": attempt}
        if after is not None:
            self._me["after"] = str(after)

    def join(self, wanted: Wanted) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{PRIORITY}-{time.time_ns()}-{Path(self._me['run']).name}.json"
        value = {**self._me, "state": "waiting", "devices": wanted.devices, "all": wanted.all, "created": time.time()}
        write_json(self._folder / name, value)

    def mine(self) -> Ticket | None:
        """None: somebody deleted it, which cancels the run."""
        return next((ticket for ticket in self._read() if ticket.value["token"] == self._me["token"]), None)

    def free(self, wanted: Wanted) -> list[str] | None:
        """The devices to choose from when it is this run's turn, else None. Call it with the lock held."""
        ahead, mine = self._ahead()
        if mine is None or waits_for_another(mine):
            return None
        held = set().union(*(ticket.devices for ticket in ahead if ticket.holds))
        waiting = [ticket for ticket in ahead if not ticket.holds and ticket.devices & set(wanted.devices)]
        claimed = set().union(*(ticket.devices for ticket in waiting if ticket.value.get("all")))
        left = [device for device in wanted.devices if device not in held | claimed]
        if wanted.all:
            return wanted.devices if len(left) == len(wanted.devices) and not waiting else None
        # Those before that take any one will each take one of these.
        before = sum(1 for ticket in waiting if not ticket.value.get("all"))
        return left if len(left) > before else None

    def take(self, devices: list[str]) -> None:
        """Call it with the lock held."""
        if (mine := self.mine()) is not None:
            write_json(mine.path, {**mine.value, "state": "holding", "devices": devices, "all": True})

    def lock(self):
        # Outside of the folder's *.json, so it is no ticket.
        return locked(self._folder / "lock")

    def behind(self, wanted: Wanted) -> str:
        """For people: which run is waited for."""
        ahead, mine = self._ahead()
        if mine is not None and waits_for_another(mine):
            return f"after {short(Path(mine.value['after']).name)}"
        names = [short(Path(t.value.get("run", "?")).name) for t in ahead if t.devices & set(wanted.devices)]
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        return f"behind {names[0]}{more}" if names else "next"

    def touch(self) -> None:
        if (mine := self.mine()) is not None:
            os.utime(mine.path)

    def leave(self) -> None:
        if (mine := self.mine()) is not None:
            mine.path.unlink(missing_ok=True)

    def _ahead(self) -> tuple[list[Ticket], Ticket | None]:
        """Tickets that count before this one: all that hold, and those that wait with a smaller name."""
        tickets = self._read()
        mine = next((ticket for ticket in tickets if ticket.value["token"] == self._me["token"]), None)
        ahead = []
        for ticket in tickets:
            if ticket is mine or not self._is_here(ticket):
                continue
            if self._is_gone(ticket):
                ticket.path.unlink(missing_ok=True)
            elif ticket.holds or (
                mine is not None and ticket.path.name < mine.path.name and not waits_for_another(ticket)
            ):
                ahead.append(ticket)
        return ahead, mine

    def _read(self) -> list[Ticket]:
        """In the order of the queue; torn and foreign files are none."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                value = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, json.JSONDecodeError):
                continue
            if isinstance(value, dict) and isinstance(value.get("token"), str) and isinstance(value.get("pid"), int):
                found.append(Ticket(path, value))
        return found

    def _is_here(self, ticket: Ticket) -> bool:
        return all(ticket.value.get(key) == self._me[key] for key in ("host", "pid_namespace"))

    def _is_gone(self, ticket: Ticket) -> bool:
        if ticket.value.get("boot_id") != self._me["boot_id"]:
            try:
                return time.time() - ticket.path.stat().st_mtime > UNTOUCHED_S
            except OSError:
                return False
        return process_start_of(ticket.value["pid"]) != ticket.value.get("pid_start")


def waits_for_another(ticket: Ticket) -> bool:
    """Such a ticket claims nothing: moved to the front it must not hold up the very run that it waits for."""
    after = ticket.value.get("after")
    return not ticket.holds and isinstance(after, str) and still_going(Path(after))


def short(run_id: str) -> str:
    """`20261125-142233-support-triage-3f9a` is known to people as support-triage."""
    match = re.fullmatch(r"\d{8}-\d{6}-(.+)-[0-9a-f]{4}", run_id)
    return match[1] if match else run_id
