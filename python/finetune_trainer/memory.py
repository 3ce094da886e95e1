"""What the devices hold, sampled on a thread; nothing of it on the training's own path."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

from .events import Events
from .files import write_json
from .pulse import Pulse
from .ranks import Rank

GIB = 1 << 30


class Memory:
    """Samples and remembers the peaks. Bytes everywhere."""

    def __init__(self, events: Events, cuda: bool, shared: Path, rank: Rank) -> None:
        """`shared`: a folder in which the ranks leave what their own device holds, for rank 0 to tell."""
        self._events = events
        self._cuda = cuda
        self._shared = shared
        self._rank = rank
        self._peaks: dict[tuple[int, str], int] = {}
        self._told_of_spill = False

    def sample(self) -> list[dict[str, Any]]:
        """Of all devices of the run, as far as their ranks have told."""
        own = self._sample_cuda() if self._cuda else [self._sample_cpu()]
        if self._rank.world_size == 1:
            return own
        mine = {**own[0], "index": self._rank.number}
        return [mine, *self._of_others()] if self._rank.is_first else [mine]

    def start(self) -> Pulse:
        return Pulse("memory", 2.0, self.tell)

    def tell(self) -> None:
        devices = self.sample()
        if self._rank.is_first:
            self._events.emit("memory", devices=devices)
            self._tell_of_spill(devices)
        else:
            write_json(self._shared / f"memory.rank{self._rank.number}.json", devices[0])

    def _tell_of_spill(self, devices: list[dict[str, Any]]) -> None:
        """Once: no error ever comes of it, only steps that are several times slower than they should be."""
        over = [device for device in devices if device.get("spilled")]
        if not over or self._told_of_spill:
            return
        self._told_of_spill = True
        index, reserved, spilled = (over[0][name] for name in ("index", "reserved", "spilled"))
        self._events.warn(
            "memory-spill",
            f"GPU {index} is spilling to system memory: {reserved / GIB:.1f} GiB are reserved, "
            f"{spilled / GIB:.1f} more than the card has. The driver moves them instead of failing; the run does "
            "not fit, and its steps are several times slower.",
            "training.per_device_train_batch_size",
            "as for out of memory: a smaller batch with more accumulation, a smaller model.max_seq_length, 4-bit",
        )

    def _of_others(self) -> list[dict[str, Any]]:
        paths = [self._shared / f"memory.rank{number}.json" for number in range(1, self._rank.world_size)]
        return [json.loads(path.read_text(encoding="utf-8")) for path in paths if path.exists()]

    def peaks(self) -> dict[str, int]:
        """Largest values of the attempt, by name, of the device where each is largest."""
        devices = self.sample()
        names = ("peak_allocated", "peak_reserved", "peak_used")
        found = {name: max((d[name] for d in devices if d[name] is not None), default=None) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def _peak(self, index: int, value: int, name: str = "used") -> int:
        """The largest ever: libraries set PyTorch's own peaks back in the middle of a run."""
        self._peaks[index, name] = max(value, self._peaks.get((index, name), 0))
        return self._peaks[index, name]

    def _sample_cpu(self) -> dict[str, Any]:
        used, peak = resident_bytes()
        return {
            "index": 0,
            "allocated": None,
            "reserved": None,
            "used": used,
            "peak_allocated": None,
            "peak_reserved": None,
            "peak_used": max(peak, self._peak(0, used)),
        }

    def _sample_cuda(self) -> list[dict[str, Any]]:
        import torch

        devices = []
        for index in range(torch.cuda.device_count()):
            stats = torch.cuda.memory_stats(index)
            # What the card as a whole holds, other processes included: what decides whether it fits.
            free, total = torch.cuda.mem_get_info(index)
            reserved = stats.get("reserved_bytes.all.current", 0)
            devices.append(
                {
                    "index": index,
                    "allocated": stats.get("allocated_bytes.all.current", 0),
                    "reserved": reserved,
                    "used": total - free,
                    "peak_allocated": self._peak(index, stats.get("allocated_bytes.all.peak", 0), "allocated"),
                    "peak_reserved": self._peak(index, stats.get("reserved_bytes.all.peak", 0), "reserved"),
                    "peak_used": self._peak(index, total - free),
                    # Windows and WSL move what does not fit to system memory instead of failing.
                    "spilled": max(0, reserved - total),
                }
            )
        return devices


def resident_bytes() -> tuple[int, int]:
    """Resident set of this process now and at its peak."""
    if platform.system() == "Linux":
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
        return int(values["VmRSS"]) * 1024, int(values["VmHWM"]) * 1024
    import psutil

    info = psutil.Process().memory_info()
    return info.rss, getattr(info, "peak_wset", info.rss)
