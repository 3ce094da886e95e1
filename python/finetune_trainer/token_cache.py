"""Encoded rows of earlier runs, by what they depend on: `<cache>/tokens/<key>/`.

An entry is a folder that appears whole, by one rename: rows.arrow (hard-linked with the run's own file where the disk
allows), tally.npz and entry.json with the hashes of both. Who reads it gets a link of its own, so that an entry may go
while its rows are mapped.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .file_lock import locked
from .files import bytes_of, file_digest
from .report import Report
from .tally import Tally

# Of all entries; the one that was used longest ago goes first.
MOST_BYTES = 10 << 30
ROWS, TALLY, ENTRY = "rows.arrow", "tally.npz", "entry.json"
PARTIAL = ".partial-"
ABANDONED_S = 24 * 3600
# Whoever holds a lock longer may be suspended: then the rows are made here as well.
PATIENCE_S = 1800.0


class TokenCache:
    """Nothing here fails a run: what cannot be kept or read is told in the log and made again."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    @contextmanager
    def alone(self, key: str, label: str, check: Callable[[], None]) -> Iterator[None]:
        """Equal rows are encoded by one process at a time, this run's ranks and other runs alike."""
        began: list[float] = []

        def waiting() -> None:
            if not began:
                say(f"waiting for another process that tokenises the rows of {label}")
                began.append(time.monotonic())
            if time.monotonic() - began[0] > PATIENCE_S:
                raise TimeoutError(f"another process holds it for {PATIENCE_S / 60:.0f} minutes")
            check()

        with ExitStack() as stack:
            try:
                stack.enter_context(locked(self._folder / "locks" / f"{key[:3]}.lock", waiting))
            except OSError as error:
                say(f"it is not locked ({error})")
            yield

    def take(self, key: str, label: str, target: Path) -> Tally | None:
        """The rows as the file `target`; None where there are none."""
        entry = self._folder / key
        if not entry.is_dir():
            return None
        try:
            tally = read_entry(entry)
            link(entry / ROWS, target)
            os.utime(entry)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            say(f"the entry of {label} is broken and is made anew ({type(error).__name__}: {error})")
            remove(entry)
            return None
        say(f"took {len(tally.tokens)} rows of {label}, tokenised by an earlier run ({key[:12]})")
        return tally

    def keep(self, key: str, rows: Path, tally: Tally) -> None:
        size = rows.stat().st_size
        if size > self._most // 2:
            say(f"{size >> 20} MiB of rows are too many to be kept")
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(dir=self._folder, prefix=PARTIAL))
            try:
                write_entry(building, rows, tally)
                remove(self._folder / key)
                building.rename(self._folder / key)
            finally:
                shutil.rmtree(building, ignore_errors=True)
            self._make_room(key)
        except OSError as error:
            say(f"the rows are not kept for later runs ({error})")

    def _make_room(self, newest: str) -> None:
        folders = [path for path in self._folder.iterdir() if path.is_dir() and path.name != "locks"]
        for path in folders:
            if path.name.startswith(PARTIAL) and time.time() - path.stat().st_mtime > ABANDONED_S:
                remove(path)
        entries = [path for path in folders if not path.name.startswith(PARTIAL)]
        entries.sort(key=lambda path: (path.name == newest, path.stat().st_mtime), reverse=True)
        total = 0
        for path in entries:
            total += bytes_of(path)
            if total > self._most:
                remove(path)


def write_entry(folder: Path, rows: Path, tally: Tally) -> None:
    import numpy

    link(rows, folder / ROWS)
    hashes = numpy.array(tally.hashes, dtype="S16")
    counts = {name: numpy.array(getattr(tally, name)) for name in ("pieces", "tokens", "trained")}
    numpy.savez(folder / TALLY, hashes=hashes, **counts)
    digests = {name: file_digest(folder / name) for name in (ROWS, TALLY)}
    about = {"files": digests, "report": tally.report.as_json()}
    (folder / ENTRY).write_text(json.dumps(about), encoding="utf-8")


def read_entry(folder: Path) -> Tally:
    """Raises what reading a damaged file raises; a file that is not the one that was written is a ValueError."""
    import numpy

    about: dict[str, Any] = json.loads((folder / ENTRY).read_text(encoding="utf-8"))
    for name in (ROWS, TALLY):
        if file_digest(folder / name) != about["files"][name]:
            raise ValueError(f"{name} has changed")
    with numpy.load(folder / TALLY, allow_pickle=False) as found:
        hashes = [digest.decode("ascii") for digest in found["hashes"].tolist()]
        counts = [array("q", found[name].tolist()) for name in ("pieces", "tokens", "trained")]
    return Tally(hashes, *counts, Report.from_json(about["report"]))


def link(source: Path, target: Path) -> None:
    """The same bytes under another name, in the place of what is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)  # Another disk, or one without links.


def remove(path: Path) -> None:
    """Gone for everybody at once; Windows refuses while somebody reads it, and another time will do."""
    away = path.with_name(f"{PARTIAL}{path.name}-{os.getpid()}")
    try:
        path.rename(away)
    except OSError:
        return
    shutil.rmtree(away, ignore_errors=True)


def say(words: str) -> None:
    print(f"token cache: {words}", file=sys.stderr, flush=True)
