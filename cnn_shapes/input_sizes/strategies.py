"""How it is found out which sizes work: with symbols, for all at once, or by trying each.

With symbols, all input sizes are split into congruences on which the network behaves alike: exactly, to
infinity. Where that takes too much work, or a condition is beyond it, every size up to a bound is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import Any, NamedTuple, Protocol

from cnn_shapes.input_sizes.congruences import Congruence, Coupled, DependsOnResidue, Undecided
from cnn_shapes.input_sizes.other_axes import OtherAxis
from cnn_shapes.input_sizes.propagation import Failure
from cnn_shapes.input_sizes.symbolic import SymbolicRun
from cnn_shapes.network import Node

_ALL = Congruence(1, 0, 1, None)
_TESTED = 10_000  # the greatest size that is tried where nothing is proved
# What is done at most before giving up, for all axes together, in layers computed or unfolded. To decide a
# network of 300 layers takes 50,000, and half a second.
_SYMBOLIC_WORK = 100_000  # with symbols
_TESTING_WORK = 40_000  # with symbols for single sizes
_FURTHER_WORK = 30_000  # with symbols while other sizes are looked for
_FEWEST_TESTED = 10  # sizes, unless each takes so long that this is passed for all axes together:
_MOST_WORK = 500_000


class FurthestFailure(NamedTuple):
    """The last of all layers at which a size fails, and such a size."""

    node: Node
    size: int


class SearchResult(NamedTuple):
    """The sizes that work. `tested`: only sizes up to it were tried; None: proved for all.

    `work`: how many layers were computed.
    """

    congruences: list[Congruence]
    tested: int | None = None
    furthest: FurthestFailure | None = None
    work: int = 0


class FurtherSizes(NamedTuple):
    """Sizes that were found where neither equal axes work nor one beside the input's others.

    All sizes of one axis were looked at, with those of the others up to `tried`.
    """

    sizes: list[tuple[int, ...]]
    tried: int


class Sized(Protocol):
    """What takes an input's sizes, numbers or symbols, through a network."""

    @property
    def cost(self) -> int:
        """What that takes, in layers computed."""

    @property
    def latest_cost(self) -> int:
        """What it took the last time."""

    @property
    def treats_axes_alike(self) -> bool:
        """Whether no layer is known to treat one axis differently from another."""

    def first_failure(self, sizes: Sequence[Any], per_axis: bool = False) -> Failure | None:
        """The first layer that fails. `per_axis`: some axes are not asked about."""

    def failure_at_every_size(self, rank: int) -> Failure | None:
        """The first layer that fails whatever the size is; None where there is none, or none can be known."""


class Strategy:
    """Exact, for all sizes at once; where that is too much, by trying."""

    def __init__(self, propagation: Sized) -> None:
        self.propagation = propagation
        self.cost = propagation.cost
        self.deciding, self.testing = _SYMBOLIC_WORK, _TESTING_WORK  # what is left of it
        self.patience = _MOST_WORK

    def first_failure(self, sizes: Sequence[int]) -> Failure | None:
        return self.propagation.first_failure(sizes)

    def failure_at_every_size(self, rank: int) -> Failure | None:
        return self.propagation.failure_at_every_size(rank)

    def along(self, pattern: Sequence[object]) -> SearchResult:
        """Raises Coupled where these axes alone cannot be asked about."""
        try:
            return self._decide(pattern, _ALL)
        except Undecided:
            self.testing //= 2  # the rest is for the other axes
            return self._try_all(pattern, self.testing)

    def per_axis(self, rank: int) -> list[SearchResult]:
        patterns = [
            [None if place == axis else OtherAxis(place) for place in range(rank)] for axis in range(rank)
        ]
        if self.propagation.treats_axes_alike:
            return [self.along(patterns[0])] * rank
        return [self.along(pattern) for pattern in patterns]

    def search_further(self, own: tuple[int, ...]) -> FurtherSizes | None:
        """The first axis is decided to infinity, the others up to a bound; its least size is taken.

        None where not even the least of them is decided.
        """
        found: list[tuple[int, ...]] = []
        tried, work = 0, 0
        with suppress(Undecided):
            while work < _FURTHER_WORK and tried < _TESTED:
                for others in _up_to(tried + 1, len(own) - 1):
                    congruences, _, _, spent = self._decide((None, *others), _ALL)
                    work += spent
                    found += [(min(one.first for one in congruences), *others)] if congruences else []
                tried += 1
        return FurtherSizes(sorted(found, key=lambda sizes: distance(sizes, own)), tried) if tried else None

    def _decide(self, pattern: Sequence[object], start: Congruence) -> SearchResult:
        """Which sizes of `start` work. Raises Undecided, and Coupled as `along` does."""
        result = self._decided(pattern, start, self.deciding)
        self.deciding -= result.work
        return result

    def _decided(self, pattern: Sequence[object], start: Congruence, limit: int) -> SearchResult:
        pending, good, work = [start], [], 0
        furthest: FurthestFailure | None = None
        cost = self.cost + 5  # even a run that ends at once costs something
        per_axis = any(one is not None for one in pattern)
        # of other axes a number would equal those, and hide that they are coupled
        numbers = not any(isinstance(one, OtherAxis) for one in pattern)
        while pending:
            run = SymbolicRun(pending.pop())
            work += cost
            if work > limit:
                self.deciding -= work
                raise Undecided
            size = run.congruence.first if numbers and run.congruence.single else run.size()
            try:
                failure = self.propagation.first_failure(
                    [size if one is None else one for one in pattern], per_axis
                )
            except DependsOnResidue as needed:
                residues = needed.residues()
                here = run.congruence
                if residues is None and needed.factor * cost > limit and not here.single:
                    raise Undecided from None
                pending += here.split(needed.factor, residues)
                if residues is not None:
                    furthest = _further(furthest, needed.node, _left_out(here, needed.factor, residues))
            else:
                if failure is None:
                    good.append(run.congruence)
                else:
                    furthest = _further(furthest, failure.node, run.congruence.first)
            pending += run.postponed
        return SearchResult(good, None, furthest, work)

    def _try_all(self, pattern: Sequence[object], limit: int) -> SearchResult:
        """Every size from 1 on, as far as the work allows, and what is tried at least or at most."""
        found: list[Congruence] = []
        size = work = 0
        while (
            not size or (size < _FEWEST_TESTED and work < self.patience) or (size < _TESTED and work < limit)
        ):
            size += 1
            found += [Congruence(1, size, 0, 0)] if self._works(pattern, size) else []
            work += self.propagation.latest_cost
        self.patience -= work
        return SearchResult(found, size)

    def _works(self, pattern: Sequence[object], size: int) -> bool:
        if not any(isinstance(one, OtherAxis) for one in pattern):
            return self.first_failure([one if isinstance(one, int) else size for one in pattern]) is None
        # a symbol even for one size: a number would equal those of other axes, and hide that they are coupled
        try:
            return bool(self._decided(pattern, Congruence(1, 0, size, size), _SYMBOLIC_WORK).congruences)
        except Undecided:
            raise Coupled from None


def distance(sizes: Sequence[int], own: Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """How far sizes are from the input's, to sort by."""
    return sum(abs(size - at) for size, at in zip(sizes, own, strict=True)), tuple(sizes)


def _further(known: FurthestFailure | None, node: Node, size: int | None) -> FurthestFailure | None:
    if size is None or (known is not None and known.node.index >= node.index):
        return known
    return FurthestFailure(node, size)


def _left_out(congruence: Congruence, factor: int, residues: Sequence[int]) -> int | None:
    """A size of the congruence that has none of the residues."""
    for t in range(congruence.low, congruence.low + len(residues) + 1):
        if t % factor not in residues and (congruence.high is None or t <= congruence.high):
            return congruence.modulus * t + congruence.residue
    return None


def _up_to(greatest: int, count: int) -> Iterator[tuple[int, ...]]:
    """All tuples of sizes of which the greatest is this one."""
    lower, any_size = range(1, greatest), range(1, greatest + 1)
    for place in range(count):  # where it is for the first time
        yield from product(*[lower] * place, (greatest,), *[any_size] * (count - 1 - place))
