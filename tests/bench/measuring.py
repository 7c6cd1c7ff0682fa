"""What the parts of the benchmark share: interleaved timing, and a row of the table."""

import gc
from collections.abc import Callable
from statistics import median
from time import thread_time
from typing import Any, NamedTuple

Work = Callable[[], Any]
SLOW = 0.001
FEW = 5


class Row(NamedTuple):
    """One figure: `ratio` is ours against the yardstick, None where there is none."""

    section: str
    what: str
    ours: str
    yardstick: str
    ratio: float | None


def interleaved(rounds: int, **works: Work) -> dict[str, float]:
    """The median seconds of each work on this thread; in turns, so that all feel the machine's drift.

    What takes SLOW in its first run takes its turns after the others and fewer of them: it would wash theirs
    out of the processor's caches. As with timeit, no work is held up by a search for garbage.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    first = {name: seconds(work) for name, work in works.items()}
    slow = [name for name in works if first[name] > SLOW and rounds > FEW]
    quick = [name for name in works if name not in slow]
    gc.collect()
    gc.disable()
    try:
        for count, names in ((rounds, quick), (FEW, slow)):
            for _ in range(count):
                for name in names:
                    taken[name].append(seconds(works[name]))
    finally:
        gc.enable()
    return {name: median(times) for name, times in taken.items()}


def seconds(work: Work) -> float:
    """The processor time of one run."""
    start = thread_time()
    work()
    return thread_time() - start


def shown(seconds: float) -> str:
    """`2.34 ms`, `1.2 s`."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} us"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def compared(section: str, what: str, ours: float, name: str, theirs: float) -> Row:
    return Row(section, what, shown(ours), f"{name} {shown(theirs)}", ours / theirs)


def table(rows: list[Row]) -> str:
    """All rows as plain text, a line a row."""
    lines = []
    section = ""
    wide = max(len(row.what) for row in rows)
    for row in rows:
        if row.section != section:
            section = row.section
            lines += ["", section]
        ratio = "" if row.ratio is None else f"{row.ratio:6.2f}"
        lines.append(f"  {row.what:<{wide}}  {row.ours:>10}  {ratio:>6}  {row.yardstick}".rstrip())
    return "\n".join(lines).lstrip("\n")
