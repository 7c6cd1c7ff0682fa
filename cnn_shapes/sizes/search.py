"""Parts all input sizes into stretches on which the network behaves alike: exactly, to infinity.

Where that takes too much work, or a condition is beyond it, every size up to a bound is tried instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnn_shapes.sizes.elsewhere import Elsewhere
from cnn_shapes.sizes.symbolic import Divided, Run, Stretch, Undecided
from cnn_shapes.sizes.walk import Walker

ALL = Stretch(1, 0, 1, None)
TESTED = 10_000  # the greatest size that is tried where nothing is proved
_WORK = 250_000  # layers computed with symbols before giving up; about two seconds
_TEST_WORK = 200_000  # layers computed for sizes that are tried one by one, likewise


class Found(NamedTuple):
    """The stretches of sizes that work. `tested`: only sizes up to it were tried; None: proved for all."""

    stretches: list[Stretch]
    tested: int | None = None


def search(walker: Walker, rank: int, axis: int | None) -> Found:
    """Which sizes work along one axis, whatever the others are; `axis` None: all axes have the same size.

    Raises Coupled where an axis alone cannot be asked about.
    """
    try:
        return Found(_decide(walker, rank, axis, ALL))
    except Undecided:
        cost = max(1, len(walker.steps))
        return try_all(lambda size: _works(walker, rank, axis, size), max(100, _TEST_WORK // cost))


def _decide(walker: Walker, rank: int, axis: int | None, start: Stretch) -> list[Stretch]:
    pending, good, work = [start], [], 0
    cost = len(walker.steps) + 5  # a walk costs something even where it ends at once
    while pending:
        run = Run(pending.pop())
        work += cost
        if work > _WORK:
            raise Undecided
        try:
            failure = walker.first_failure(_sizes(run.size(), rank, axis), axis is not None)
        except Divided as divided:
            rests = divided.rests() if divided.whole else None
            if rests is None and divided.factor * cost > _WORK and not run.stretch.single:
                raise Undecided from None
            pending += run.stretch.parted(divided.factor, rests)
        else:
            if failure is None:
                good.append(run.stretch)
        pending += run.aside
    return good


def _sizes(size: object, rank: int, axis: int | None) -> list[object]:
    return [size if axis in (None, place) else Elsewhere(place) for place in range(rank)]


def _works(walker: Walker, rank: int, axis: int | None, size: int) -> bool:
    if axis is None:
        return walker.first_failure((size,) * rank) is None
    # a symbol even for one size: a number would equal the other axes' sizes, and hide that they are tied
    return bool(_decide(walker, rank, axis, Stretch(1, 0, size, size)))


def try_all(test: Callable[[int], bool], bound: int) -> Found:
    """Every size from 1 to `bound`, at most TESTED."""
    bound = min(TESTED, bound)
    return Found([Stretch(1, size, 0, 0) for size in range(1, bound + 1) if test(size)], bound)
