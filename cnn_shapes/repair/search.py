"""Finds the cheapest sets of changes that make a whole network valid.

First every single change, the cheapest first; then, where they do not suffice, a beam that follows the furthest
progress for an answer to beat; then uniform-cost search over sets of changes for whatever is cheaper. A set that
mends a network must hold a change that reaches its first error, so only such changes are ever added: that makes the
search exact over the declared values when it ends before its bound.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple

from cnn_shapes.network import Node
from cnn_shapes.repair.candidates import Candidates
from cnn_shapes.repair.costs import FURTHER_EDIT
from cnn_shapes.repair.patches import Patch
from cnn_shapes.repair.workbench import Outcome, Workbench

Accept = Callable[[tuple[Patch, ...], Outcome], bool]
_BEAM = 6
_CHEAPEST = 1  # no single change costs less


class Answer(NamedTuple):
    """A set of changes after which no error is left."""

    patches: tuple[Patch, ...]
    cost: int
    outcome: Outcome


class Found(NamedTuple):
    """The answers, the cheapest first; `exact` says that nothing cheaper exists among the declared values."""

    answers: list[Answer]
    exact: bool


class _State(NamedTuple):
    patches: tuple[Patch, ...]
    cost: int
    outcome: Outcome


class Search:
    """One search on one workbench. `bound` is how many layers may be computed for sets of several changes."""

    def __init__(
        self,
        bench: Workbench,
        candidates: Candidates,
        accept: Accept,
        allowed: Callable[[Patch], bool],
        most: int,
        bound: int,
    ) -> None:
        self.bench, self.candidates, self.accept, self.allowed = bench, candidates, accept, allowed
        self.most, self.bound = most, bound
        self.answers: list[Answer] = []
        self.known: list[frozenset[int]] = []
        self.seen: set[frozenset[int]] = set()

    def run(self) -> Found:
        base = self.bench.base()
        if base.dead or base.node is None:
            return Found([], exact=True)
        root = _State((), 0, base)
        promising = self._singles(root)
        if len(self.answers) < self.most:
            self._beam(promising)
        exact = self._sets(root)
        self._order(base.node)
        return Found(self.answers, exact)

    def moves(self, state: _State) -> list[Patch]:
        taken = frozenset().union(*(patch.slots for patch in state.patches))
        return [
            move
            for move in self.candidates.of(state.outcome)
            if self.allowed(move) and not move.slots & taken
        ]

    def ceiling(self) -> int:
        """The cost from which on a further answer is of no use."""
        if len(self.answers) < self.most:
            return 1 << 30
        return sorted(answer.cost for answer in self.answers)[self.most - 1]

    def attempt(self, state: _State, move: Patch) -> _State | None:
        """The state one change further; None where it is an answer, or leads nowhere, or was tried."""
        patches = (*state.patches, move)
        key = frozenset(map(id, patches))
        if key in self.seen or (len(patches) > 1 and any(key >= known for known in self.known)):
            return None
        self.seen.add(key)
        cost = state.cost + move.cost + (FURTHER_EDIT if state.patches else 0)
        outcome = self.bench.evaluate(patches)
        if outcome.valid:
            if self.accept(patches, outcome):
                self.answers.append(Answer(patches, cost, outcome))
                self.known.append(key)
            return None
        return None if outcome.dead else _State(patches, cost, outcome)

    def _singles(self, root: _State) -> list[_State]:
        """Try single changes until there are answers enough; the states that got past the first error."""
        self.open: list[_State] = []
        promising = []
        for move in self.moves(root):
            if move.cost > self.ceiling():
                break
            state = self.attempt(root, move)
            if state is not None:
                self.open.append(state)
                if state.outcome.progress > root.outcome.progress:
                    promising.append(state)
        return promising

    def _beam(self, promising: list[_State]) -> None:
        """Follow the sets that get furthest, a few at a time, each mending the first error that is left."""
        limit = self.bench.work + self.bound
        beam = sorted(promising, key=_cheapest)[:_BEAM]
        while beam and self.bench.work < limit:
            grown: list[_State] = []
            before = len(self.answers)
            for state in beam:
                mended = 0
                for move in self.moves(state):
                    if (
                        mended >= _BEAM
                        or self.bench.work > limit
                        or state.cost + move.cost + FURTHER_EDIT >= self.ceiling()
                    ):
                        break
                    count = len(self.answers)
                    after = self.attempt(state, move)
                    if len(self.answers) > count:
                        mended += 1
                    elif after is not None and after.outcome.progress > state.outcome.progress:
                        grown.append(after)
                        mended += 1
            if len(self.answers) > before:
                return
            beam = sorted(grown, key=_cheapest)[:_BEAM]

    def _sets(self, root: _State) -> bool:
        """Uniform-cost search for sets of two and more that cost less than what is known; whether it ended."""
        limit = self.bench.work + self.bound
        self.seen.clear()
        heap: list[tuple[int, int, int, _State, list[Patch] | None]] = []
        counter = 0

        def push(state: _State, moves: list[Patch] | None, place: int) -> None:
            nonlocal counter
            step = _CHEAPEST if moves is None else moves[place].cost
            counter += 1
            heappush(heap, (state.cost + FURTHER_EDIT + step, counter, place, state, moves))

        for state in self.open:
            push(state, None, 0)
        while heap:
            level = heap[0][0]
            if level >= self.ceiling():
                return True
            if self.bench.work > limit:
                return bool(self.answers) and min(answer.cost for answer in self.answers) <= level
            _, _, place, state, moves = heappop(heap)
            if moves is None:
                moves = self.moves(state)
                if moves:
                    push(state, moves, 0)
                continue
            if place + 1 < len(moves):
                push(state, moves, place + 1)
            self.bench.work += 1
            after = self.attempt(state, moves[place])
            if after is not None:
                push(after, None, 0)
        return True

    def _order(self, first: Node) -> None:
        """By cost; then familiar values, the size nearest to the user's, the smaller, the table's order, the nearest."""

        def rank(answer: Answer) -> tuple[float, ...]:
            distance = size = 0
            old = first.output if first.error and first.error.floored else first.inputs[0].output
            new = answer.outcome.shape(first)
            if old is not None and new is not None and len(old) == len(new):
                distance = sum(abs(a - b) for a, b in zip(old, new, strict=True))
                size = sum(new)
            order = min(patch.order for patch in answer.patches)
            strange = not any(patch.familiar for patch in answer.patches)
            first_patch = answer.patches[0]
            return (
                *(answer.cost, len(answer.patches), strange, distance, size, order),
                *(-first_patch.place, first_patch.amount),
            )

        self.answers.sort(key=rank)


def _cheapest(state: _State) -> tuple[int, int]:
    return state.cost, -state.outcome.progress
