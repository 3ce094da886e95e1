"""Rows encoded in several processes, in the order of the file and with the result of one.

The processes are spawned, never forked: the trainer has CUDA, OpenMP and threads running by now, and a copy of its
memory made between two of their steps hangs or crashes. A spawned one imports neither Unsloth nor CUDA: it loads the
tokenizer from files and has to give what the trainer's own tokenizer gives for the first rows, or is not used.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from typing import Any

from .chunk import Chunk, encode_chunk
from .data.problem import DataError
from .data.source import Entry, Shape
from .plan import Source
from .refusal import Refusal
from .row_encoder import Context, MakeEncoder, RowEncoder
from .row_store import arrow_schema
from .worker_count import PATH

ALONE = "set dataset_num_proc: 1; if that fails too, the machine's main memory is too small for these rows"
HINT = "set dataset_num_proc: 1 to say so yourself"


class WorkerError(Exception):
    """What a process that tokenises raised; its traceback is the message."""


@dataclass
class Job:
    """What is done with the rows of one source, here or in another process."""

    context: Context
    source: Source
    path: str
    shape: Shape
    make: MakeEncoder
    encoder: RowEncoder = field(init=False)

    def __post_init__(self) -> None:
        self.encoder = self.make(self.context, self.source, self.shape.format, self.path)

    def run(self, entries: list[Entry]) -> Chunk:
        schema = arrow_schema(self.encoder.schema)
        return encode_chunk(self.encoder, self.shape, self.source.label, schema, entries)


@dataclass(frozen=True)
class Order:
    """A job as it travels: nothing of the trainer's own process in it."""

    context: Context
    source: Source
    path: str
    shape: Shape
    make: MakeEncoder
    tokenizer: str
    """The folder that it was saved to."""
    tokenizer_class: type
    """Not found out again from the files: transformers takes another than Unsloth for some."""


def nothing(*_: Any) -> None: ...


def order_of(job: Job) -> Order:
    folder = job.context.folder / "tokenizer"
    job.context.tokenizer.save_pretrained(str(folder))
    context = replace(job.context, tokenizer=None, cache=None, check=nothing, progress=nothing, warn=nothing)
    return Order(context, job.source, job.path, job.shape, job.make, str(folder), type(job.context.tokenizer))


def serve(connection: Connection, order: Order) -> None:
    """The life of a worker: ends with the connection, so also when the trainer is killed."""
    # ^C at the terminal reaches every process of it; the trainer ends this one itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.update(CUDA_VISIBLE_DEVICES="", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    try:
        context = replace(order.context, tokenizer=order.tokenizer_class.from_pretrained(order.tokenizer))
        job = Job(context, order.source, order.path, order.shape, order.make)
        while True:
            connection.send(job.run(connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except BaseException:
        connection.send(traceback.format_exc())


class Worker:
    def __init__(self, order: Order, check: Callable[[], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, order), daemon=True)
        self._process.start()
        theirs.close()
        self._check = check
        self._line: int | None = None

    def send(self, entries: list[Entry]) -> None:
        """One part at a time: two could fill the pipe from both ends."""
        self._line = entries[0].line
        try:
            self._connection.send(entries)
        except (BrokenPipeError, ConnectionResetError):
            return  # It has died; `result` says of what.

    def result(self) -> Chunk:
        """Raises WorkerError with its traceback, Refusal when it died."""
        while not wait([self._connection, self._process.sentinel], timeout=0.5):
            self._check()
        try:
            found = self._connection.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            raise died(self._process.exitcode, self._line) from None
        if isinstance(found, str):
            raise WorkerError(f"a process that tokenises rows failed:\n{found}")
        return found

    def end(self) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.join()


def died(code: int | None, line: int | None) -> Refusal:
    how = f"exit code {code}" if code is None or code >= 0 else f"signal {signal.Signals(-code).name}"
    near = "" if line is None else f" at the rows from line {line}"
    return Refusal(
        "worker-killed",
        f"a process that tokenises rows died{near} ({how}), mostly for want of main memory",
        PATH,
        ALONE,
    )


def encode_in_processes(job: Job, parts: Iterator[list[Entry]], processes: int) -> Iterator[Chunk]:
    """The chunks in the order of `parts`. Raises WorkerError, Refusal, and what `check` raises."""
    first = next(parts, None)
    if first is None:
        return
    workers: list[Worker] = []
    try:
        why = start(workers, job, processes, first)
        chunk = job.run(first)
        if why is None:
            why = objection(workers[0], chunk)
        yield chunk
        if why is None:
            yield from shared_out(workers, parts)
            return
        job.context.warn("workers-not-used", f"Rows are tokenised in one process: {why}.", PATH, HINT)
        yield from (job.run(part) for part in parts)
    finally:
        for worker in workers:
            worker.end()


def start(workers: list[Worker], job: Job, processes: int, first: list[Entry]) -> str | None:
    """Fills `workers`; why it cannot, where the tokenizer is of a kind that does not travel."""
    try:
        order = order_of(job)
        workers.extend(Worker(order, job.context.check) for _ in range(processes))
    except Exception as error:
        traceback.print_exc()
        return f"the tokenizer cannot be handed to others ({type(error).__name__}; the log has more)"
    workers[0].send(first)
    return None


def objection(worker: Worker, ours: Chunk) -> str | None:
    """Why workers are not used; None when this one gives what we do."""
    try:
        theirs = worker.result()
    except (WorkerError, Refusal) as error:
        print(error, file=sys.stderr, flush=True)
        return "the tokenizer cannot be loaded again from its files (the log has more)"
    same = ours.batch.equals(theirs.batch) and ours.tally == theirs.tally and ours.problem == theirs.problem
    return None if same else "the tokenizer, loaded again from its files, gives other tokens"


def shared_out(workers: list[Worker], parts: Iterator[list[Entry]]) -> Iterator[Chunk]:
    """In turns: whoever waits longest for its next part gets it."""
    idle, busy = deque(workers), deque[Worker]()
    trouble: DataError | None = None
    while True:
        try:
            part = next(parts, None)
        except DataError as error:
            # What stands before it in the file comes first, and may be worse.
            part, trouble = None, error
        if part is None:
            break
        chunk = None
        if not idle:
            idle.append(busy.popleft())
            chunk = idle[0].result()
        worker = idle.popleft()
        worker.send(part)
        busy.append(worker)
        if chunk is not None:
            yield chunk
    for worker in busy:
        yield worker.result()
    if trouble is not None:
        raise trouble
