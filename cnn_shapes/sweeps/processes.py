"""Processes of this machine that compute the pieces of a sweep."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor


def pool(workers: int) -> Callable[[], Executor]:
    """Makes pools of so many processes. An interrupt is for the command alone: it ends them."""

    def make() -> Executor:
        return ProcessPoolExecutor(workers, initializer=_ignore_interrupts)

    return make


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
