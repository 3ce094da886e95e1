"""`errors.rank<N>.json`: what a rank failed with. The failure that came first is the cause of the others."""

from __future__ import annotations

import json
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .failures import Failure
from .files import write_json

# Said by a rank whose partner is gone: true, and never the cause.
CONSEQUENCES = (
    "DistBackendError",
    "Connection closed by peer",
    "Connection reset by peer",
    "ncclRemoteError",
    "Watchdog caught collective operation timeout",
)


@dataclass(frozen=True)
class RankError:
    rank: int
    t: float
    code: str
    message: str
    path: str | None
    hint: str | None
    phase: str
    traceback: str
    peaks: dict[str, int] = field(default_factory=dict)

    @property
    def is_consequence(self) -> bool:
        return any(part in self.traceback for part in CONSEQUENCES)


def record_error(run: Path, rank: int, t: float, failure: Failure, phase: str, peaks: dict[str, int]) -> None:
    told = (failure.code, failure.message, failure.path, failure.hint, phase, failure.traceback, peaks)
    write_json(run / f"errors.rank{rank}.json", asdict(RankError(rank, t, *told)))


def forget_errors(run: Path) -> None:
    """Those of an earlier attempt."""
    for path in run.glob("errors.rank*.json"):
        path.unlink()


def recorded(run: Path) -> list[RankError]:
    """Causes before consequences, each earliest first."""
    found = [RankError(**json.loads(path.read_text(encoding="utf-8"))) for path in run.glob("errors.rank*.json")]
    return sorted(found, key=lambda error: (error.is_consequence, error.t))


def first_error(run: Path, codes: list[int | None]) -> RankError:
    """`codes`: how each rank ended. One that was killed has left no record and is then the cause."""
    errors = recorded(run)
    if errors and not errors[0].is_consequence:
        return errors[0]
    told = {error.rank for error in errors}
    silent = [(rank, code) for rank, code in enumerate(codes) if code not in (None, 0) and rank not in told]
    if not silent and errors:
        return errors[0]
    rank, code = silent[0] if silent else (0, None)
    return RankError(
        rank,
        0.0,
        "rank-died",
        f"The process of rank {rank} ended without a word ({ended(code)})",
        None,
        "the end of the log shows its last lines; a process that is killed usually found the system's memory full",
        "train",
        "",
    )


def ended(code: int | None) -> str:
    if code is None:
        return "it did not answer"
    if code >= 0:
        return f"exit code {code}"
    return signal.Signals(-code).name
