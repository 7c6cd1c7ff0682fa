"""Finds the cheapest sets of changes that make a whole network valid.

First every single change, the cheapest first; then, where they do not suffice, a beam that follows the
furthest progress for an answer to beat; then uniform-cost search over sets of changes for whatever is
cheaper. A set that mends a network must hold a change that reaches its first error, so only such changes are
ever added: that makes the search exact over the declared values when it ends before its bound.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple

from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Change
from cnn_shapes.repair.changes.costs import FURTHER_EDIT, LEAST
from cnn_shapes.repair.search.candidates import Candidates, wrong_axis
from cnn_shapes.repair.search.workbench import Workbench
from cnn_shapes.repair.trial import Outcome

Accept = Callable[[tuple[Change, ...], Outcome], bool]
_BEAM = 6
_SINGLES = 2  # times as many single changes are looked for as answers are wanted
_FEW = 3  # changes that a person would still call small
_ALTERNATIVES = 32_000  # layers computed for further answers once none can be cheaper than the first
_FURTHEST = 40  # states that are kept for partial answers
# what else takes time, in layers computed: to try a change even without success, to list so many of them
_TRYING = 2
_LISTED = 2


class ChangeSet(NamedTuple):
    """A set of changes, its cost and what comes of it."""

    changes: tuple[Change, ...]
    cost: int
    outcome: Outcome
    key: frozenset[int] = frozenset()


class Found(NamedTuple):
    """The answers, the cheapest first; `exact`: no set of declared values is cheaper than the first.

    `partial` are sets after which an error is left, but a later one.
    """

    answers: list[ChangeSet]
    exact: bool
    partial: list[ChangeSet]


class Search:
    """One search on one workbench. `bound` is its work in all, counted in layers computed."""

    def __init__(
        self, bench: Workbench, candidates: Candidates, accept: Accept, most: int, bound: int
    ) -> None:
        self.bench, self.candidates, self.accept = bench, candidates, accept
        self.most, self.bound = most, bound
        self.enough = _SINGLES * most  # answers; of single changes many are alike
        self.answers: list[ChangeSet] = []
        self._costs: list[int] = []  # of the answers, in order
        self.partial: list[ChangeSet] = []
        self.known: list[frozenset[int]] = []
        self.seen: set[frozenset[int]] = set()

    def run(self) -> Found:
        base = self.bench.base()
        if base.dead or base.node is None:
            return Found([], True, [])
        self.base = base
        end = self.bench.work + self.bound
        root = ChangeSet((), 0, base)
        singles = self._singles(root, end)
        self.enough = self.most
        if not self.answers:
            self._beam([state for state in singles if _is_beyond(state.outcome, base)], self._half_way(end))
        if not self.answers:  # the many larger sets of cheap changes would hide the small ones
            self._sets(singles, self._half_way(end), _FEW)
        exact = self._sets(singles, end) and not self.candidates.cut
        self.answers = self._reduced()
        rank = _rank_at(base.node)
        self.answers.sort(key=rank)
        self.partial.sort(key=lambda state: (*_furthest(state), *rank(state)))
        return Found(self.answers, exact, self.partial[:_FURTHEST])

    def _half_way(self, end: int) -> int:
        """The work after half of what is left of it."""
        return (self.bench.work + end) // 2

    def ceiling(self) -> int:
        """The cost from which on a further answer is of no use."""
        if len(self.answers) < self.enough:
            return 1 << 30
        return self._costs[self.enough - 1]

    def attempt(self, state: ChangeSet, move: Change) -> ChangeSet | None:
        """The state one change further; None where it is an answer, or leads nowhere, or was tried."""
        key = state.key | {move.key}
        if key in self.seen:
            return None
        self.seen.add(key)
        self.bench.work += _TRYING
        for change in state.changes:
            if not change.slots.isdisjoint(move.slots):
                return None
        changes = (*state.changes, move)
        if len(changes) > 1 and any(key >= known for known in self.known):
            return None
        outcome = self.bench.evaluate(changes)
        if outcome.dead:
            return None
        cost = state.cost + move.cost + (FURTHER_EDIT if state.changes else 0)
        after = ChangeSet(changes, cost, outcome, key)
        if not outcome.valid:
            self._keep(after)
            return after
        self.known.append(key)  # also of one that is not accepted, a larger set is not better
        if self.accept(changes, outcome):
            self.answers.append(after)
            insort(self._costs, cost)
        return None

    def _reduced(self) -> list[ChangeSet]:
        """The answers without the changes that they can do without: what a beam finds may hold some."""
        reduced: dict[frozenset[int], ChangeSet] = {}
        for answer in self.answers:
            place = 0
            while place < len(answer.changes) > 1:
                smaller = self._without(answer, place)
                if smaller is None:
                    place += 1
                else:
                    answer, place = smaller, 0
            reduced.setdefault(answer.key, answer)
        return list(reduced.values())

    def _without(self, answer: ChangeSet, place: int) -> ChangeSet | None:
        """An answer without one change, if that works; what follows from others may have another value."""
        kept = [change for number, change in enumerate(answer.changes) if number != place]
        keys = {change.key for change in kept}
        chosen = [change for change in kept if change.key == id(change)]  # the rest fit themselves to these
        while True:
            outcome = self.bench.evaluate(chosen) if chosen else self.bench.base()
            if outcome.valid:
                cost = sum(change.cost for change in chosen) + FURTHER_EDIT * (len(chosen) - 1)
                return ChangeSet(tuple(chosen), cost, outcome, frozenset(change.key for change in chosen))
            taken = {change.key for change in chosen}
            fitting = (change for change in self.candidates.of(outcome) if change.key in keys - taken)
            fit = next(fitting, None) if not outcome.dead else None
            if fit is None or any(not change.slots.isdisjoint(fit.slots) for change in chosen):
                return None
            chosen.append(fit)

    def _moves(self, state: ChangeSet) -> list[Change]:
        """The changes that reach the first error of a state, the cheapest first."""
        moves = self.candidates.of(state.outcome)
        self.bench.work += len(moves) // _LISTED
        return moves

    def _keep(self, state: ChangeSet) -> None:
        """Remember a state for the partial answers, where it got past the first error."""
        if not self.answers and _is_beyond(state.outcome, self.base):
            self.partial.append(state)
            if len(self.partial) > 4 * _FURTHEST:
                self.partial.sort(key=_furthest)
                del self.partial[_FURTHEST:]

    def _singles(self, root: ChangeSet, limit: int) -> list[ChangeSet]:
        """Try single changes until there are answers enough; the states where an error is left."""
        states = []
        answered = False
        for move in self._moves(root):
            if move.cost > self.ceiling() or self.bench.work > limit:
                break
            state = self.attempt(root, move)
            if state is not None:
                states.append(state)
            if self.answers and not answered:  # the moves come by their cost: none after it is cheaper
                answered, limit = True, min(limit, self.bench.work + _ALTERNATIVES)
        return states

    def _beam(self, promising: list[ChangeSet], limit: int) -> None:
        """Follow the sets that get furthest, a few at a time, each mending the first error that is left."""
        beam = _best(promising)
        while beam and self.bench.work < limit:
            grown: list[ChangeSet] = []
            for state in beam:
                mended = 0
                for move in self._moves(state):
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
                    elif after is not None and _is_beyond(after.outcome, state.outcome):
                        grown.append(after)
                        mended += 1
            if self.answers:
                return
            beam = _best(grown)

    def _sets(self, singles: list[ChangeSet], limit: int, most: int | None = None) -> bool:
        """Uniform-cost search for sets of two and more, of at most `most`, that cost less than what is known.

        Whether it ended: then nothing is cheaper than the first answer. For further ones it goes on a while.
        """
        self.seen.clear()
        heap: list[tuple[int, int, int, ChangeSet, list[Change] | None]] = []
        counter = 0
        exact = False

        def push(state: ChangeSet, moves: list[Change] | None, place: int) -> None:
            nonlocal counter
            step = LEAST if moves is None else moves[place].cost
            counter += 1
            heappush(heap, (state.cost + FURTHER_EDIT + step, counter, place, state, moves))

        for state in singles:
            push(state, None, 0)
        while heap:
            level, _, place, state, moves = heappop(heap)
            if level >= self.ceiling():
                return True
            if not exact and self.answers and level >= self._costs[0]:
                exact = True
                limit = min(limit, self.bench.work + _ALTERNATIVES)
            if self.bench.work > limit:
                return exact
            if moves is None:
                moves = self._moves(state)
                if moves:
                    push(state, moves, 0)
                continue
            cost = moves[place].cost
            while place < len(moves) and moves[place].cost == cost and self.bench.work <= limit:
                after = self.attempt(state, moves[place])
                if after is not None and (most is None or len(after.changes) < most):
                    push(after, None, 0)
                place += 1
            if place < len(moves):
                push(state, moves, place)
        return True


def _rank_at(first: Node) -> Callable[[ChangeSet], tuple[float, ...]]:
    """By cost; then familiar values, the size nearest to the user's, the smaller, the table's order."""

    def rank(answer: ChangeSet) -> tuple[float, ...]:
        distance = size = 0
        old = first.output if first.error and first.error.floored else first.inputs[0].output
        new = answer.outcome.shape(first)
        if old is not None and new is not None and len(old) == len(new):
            distance = sum(abs(a - b) for a, b in zip(old, new, strict=True))
            size = sum(new)
        order = min(change.order for change in answer.changes)
        strange = not any(change.familiar for change in answer.changes)
        first_change = answer.changes[0]
        return (
            *(answer.cost, len(answer.changes), strange, distance, size, order),
            *(-first_change.place, first_change.amount),
        )

    return rank


def _is_beyond(outcome: Outcome, other: Outcome) -> bool:
    """Whether it fails later than another, or at the same node for another reason or on another axis."""
    if outcome.progress != other.progress:
        return outcome.progress > other.progress
    return _reason(outcome) != _reason(other)


def _reason(outcome: Outcome) -> tuple[str, int | None]:
    return outcome.error.rule if outcome.error is not None else "", wrong_axis(outcome)


def _best(states: list[ChangeSet]) -> list[ChangeSet]:
    """Those to follow: half of them the cheapest, half of them those that get furthest."""
    cheapest = sorted(states, key=_cheapest)[: _BEAM // 2]
    chosen = {id(state) for state in cheapest}
    others = sorted((state for state in states if id(state) not in chosen), key=_furthest)
    return cheapest + others[: _BEAM - len(cheapest)]


def _cheapest(state: ChangeSet) -> tuple[int, int]:
    return state.cost, -state.outcome.progress


def _furthest(state: ChangeSet) -> tuple[int, int]:
    return -state.outcome.progress, state.cost
