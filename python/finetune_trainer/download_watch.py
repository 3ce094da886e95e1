"""Downloads of a model, told while they go on: bytes done of all, and the file.

The cache is looked at instead of hooking into the libraries' own bars: Unsloth fetches large repositories in a process
of its own, whose bars nobody here would see, and under names that its table finds for the one in the config.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .events import Events, OpenPhase
from .hub_cache import Blob, HubFile, blobs, cache_folder, wanted_files
from .plan import Plan
from .pulse import Pulse

EVERY_S = 0.5
# Between two files of one download nothing is written for a moment.
QUIET_S = 3.0


@dataclass
class Download:
    """One repository on its way."""

    phase: OpenPhase
    files: dict[str, HubFile]
    """By etag; empty when the Hub does not say."""
    total: int | None
    """Bytes that are still to come, and those that have come since."""
    changed: float
    """Monotonic seconds when it was last seen to grow."""
    done: int = 0
    told: set[str] = field(default_factory=set)


class DownloadWatch:
    def __init__(self, events: Events, plan: Plan, cache: Path) -> None:
        self._events, self._plan, self._cache = events, plan, cache
        # What was there already, whole, is not downloaded.
        self._before = {(b.repository, b.etag) for b in blobs(cache) if b.whole}
        self._at_start = self._grown()
        self._downloads: dict[str, Download] = {}

    def look(self) -> None:
        for repository, found in self._grown().items():
            if repository in self._downloads or found != self._at_start.get(repository, []):
                self._tell(repository, found)
        for repository, download in list(self._downloads.items()):
            if time.monotonic() - download.changed > QUIET_S:
                self._end(repository)

    def end(self) -> None:
        self.look()
        for repository in list(self._downloads):
            self._end(repository)

    def _grown(self) -> dict[str, list[Blob]]:
        found: dict[str, list[Blob]] = defaultdict(list)
        for blob in blobs(self._cache):
            if (blob.repository, blob.etag) not in self._before:
                found[blob.repository].append(blob)
        return found

    def _tell(self, repository: str, found: list[Blob]) -> None:
        done = sum(blob.bytes for blob in found)
        download = self._downloads.get(repository)
        if download is None:
            if not any(not blob.whole for blob in found) and done == 0:
                return
            download = self._downloads[repository] = self._begin(repository)
        if done != download.done:
            download.done, download.changed = done, time.monotonic()
        for blob in found:
            self._tell_file(repository, download, blob)
        total = download.total if download.total is not None and download.total >= done else None
        download.phase.progress(done, total, "bytes")

    def _begin(self, repository: str) -> Download:
        revision = self._plan.model.revision if repository == self._plan.model.name else None
        try:
            files = wanted_files(repository, revision)
        except Exception as error:  # Whatever it is, the download itself tells it better.
            print(f"the sizes of {repository}'s files are not known: {error}", file=sys.stderr, flush=True)
            files = {}
        missing = sum(file.bytes for etag, file in files.items() if (repository, etag) not in self._before)
        phase = self._events.open_phase("download", repository, can_stop=False)
        return Download(phase, files, missing or None, time.monotonic())

    def _tell_file(self, repository: str, download: Download, blob: Blob) -> None:
        file = download.files.get(blob.etag)
        if blob.etag in download.told or file is None:
            return
        download.told.add(blob.etag)
        print(f"downloading {file.name} of {repository} ({megabytes(file.bytes)})", file=sys.stderr, flush=True)

    def _end(self, repository: str) -> None:
        download = self._downloads.pop(repository)
        # From here on its files count as there: what comes later is a download of its own.
        self._before |= {(b.repository, b.etag) for b in blobs(self._cache) if b.whole}
        self._at_start = self._grown()
        download.phase.progress(download.done, download.done, "bytes", last=True)
        download.phase.end()


def megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.2f} GB"


@contextmanager
def downloads_told(events: Events, plan: Plan, first: bool):
    """During the block. Nothing where the Hub is not asked; of several ranks the first tells."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE or not first:
        yield
        return
    watch = DownloadWatch(events, plan, cache_folder())
    pulse = Pulse("downloads", EVERY_S, watch.look)
    try:
        yield
    finally:
        pulse.stop()
        watch.end()
