"""Axes that depend on each other: what works besides equal sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from cnn_shapes.shapes import AXIS_NAMES
from cnn_shapes.sizes.progressions import Progression, progressions
from cnn_shapes.sizes.search import ALL, TESTED, Found, decide
from cnn_shapes.sizes.stretches import Undecided
from cnn_shapes.sizes.walk import Walker
from cnn_shapes.sizes.ways import Way

_WORK = 100_000  # layers computed with symbols while other sizes are looked for: about a second


class Varied(NamedTuple):
    """The sizes along one axis that work while the others are `held` at the input's own."""

    axis: str
    held: dict[str, int]
    progressions: list[Progression]


class Others(NamedTuple):
    """Sizes that were found where neither equal axes work nor one beside the input's others.

    All sizes of one axis were looked at, with those of the others up to `tried`.
    """

    sizes: list[tuple[int, ...]]
    tried: int


def vary(way: Way, own: tuple[int, ...], works: bool) -> tuple[list[Varied], list[Found]]:
    """Each axis, with the others held; and what was found out about them. `works`: whether the input does."""
    names = AXIS_NAMES[len(own)]
    varied, all_found = [], []
    for axis, name in enumerate(names):
        found = way.along([None if place == axis else size for place, size in enumerate(own)])
        held = {other: size for other, size in zip(names, own, strict=True) if other != name}
        runs = progressions(found.stretches)
        if works and not any(own[axis] in run for run in runs):
            runs.append(Progression(own[axis], 1, own[axis]))  # it is beyond those that were tried
        varied.append(Varied(name, held, runs))
        all_found.append(found)
    return varied, all_found


def look_further(walker: Walker, own: tuple[int, ...]) -> Others:
    """Sizes that work, the nearest to the input first.

    The first axis is decided to infinity, with those of the others up to a bound; its least size is taken.
    """
    found: list[tuple[int, ...]] = []
    tried, work = 0, 0
    while work < _WORK and tried < TESTED:
        tried += 1
        for others in _up_to(tried, len(own) - 1):
            try:
                stretches, _, _, spent = decide(walker, (None, *others), ALL)
            except Undecided:
                stretches, spent = [], _WORK
            work += spent
            found += [(min(one.first for one in stretches), *others)] if stretches else []
    return Others(sorted(found, key=lambda sizes: _change(sizes, own)), tried)


def _up_to(greatest: int, count: int) -> Iterator[tuple[int, ...]]:
    """All tuples of sizes of which the greatest is this one."""
    lower, any_size = range(1, greatest), range(1, greatest + 1)
    for place in range(count):  # where it stands first
        yield from product(*[lower] * place, (greatest,), *[any_size] * (count - 1 - place))


def least(
    squares: Sequence[Progression], varied: Sequence[Varied], others: Sequence[tuple[int, ...]], rank: int
) -> tuple[int, ...] | None:
    """The smallest of the equal sizes; where there are none, of the others the one of fewest pixels."""
    if squares:
        return (min(one.first for one in squares),) * rank
    known = [_with(one, min(run.first for run in one.progressions)) for one in varied if one.progressions]
    return min([*known, *others], key=lambda sizes: (prod(sizes), max(sizes), sizes), default=None)


def around(
    squares: Sequence[Progression],
    varied: Sequence[Varied],
    others: Sequence[tuple[int, ...]],
    own: tuple[int, ...],
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Of all these the nearest that fits into the input, and the nearest that the input fits into."""
    rank = len(own)
    low, high = (min(own), max(own)) if len(set(own)) == 1 else (min(own) + 1, max(own) - 1)
    below = [(size,) * rank for run in squares if (size := run.below(low)) is not None]
    above = [(size,) * rank for run in squares if (size := run.above(high)) is not None]
    for one in varied:
        at = own[AXIS_NAMES[rank].index(one.axis)]
        below += [_with(one, size) for run in one.progressions if (size := run.below(at)) is not None]
        above += [_with(one, size) for run in one.progressions if (size := run.above(at)) is not None]
    below += [sizes for sizes in others if all(map(int.__le__, sizes, own))]
    above += [sizes for sizes in others if all(map(int.__ge__, sizes, own))]
    return (
        min(below, key=lambda sizes: _change(sizes, own), default=None),
        min(above, key=lambda sizes: _change(sizes, own), default=None),
    )


def _change(sizes: tuple[int, ...], own: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return sum(abs(size - at) for size, at in zip(sizes, own, strict=True)), sizes


def _with(varied: Varied, size: int) -> tuple[int, ...]:
    names = AXIS_NAMES[len(varied.held) + 1]
    return tuple(varied.held.get(name, size) for name in names)
