"""Runs a sweep: in this process, or in pieces by any executor, whose rows come in the order of the space."""

from __future__ import annotations

import gc
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, NamedTuple
from uuid import uuid4

from cnn_shapes.sweeps.job import Job, SweepRow, Variants
from cnn_shapes.sweeps.writing import csv_lines

_PIECES = 4  # that wait for each worker
_LEAST, _MOST = 16, 2_000  # configurations of a piece
_TRIES = 3  # of a piece whose worker dies


class Chunk(NamedTuple):
    """The rows of some configurations, or the lines of CSV that they are.

    `tried` are the configurations that were computed, `kept` the rows, `valid` those without an error.
    """

    rows: list[SweepRow]
    lines: str
    tried: int
    kept: int
    valid: int


class Lost(RuntimeError):
    """A piece whose workers died again and again."""


class _LastSweep(threading.local):
    """The sweep that this thread has computed last: its network is changed in place, so none is shared."""

    name = ""
    variants: Variants


_last = _LastSweep()


def compute(name: str, job: Job, numbers: Sequence[int], as_lines: bool) -> Chunk:
    """The rows of the configurations of these numbers, for the sweep of this name. A worker runs this."""
    # all that a network is made of lives until the next one: looking for garbage would take a tenth
    collecting = gc.isenabled()
    gc.disable()
    try:
        if _last.name != name:
            _last.variants, _last.name = Variants(job), name
        rows = list(_last.variants.rows(numbers))
    finally:
        if collecting:
            gc.enable()
    valid = sum(not row.rule for row in rows)
    if as_lines:
        return Chunk([], csv_lines(rows), len(numbers), len(rows), valid)
    return Chunk(rows, "", len(numbers), len(rows), valid)


class _SweepPiece(NamedTuple):
    """Configurations that are being computed, and how often that was begun."""

    numbers: Sequence[int]
    tries: int
    future: Future[Chunk]


def chunks(
    job: Job,
    numbers: Sequence[int],
    executor: Executor | Callable[[], Executor] | None = None,
    workers: int = 1,
    as_lines: bool = False,
) -> Iterator[Chunk]:
    """The pieces of a sweep over the configurations of these numbers, in order.

    An executor may be given as a function that makes one: then a new one is made where a worker has died.
    Raises BadSpace, and Lost where workers die at the same piece every time.
    """
    name = uuid4().hex
    size = piece_size(len(numbers), workers)
    pieces = (numbers[start : start + size] for start in range(0, len(numbers), size))
    if executor is None:
        for piece in pieces:
            yield compute(name, job, piece, as_lines)
        return
    Variants(job)  # what is wrong with the job is told here, not by each worker
    make = None if isinstance(executor, Executor) or not callable(executor) else executor
    running: Any = executor if make is None else make()
    waiting: deque[_SweepPiece] = deque()

    def begin(piece: Sequence[int], tries: int) -> _SweepPiece:
        return _SweepPiece(piece, tries, running.submit(compute, name, job, piece, as_lines))

    try:
        while True:
            for piece in islice(pieces, _PIECES * workers - len(waiting)):
                waiting.append(begin(piece, 1))
            if not waiting:
                return
            first = waiting.popleft()
            try:
                yield first.future.result()
            except (BrokenProcessPool, CancelledError):
                if make is None or first.tries == _TRIES:
                    raise Lost("workers died again and again") from None
                running.shutdown(wait=False, cancel_futures=True)
                running = make()
                waiting = deque(begin(one.numbers, one.tries + 1) for one in (first, *waiting))
    finally:
        for one in waiting:
            one.future.cancel()
        if make is not None:
            running.shutdown(wait=False, cancel_futures=True)


def piece_size(count: int, workers: int) -> int:
    """Configurations of a piece: enough that it is worth its way, few enough that all workers have some."""
    return max(_LEAST, min(_MOST, count // (8 * workers)))


def rows(
    job: Job, numbers: Sequence[int] | None = None, executor: Executor | None = None, workers: int = 2
) -> Iterator[SweepRow]:
    """The rows of a sweep over all configurations, or those of these numbers, in order."""
    for chunk in chunks(job, job.space.numbers() if numbers is None else numbers, executor, workers):
        yield from chunk.rows
