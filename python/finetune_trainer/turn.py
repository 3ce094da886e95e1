"""Waiting for one's turn: nothing heavy is imported, and no memory is held, before the devices are free."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .device_choice import CPU, Wanted, roomiest, visible_gpus, wanted
from .events import Events
from .plan import Plan
from .pulse import Pulse
from .stop import Interrupted, Stop
from .tickets import Tickets

LOOK_EVERY_S = 0.5
TOUCH_EVERY_S = 10.0


@contextmanager
def turn(plan: Plan, run: Path, events: Events, stop: Stop, after: Path | None = None) -> Iterator[list[str]]:
    """Wait for the devices of `plan`, hold them during the block, then give them back.

    `after`: the folder of a run whose end is waited for first, whatever is free.
    The launcher names the data folder; without one, and on a rented machine, there is nobody to wait for.
    Yields the devices: UUIDs of GPUs, or the CPU.
    """
    data = os.environ.get("FINETUNE_DATA_DIR")
    if not data or plan.compute["target"] != "local":
        yield without_queue(plan)
        return
    tickets = Tickets(Path(data) / "queue", run, events.attempt, after)
    need = wanted(plan, visible_gpus())
    tickets.join(need)
    touching = Pulse("ticket", TOUCH_EVERY_S, tickets.touch)
    try:
        devices = wait(tickets, need, events, stop)
        if devices != [CPU]:
            os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(devices)
        yield devices
    finally:
        touching.stop()
        tickets.leave()


def without_queue(plan: Plan) -> list[str]:
    gpus = visible_gpus()
    need = wanted(plan, gpus)
    return need.devices if need.all else [roomiest(need.devices, gpus)]


def wait(tickets: Tickets, need: Wanted, events: Events, stop: Stop) -> list[str]:
    """The devices, once they are this run's. Raises Interrupted when the run is stopped or cancelled."""
    devices = attempt_to_take(tickets, need)
    while devices is None:
        behind = tickets.behind(need)
        with events.phase("queued", behind):
            while devices is None and tickets.behind(need) == behind:
                stop.check()
                # Waiting is no stall.
                events.clock.progressed()
                if tickets.mine() is None:
                    raise Interrupted("user")
                time.sleep(LOOK_EVERY_S)
                devices = attempt_to_take(tickets, need)
    return devices


def attempt_to_take(tickets: Tickets, need: Wanted) -> list[str] | None:
    with tickets.lock():
        left = tickets.free(need)
        if left is None:
            return None
        devices = left if need.all else [roomiest(left, visible_gpus())]
        tickets.take(devices)
        return devices
