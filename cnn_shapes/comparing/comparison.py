"""Two reports beside one another, and what differs between their networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes.comparing.changes import Changes
from cnn_shapes.comparing.effects import Effect, Effects, NetworkChange
from cnn_shapes.comparing.facts import Facts
from cnn_shapes.comparing.pairing import LayerPair, pairs_of
from cnn_shapes.comparing.written import ADDED, MOVED, REMOVED

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.comparing.written import WrittenChange
    from cnn_shapes.network import Network


class Comparison:
    """What `compared` found out about two networks; without layers where one of them cannot be read.

    `pairs` are the layers in the order of computing, `changes` what is otherwise, causes first, `of` the
    numbers of the changes, from 1, that a pair differs by, by its place, and `own` those places whose layer
    was changed itself. `together` are the layers that differ because of several changes, `renamed` the names
    that are others.
    """

    def __init__(self, before: CheckResult, after: CheckResult) -> None:
        self.before, self.after = before, after
        self.pairs: list[LayerPair] = []
        self.changes: list[NetworkChange] = []
        self.together: dict[tuple[int, ...], Effect] = {}
        self.of: dict[int, tuple[int, ...]] = {}
        self.own: set[int] = set()
        self.renamed: list[WrittenChange] = []
        self.unexplained: list[int] = []
        self._alike = 0
        self.is_whole = before.trace is not None and after.trace is not None
        if before.trace is None or after.trace is None:
            return
        facts = Facts()
        self.pairs = pairs_of(before, after, facts)
        found = Changes(before, after, self.pairs, facts)
        effects = Effects(found, (before.trace, after.trace))
        self.changes, self.together, self.of, self.own = (
            effects.changes,
            effects.together,
            effects.of,
            effects.own,
        )
        self.renamed = list(found.renamed)
        self._steps = effects.steps
        self._alike = sum(
            pair.before is not None and pair.after is not None and len(found.own.get(place, ())) <= 1
            for place, pair in enumerate(self.pairs)
        )
        self.unexplained = effects.unexplained

    @property
    def reports(self) -> tuple[CheckResult, CheckResult]:
        return self.before, self.after

    def network(self, side: int) -> Network:
        """The network before, 0, or after, 1."""
        trace = self.reports[side].trace
        assert trace is not None
        return trace.network

    def status(self, place: int) -> str:
        """`same`, `changed`, `added`, `removed`, `moved`, or `follows` where another change is the cause."""
        before, after, is_moved = self.pairs[place]
        if before is None or after is None:
            return ADDED if before is None else REMOVED
        if is_moved:
            return MOVED
        return "changed" if place in self.own else "follows" if place in self.of else "same"

    def grown(self, place: int) -> tuple[int, int]:
        """By how many parameters and MACs a layer has grown; what is not known counts nothing."""
        steps = [
            None if node is None else self._steps[side][node]
            for side, node in enumerate(self.pairs[place][:2])
        ]
        figures = [(step and (step.params or 0, step.macs or 0)) or (0, 0) for step in steps]
        return figures[1][0] - figures[0][0], figures[1][1] - figures[0][1]

    @property
    def alike(self) -> int:
        """How many layers belong together that are the same, or differ in one thing."""
        return self._alike

    @property
    def has_little_in_common(self) -> bool:
        """Whether it is another network rather than a changed one: the changes would be a list of both."""
        return self.is_whole and 3 * self.alike < min(len(self.network(side).layers) for side in (0, 1))

    @property
    def is_same(self) -> bool:
        """Whether both compute the same: no change, but of names and of what has no effect."""
        return self.is_whole and not self.changes and not self.of


def compared(before: CheckResult, after: CheckResult) -> Comparison:
    """What differs between the networks of two reports."""
    return Comparison(before, after)
