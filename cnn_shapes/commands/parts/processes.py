"""Work on many items in several processes, its results in their order; a process that dies stops nothing.

`concurrent.futures` gives up all that is waiting when a process dies, and cannot say over what it did.
"""

import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_all_start_methods, get_context
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# A copy of this process has all that is loaded already; on macOS libraries of the system forbid it.
METHOD = "fork" if "fork" in get_all_start_methods() and sys.platform != "darwin" else "spawn"
_LARGEST = 32  # items that are sent for at once
_SHARES = 8  # pieces of work for each process, so that none waits long for another at the end
_AHEAD = 2  # pieces that a process has before it, so that it need not wait for this one
_LEAD = 4  # pieces for each process that may be done before the first that is not
_READY = "ready"


class ProcessDied(Exception):
    """A process ended over an item: it crashed, or the system killed it."""


class WorkFailed(Exception):
    """The work on an item raised this."""


class _Worker:
    """A process, the pipe to it, and the places of the items that it has before it."""

    def __init__(self, work: Callable[[Any], Any], items: Sequence[Any], others: "list[_Worker]") -> None:
        context: Any = get_context(METHOD)
        self.pipe, theirs = context.Pipe()
        self.assigned: deque[range] = deque()
        self.is_ready = False
        inherited = [self.pipe, *(one.pipe for one in others)] if METHOD == "fork" else []
        self.process = context.Process(target=_serve, args=(theirs, inherited, work, items), daemon=True)
        try:
            with _uninterrupted():
                self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()

    def assign(self, places: range) -> None:
        self.assigned.append(places)
        with suppress(OSError):  # it has died, which is told when its pipe is read
            self.pipe.send(places)

    def end(self) -> None:
        self.process.terminate()  # a file that it is writing it still finishes
        self.process.join()
        self.pipe.close()

    @property
    def how_it_ended(self) -> str:
        code = self.process.exitcode or 0
        if code >= 0:
            return f"the process that worked on it ended with exit code {code}"
        names = {one.value: one.name for one in signal.Signals}
        return f"the process that worked on it was ended by {names.get(-code, f'signal {-code}')}"


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    count: int,
    lost: Callable[[Item, Exception], Result],
    one_by_one: bool = False,
) -> Generator[Result, None, None]:
    """`work(item)` of each item, in order, done by `count` processes; `lost(item, error)` where one dies.

    A process that dies over several items leaves each of them to be done again alone, unless `one_by_one`
    says that nothing may be done twice. Where the system allows no more processes, there are fewer. What the
    work raises is raised here. Closing the iterator ends the processes.
    """
    crew = _Crew(work, items, count, lost, one_by_one)
    try:
        for place in range(len(items)):
            while place not in crew.done:
                if place in crew.failures:
                    raise crew.failures[place]
                crew.go_on(place)
            yield crew.done.pop(place)
    finally:
        crew.end()


class _Crew:
    """The processes, what is waiting for them, and the results that are there, by their places.

    What the work raised is at the first place of those that were sent for at once.
    """

    def __init__(
        self,
        work: Callable[[Any], Any],
        items: Sequence[Any],
        count: int,
        lost: Callable[[Any, Exception], Any],
        one_by_one: bool,
    ) -> None:
        self.work, self.items, self.count, self.lost = work, items, count, lost
        self.size = 1 if one_by_one else max(1, min(_LARGEST, len(items) // (count * _SHARES)))
        starts = range(0, len(items), self.size)
        self.waiting = deque(range(start, min(start + self.size, len(items))) for start in starts)
        self.done: dict[int, Any] = {}
        self.failures: dict[int, Exception] = {}
        self.workers: list[_Worker] = []

    def go_on(self, place: int) -> None:
        """Hand out work, and take in what is done; `place` is the first whose result is missing."""
        busy = sum(bool(worker.assigned) for worker in self.workers)
        while len(self.workers) < min(self.count, busy + len(self.waiting)):
            try:
                self.workers.append(_Worker(self.work, self.items, self.workers))
            except OSError:
                self.count = len(self.workers)
        if not self.workers:
            self._do_here(place)
            return
        furthest = place + _LEAD * self.size * self.count
        for worker in self.workers:
            while self.waiting and len(worker.assigned) < _AHEAD and self.waiting[0].start < furthest:
                worker.assign(self.waiting.popleft())
        pipes = {worker.pipe: worker for worker in self.workers if worker.assigned}
        for pipe in connection.wait(list(pipes)):
            self._hear(pipes[pipe])

    def _do_here(self, place: int) -> None:
        self.done[place] = self.work(self.items[place])
        later = (range(max(one.start, place + 1), one.stop) for one in self.waiting)
        self.waiting = deque(one for one in later if one)

    def _hear(self, worker: _Worker) -> None:
        try:
            said = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if said == _READY:
            worker.is_ready = True
        elif isinstance(said, Exception):
            self.failures[worker.assigned.popleft().start] = said
        else:
            self.done.update(zip(worker.assigned.popleft(), said, strict=True))

    def _bury(self, worker: _Worker) -> None:
        """Go on without a process that has died; what it was to do after this waits again."""
        self.workers.remove(worker)
        worker.end()
        if not worker.is_ready:  # none can be started
            self.count = len(self.workers)
            self.waiting.extendleft(reversed(worker.assigned))
            return
        last, *others = worker.assigned
        self.waiting.extendleft(reversed(others))
        if len(last) > 1:
            self.waiting.extendleft(range(place, place + 1) for place in reversed(last))
            return
        (place,) = last
        self.done[place] = self.lost(self.items[place], ProcessDied(worker.how_it_ended))

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


def _serve(pipe: Any, inherited: list[Any], work: Callable[[Any], Any], items: Sequence[Any]) -> None:
    """What a process does: wait for places, work on their items, send what comes out.

    Ctrl-C is for the process that started it, and when that is gone, so is this one.
    """
    for other in inherited:  # else their readers would never see them closed
        other.close()
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):
        pipe.send(_READY)
        while True:
            places = pipe.recv()
            try:
                pipe.send([work(items[place]) for place in places])
            except (EOFError, BrokenPipeError):
                raise
            except Exception as error:
                pipe.send(WorkFailed(f"{type(error).__name__}: {error}"))


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait, in the process that is started for ever."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
