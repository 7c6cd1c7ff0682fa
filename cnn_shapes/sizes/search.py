"""Parts all input sizes into stretches on which the network behaves alike: exactly, to infinity.

Where that takes too much work, or a condition is beyond it, every size up to a bound is tried instead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cnn_shapes.network import Node
from cnn_shapes.sizes.stretches import Divided, Stretch, Undecided
from cnn_shapes.sizes.symbolic import Run
from cnn_shapes.sizes.walk import Walker

ALL = Stretch(1, 0, 1, None)
TESTED = 10_000  # the greatest size that is tried where nothing is proved
_WORK = 250_000  # layers computed with symbols before giving up; about two seconds
_TEST_WORK = 200_000  # layers computed for sizes that are tried one by one, likewise


class Furthest(NamedTuple):
    """The last of all layers at which a size fails, and such a size."""

    node: Node
    size: int


class Found(NamedTuple):
    """The stretches of sizes that work. `tested`: only sizes up to it were tried; None: proved for all.

    `work`: how many layers were computed.
    """

    stretches: list[Stretch]
    tested: int | None = None
    furthest: Furthest | None = None
    work: int = 0


def search(walker: Walker, pattern: Sequence[object]) -> Found:
    """Which sizes work for all axes that are None in the pattern; on the others stands what is to be there.

    Raises Coupled where these axes alone cannot be asked about.
    """
    try:
        return decide(walker, pattern, ALL)
    except Undecided:
        cost = max(1, len(walker.steps))
        return try_all(lambda size: _works(walker, pattern, size), max(100, _TEST_WORK // cost))


def decide(walker: Walker, pattern: Sequence[object], start: Stretch) -> Found:
    """The same within one stretch. Raises Undecided, too."""
    pending, good, work = [start], [], 0
    furthest: Furthest | None = None
    cost = len(walker.steps) + 5  # a walk costs something even where it ends at once
    apart = any(one is not None for one in pattern)
    while pending:
        run = Run(pending.pop())
        work += cost
        if work > _WORK:
            raise Undecided
        size = run.size()
        try:
            failure = walker.first_failure([size if one is None else one for one in pattern], apart)
        except Divided as divided:
            rests = divided.rests()
            if rests is None and divided.factor * cost > _WORK and not run.stretch.single:
                raise Undecided from None
            pending += run.stretch.parted(divided.factor, rests)
            if rests is not None:
                furthest = _further(furthest, divided.node, _left_out(run.stretch, divided.factor, rests))
        else:
            if failure is None:
                good.append(run.stretch)
            else:
                furthest = _further(furthest, failure.node, run.stretch.first)
        pending += run.aside
    return Found(good, None, furthest, work)


def _further(known: Furthest | None, node: Node, size: int | None) -> Furthest | None:
    if size is None or (known is not None and known.node.index >= node.index):
        return known
    return Furthest(node, size)


def _left_out(stretch: Stretch, factor: int, rests: Sequence[int]) -> int | None:
    """A size of the stretch that has none of the rests."""
    for t in range(stretch.low, stretch.low + len(rests) + 1):
        if t % factor not in rests and (stretch.high is None or t <= stretch.high):
            return stretch.modulus * t + stretch.rest
    return None


def _works(walker: Walker, pattern: Sequence[object], size: int) -> bool:
    if all(one is None for one in pattern):
        return walker.first_failure((size,) * len(pattern)) is None
    # a symbol even for one size: a number would equal the other axes' sizes, and hide that they are tied
    return bool(decide(walker, pattern, Stretch(1, 0, size, size)).stretches)


def try_all(test: Callable[[int], bool], bound: int) -> Found:
    """Every size from 1 to `bound`, at most TESTED."""
    bound = min(TESTED, bound)
    return Found([Stretch(1, size, 0, 0) for size in range(1, bound + 1) if test(size)], bound)
