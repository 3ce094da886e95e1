"""`python -m finetune_trainer.container RUN --name 0 --mount DIR … -- VERB …`: the main process of a rented sandbox.

It starts the trainer as a child and is what stays when the trainer hangs or dies. Everything the child prints
leaves as whole lines on one stream, in one order, and the same bytes lie in `stream.<name>.log` on the volume:
a reader that lost the connection begins again at the first line. Lines of its own begin with `@@box `.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from .events import STDOUT_MARK
from .files import write_json

BOX_MARK = b"@@box "
TEXT_MARK = b"@@u "
EVENT_MARK = STDOUT_MARK.encode("ascii") + b"{"
# An event line has at most 64 KiB.
LONGEST = 256 * 1024
# What must be on the volume before anybody hears of it.
DURABLE = (b'"type":"checkpoint"', b'"type":"artifact"', b'"type":"finished"')
NO_PROGRESS = (b'"type":"heartbeat"', b'"type":"memory"')
# A pipe that stays open this long without a word, after the trainer ended, is held by a process that escaped its group.
SILENT_S = 10.0
# The trainer ends itself when nothing moves; this much later it is ended from here.
STALL_GRACE_S = 180.0
# A stack takes a moment to print; the helpers of a large run are many, and theirs are all the same.
TRACE_S = 0.3
MOST_TRACES = 16
ALREADY_STARTED = 76
TRAINER = (sys.executable, "-m", "finetune_trainer")
SECRETS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "WANDB_API_KEY")


def sync(mount: str) -> None:
    """Commit the volume now. Elsewhere than on Modal this only flushes a folder."""
    try:
        subprocess.run(["sync", mount], stdin=subprocess.DEVNULL, capture_output=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"sync {mount}: {error}", file=sys.stderr, flush=True)


class Out:
    """The one stream: stdout and the file on the volume. May be used from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        # Of the log: a reader that has fewer knows that some were lost on the way.
        self.lines = 0
        self._secrets = [value.encode() for name in SECRETS if len(value := os.environ.get(name, "")) >= 8]
        # Exclusive: of two sandboxes for the same attempt only one may train.
        self._file = path.open("xb", buffering=0)

    def line(self, line: bytes) -> None:
        # Some library prints its environment; a log is read by others.
        for secret in self._secrets:
            line = line.replace(secret, b"***")
        with self._lock:
            data = memoryview(line + b"\n")
            self._file.write(data)
            while data:
                data = data[os.write(1, data) :]

    def text(self, line: bytes) -> None:
        """A line of the log. Streams are cut anywhere on their way, so no character may have two bytes."""
        with self._lock:
            self.lines += 1
        if line.isascii():
            self.line(line)
        else:
            self.line(TEXT_MARK + json.dumps(line.decode("utf-8", "replace")).encode("ascii"))

    def box(self, kind: str, **fields: Any) -> None:
        value = {"kind": kind, "t": round(time.time(), 3), **fields}
        self.line(BOX_MARK + json.dumps(value, separators=(",", ":")).encode("ascii"))


class Child:
    """The trainer, its two streams, and when it last got on."""

    def __init__(self, command: list[str], out: Out, mount: str) -> None:
        self._out, self._mount = out, mount
        self.progress = time.monotonic()
        self.seq = -1
        # By descriptor: since when its reader waits for more; None while it passes on what it has read.
        self._waits: dict[int, float | None] = {}
        # A signal that ends it prints where every thread was.
        env = {**os.environ, "PYTHONFAULTHANDLER": "1"}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (self._process.stdout, self._process.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def poll(self) -> int | None:
        return self._process.poll()

    def ask(self) -> None:
        """The polite signal, to the child alone: it tells the ranks it has started."""
        self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """First with a trace of what hangs, then for good, with everything it has started."""
        # One after the other: stacks that two processes print at once cannot be told apart.
        for number in (members(self._process.pid) or [self._process.pid])[:MOST_TRACES]:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGABRT)
                time.sleep(TRACE_S)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._group(signal.SIGKILL)
        self._process.wait()

    def finish(self) -> None:
        """What the child has started goes with it; what was printed is passed on, however long the volume takes."""
        for reader in self._readers:
            reader.join(2)
        self._group(signal.SIGKILL)
        # Every checkpoint is committed before it is told, so the readers may be minutes behind a child that has ended.
        while any(reader.is_alive() for reader in self._readers) and not self._silent():
            time.sleep(0.05)

    def _silent(self) -> bool:
        """Nothing is being passed on, and nothing has come for long."""
        now = time.monotonic()
        return all(since is not None and now - since >= SILENT_S for since in self._waits.values())

    def _group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _read(self, stream: Any) -> None:
        number = stream.fileno()
        try:
            rest = b""
            while chunk := self._more(number):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._pass(line)
                if len(rest) > LONGEST:
                    # A progress bar that never ends its line: what it painted over is not worth keeping.
                    painted = rest.rfind(b"\r", 0, -1) + 1
                    rest = rest[painted:] if painted else self._pass(rest)
            if rest:
                self._pass(rest)
        finally:
            # It keeps nobody waiting from now on.
            self._waits[number] = -math.inf

    def _more(self, number: int) -> bytes:
        self._waits[number] = time.monotonic()
        chunk = os.read(number, 65536)
        self._waits[number] = None
        return chunk

    def _pass(self, line: bytes) -> bytes:
        """A whole line. Another thread may have printed the beginning of one before an event."""
        line = line.rstrip(b"\r")
        at = line.find(EVENT_MARK)
        if at != 0:
            text = line if at < 0 else line[:at]
            self._out.text(text[text.rfind(b"\r") + 1 :])
        if at >= 0:
            self._event(line[at:])
        return b""

    def _event(self, line: bytes) -> None:
        if any(kind in line for kind in DURABLE):
            sync(self._mount)
        if not any(kind in line for kind in NO_PROGRESS):
            self.progress = time.monotonic()
        self.seq += 1
        self._out.line(line)


def members(group: int) -> list[int]:
    """Processes of a group by number, its leader first."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # The second field is the program's name in brackets, which may hold anything; the fifth is the group.
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == group:
                found.append(int(status.parent.name))
    return sorted(found, key=lambda number: (number != group, number))


def supervise(child: Child, asked: threading.Event, end_after: float | None, stall: float | None) -> str | None:
    """Wait for the child. Returns what it was ended for; None when it ended by itself."""
    began = time.monotonic()
    reason = None
    while child.poll() is None:
        now = time.monotonic()
        if asked.is_set() and reason is None:
            reason = "signal"
            child.ask()
        late = end_after is not None and now - began >= end_after
        if late or (stall is not None and now - child.progress >= stall + STALL_GRACE_S):
            reason = "deadline" if late else "stall"
            child.kill()
            break
        time.sleep(0.1)
    return reason


def run(options: argparse.Namespace, verb: list[str]) -> int:
    """`verb`: what the trainer is to do, with its arguments. The exit code of the trainer."""
    folder = Path(options.run).resolve()
    try:
        out = Out(folder / f"stream.{options.name}.log")
    except FileExistsError:
        print(f"{options.name} of {folder.name} was started before: a second one does not train", flush=True)
        return ALREADY_STARTED
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    out.box("begin", name=options.name)
    # Whoever looks at the volume knows from now on that this one was started.
    threading.Thread(target=sync, args=(options.mount,), daemon=True).start()
    child = Child([*TRAINER, *verb], out, options.mount)
    reason = supervise(child, asked, options.end_after, options.stall)
    child.finish()
    code = child.poll() or 0
    end = {
        "exit_code": code if code >= 0 else 128 - code,
        "reason": reason,
        "events": child.seq + 1,
        "lines": out.lines,
    }
    write_json(folder / f"done.{options.name}.json", {"version": 1, "t": round(time.time(), 3), **end})
    sync(options.mount)
    out.box("end", **end)
    sync(options.mount)
    return end["exit_code"]


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(prog="finetune_trainer.container")
    root.add_argument("run", help="the run folder on the volume")
    root.add_argument("--name", required=True, help="of stream.<name>.log and done.<name>.json")
    root.add_argument("--mount", required=True, help="where the volume lies")
    root.add_argument("--end-after", type=float, help="seconds until everything is ended, whatever hangs")
    root.add_argument("--stall", type=float, help="seconds without progress")
    return root


def main(argv: list[str]) -> int:
    at = argv.index("--")
    return run(parser().parse_args(argv[:at]), argv[at + 1 :])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
