"""What the cards of a machine hold while something runs."""

from __future__ import annotations

import shutil
import subprocess
import threading


class Cards:
    """Peak memory of each card while something runs, MiB."""

    def __init__(self) -> None:
        self.peaks: list[int] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        command = ["nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
        while not self._end.wait(0.2):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            values = [int(line) for line in done.stdout.split() if line.isdigit()]
            before = self.peaks or [0] * len(values)
            # A look that failed tells nothing, and the next one comes.
            if len(values) == len(before):
                self.peaks = [max(pair) for pair in zip(before, values, strict=True)]

    def __enter__(self) -> Cards:
        if shutil.which("nvidia-smi"):
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
