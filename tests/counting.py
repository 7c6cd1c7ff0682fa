"""Counts the work that a function does, where a test would otherwise watch the clock.

A count is the same on a busy machine as on a quiet one: a limit can be tight, and never fails by chance. What
happens inside a function of C is not seen: where that may hang, a test runs a process with a long time-out.
"""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def calls(function: Callable[[], object]) -> int:
    """How many functions, of Python or of C, a call of `function` calls.

    The caller calls it once before, so that imports and memories are the same each time.
    """
    count = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    with _watched():
        sys.setprofile(profile)
        function()
    return count


def steps(function: Callable[[], object]) -> int:
    """The same, and every line that is run, each turn of a loop anew: loops without a call are work too.

    This is several times slower than `calls`.
    """
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event in ("call", "line"):
            count += 1
        return trace

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        if event == "c_call":
            count += 1

    with _watched():
        sys.settrace(trace)
        sys.setprofile(profile)
        function()
    return count


@contextmanager
def _watched() -> Iterator[None]:
    """Put back what watches, a debugger's too; and collect no garbage, which others may watch."""
    trace, profile, collects = sys.gettrace(), sys.getprofile(), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        sys.setprofile(profile)
        sys.settrace(trace)
        if collects:
            gc.enable()
