"""Describes a set of sizes, given as congruences, by few arithmetic progressions."""

from __future__ import annotations

from collections.abc import Iterable
from math import lcm
from typing import NamedTuple

from cnn_shapes.input_sizes.congruences import Congruence

_LARGEST_PERIOD = 1 << 16
_MOST_LISTED = 200_000  # sizes below which the period does not hold yet
_LOOK_AHEAD = 40  # how many next sizes may make the step of a finite progression


class Progression(NamedTuple):
    """first, first + step, first + 2*step, ... up to `last`; None: to infinity."""

    first: int
    step: int
    last: int | None

    def below(self, size: int) -> int | None:
        """The greatest one less than `size`."""
        top = size - 1 if self.last is None else min(size - 1, self.last)
        return None if top < self.first else top - (top - self.first) % self.step

    def above(self, size: int) -> int | None:
        """The least one greater than `size`."""
        found = max(self.first, size + 1 + (self.first - size - 1) % self.step)
        return found if self.last is None or found <= self.last else None

    def __contains__(self, size: object) -> bool:
        return (
            isinstance(size, int)
            and size >= self.first
            and (self.last is None or size <= self.last)
            and (size - self.first) % self.step == 0
        )


def progressions(congruences: Iterable[Congruence]) -> list[Progression]:
    """The same sizes: the endless progressions, then the finite ones, each by their first size."""
    plain = [Progression(one.first, one.modulus, one.last) for one in congruences if not one.empty]
    endless = [one for one in plain if one.last is None]
    finite = [one for one in plain if one.last is not None]
    start = 1 + max([one.first for one in endless] + [one.last or 0 for one in finite], default=0)
    period = lcm(*(one.step for one in endless))
    listed = sum(((one.last or start) - one.first) // one.step + 1 for one in plain)
    if period > _LARGEST_PERIOD or listed > _MOST_LISTED:
        return sorted(plain)
    early = {
        size
        for one in plain
        for size in range(one.first, start if one.last is None else one.last + 1, one.step)
    }
    rests = {rest for one in endless for rest in range(one.first % one.step, period, one.step)}
    found = _endless(rests, period, early, start)
    for one in found:
        early.difference_update(range(one.first, start, one.step))
    return found + _runs(sorted(early))


def _endless(rests: set[int], period: int, early: set[int], start: int) -> list[Progression]:
    """Few progressions that make up the rests modulo the period, each begun as early as it holds."""
    if not rests:
        return []
    missing, found = set(rests), []
    for step in [step for step in range(1, period + 1) if period % step == 0]:
        for rest in sorted({size % step for size in missing}):
            whole = range(rest, period, step)
            if not missing.isdisjoint(whole) and rests.issuperset(whole):
                missing.difference_update(whole)
                first = start + (rest - start) % step
                while first - step in early:
                    first -= step
                found.append(Progression(first, step, None))
        if not missing:
            break
    return sorted(found, key=lambda one: (one.first, one.step))


def _runs(sizes: list[int]) -> list[Progression]:
    """Finite progressions that make up the sizes: from the least one on, always the longest."""
    left, found = set(sizes), []
    for place, first in enumerate(sizes):
        if first not in left:
            continue
        best = Progression(first, 1, first)
        length = 1
        for second in sizes[place + 1 : place + 1 + _LOOK_AHEAD]:
            step = second - first
            last = first
            while last + step in left:
                last += step
            if (last - first) // step + 1 > length and second in left:
                length = (last - first) // step + 1
                best = Progression(first, step, last)
        left.difference_update(range(best.first, (best.last or 0) + 1, best.step))
        found.append(best)
    return found
