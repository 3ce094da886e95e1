"""Several GPUs with a copy of the model each: one process a device, started and watched from here.

The ranks get the variables that torchrun sets. torchrun itself is not used: it ends the other ranks 30 s after a
signal, which is too soon for the checkpoint of a large model, and it does not say whose failure came first. Each
rank sees its own device alone, so that none keeps a context on the first GPU.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .attempt import Attempt
from .device_choice import CPU
from .event_tail import Tail, read_tail
from .events import Events
from .rank_errors import RankError, first_error, forget_errors
from .ranks import HANDOVER, Handover
from .stop import EXIT_INTERRUPTED

LOOK_EVERY_S = 0.1
# How long the others may take once one has failed or the first has ended: what they have to say is short.
LAST_WORDS_S = 5.0
HARMLESS = (None, 0, EXIT_INTERRUPTED)
LOG_LINES = 60
EXIT = {"succeeded": 0, "stopped": 0, "interrupted": EXIT_INTERRUPTED}


@dataclass
class Child:
    rank: int
    process: subprocess.Popen[bytes]
    log: Path | None
    """Where its output goes; rank 0 writes into the attempt's own log."""


def supervise(attempt: Attempt, devices: list[str], described: list[dict[str, Any]]) -> int:
    """Runs one rank a device until the attempt is over. Returns the exit code of the attempt.

    `attempt.events` is closed: rank 0 goes on with the stream.
    """
    forget_errors(attempt.run)
    seq, phases = attempt.events.counted
    handover = Handover(attempt.events.clock.began, seq, phases, os.getpid(), described)
    port = free_port()
    children: list[Child] = []
    attempt.stop.before_the_end = lambda: kill(children)
    try:
        for rank in range(len(devices)):
            children.append(start(attempt, devices, rank, handover, port))
        attempt.events.close()
        codes = watch(attempt, children)
    finally:
        kill(children)
    tail = read_tail(attempt.run / "events.jsonl", attempt.events.attempt)
    if tail.status is not None:
        return EXIT.get(tail.status, 1)
    if attempt.stop.reason is not None and set(codes) <= {*HARMLESS, -signal.SIGTERM}:
        return close(attempt, tail, "stopped" if attempt.stop.settled() == "user" else "interrupted", None)
    tell_logs(children, codes)
    return close(attempt, tail, "failed", first_error(attempt.run, codes))


def start(attempt: Attempt, devices: list[str], rank: int, handover: Handover, port: int) -> Child:
    """`devices[rank]` is all that the new process sees."""
    log = None if rank == 0 else attempt.run / "work" / f"rank{rank}.log"
    environment = {
        **os.environ,
        HANDOVER: handover.text(),
        "RANK": str(rank),
        "WORLD_SIZE": str(len(devices)),
        "LOCAL_WORLD_SIZE": str(len(devices)),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        # With it what Unsloth's general loader trains hangs in its first step under ddp: the probe of the kernel runs
        # backward inside a compilation that waits for it. Seen on two H100; without it 4 of 4 kinds trained.
        "UNSLOTH_TORCH_VARLEN": os.environ.get("UNSLOTH_TORCH_VARLEN", "0"),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or str(max(1, (os.cpu_count() or 1) // len(devices))),
    }
    if devices[rank] == CPU:
        environment["LOCAL_RANK"] = str(rank)
    else:
        # The only device that it sees is its first.
        environment.update(CUDA_VISIBLE_DEVICES=devices[rank], LOCAL_RANK="0")
    command = [sys.executable, "-m", "finetune_trainer", "train", str(attempt.run)]
    output = None if log is None else log.open("wb")
    try:
        process = subprocess.Popen(
            [*command, "--attempt", str(attempt.events.attempt)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if output is None else subprocess.STDOUT,
        )
    finally:
        if output is not None:
            output.close()
    return Child(rank, process, log)


def free_port() -> int:
    """Where the ranks meet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def watch(attempt: Attempt, children: list[Child]) -> list[int | None]:
    """Exit codes by rank, once nothing more is to come of them."""
    passed_on = False
    while True:
        codes = [child.process.poll() for child in children]
        if attempt.stop.reason == "signal" and not passed_on:
            # The signal may have been for this process alone.
            passed_on = True
            for child in children:
                child.process.terminate()
        if codes[0] is not None or any(code not in HARMLESS for code in codes):
            break
        # Whether anything goes on is known to rank 0, which watches for a stall itself.
        attempt.events.clock.progressed()
        time.sleep(LOOK_EVERY_S)
    end = time.monotonic() + LAST_WORDS_S
    while time.monotonic() < end and any(child.process.poll() is None for child in children):
        time.sleep(LOOK_EVERY_S)
    return [child.process.poll() for child in children]


def kill(children: list[Child]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.kill()
    for child in children:
        child.process.wait()


def tell_logs(children: list[Child], codes: list[int | None]) -> None:
    """The end of each failed rank's output, in the attempt's log."""
    for child, code in zip(children, codes, strict=True):
        if child.log is None or code in HARMLESS:
            continue
        lines = child.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        print("\n".join(f"[rank{child.rank}]: {line}" for line in lines), file=sys.stderr, flush=True)


def close(attempt: Attempt, tail: Tail, status: str, error: RankError | None) -> int:
    """The last words of an attempt whose rank 0 could not say them."""
    before = attempt.events
    events = Events(
        attempt.run / "events.jsonl",
        before.attempt,
        before.clock,
        before.on_stdout,
        max(tail.seq + 1, before.counted[0]),
    )
    try:
        if error is not None:
            optional = {"path": error.path, "hint": error.hint}
            events.emit(
                "error",
                code=error.code,
                message=error.message,
                phase=error.phase,
                rank=error.rank,
                traceback=error.traceback,
                **{name: value for name, value in optional.items() if value is not None},
            )
        reason = {} if status == "failed" else {"reason": attempt.stop.reason}
        events.emit(
            "finished",
            status=status,
            **reason,
            incomplete=[],
            step=tail.step,
            train_loss=None,
            seconds=round(events.clock.elapsed(), 3),
            peaks=error.peaks if error is not None else {},
        )
    finally:
        events.close()
    return EXIT.get(status, 1)
