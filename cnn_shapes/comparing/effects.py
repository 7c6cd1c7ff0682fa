"""What follows from each change: the layers it is about, and those after it that differ because of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.comparing.changes import Changes
from cnn_shapes.comparing.partners import around
from cnn_shapes.comparing.written import (
    DEFAULT,
    FIELD,
    INPUT,
    LOCAL,
    OUTPUTS,
    PARAM,
    WHOLE_ROUNDING,
    WrittenChange,
)
from cnn_shapes.outline import is_blind

if TYPE_CHECKING:
    from cnn_shapes.comparing.pairing import LayerPair
    from cnn_shapes.network import Node
    from cnn_shapes.trace import Step, Trace

_OF_THE_FILE = (INPUT, WHOLE_ROUNDING, PARAM, DEFAULT, LOCAL)
Key = tuple[Any, ...]
_Keys = frozenset[Key]
_NONE: _Keys = frozenset()
# of more changes than these nobody asks which they are: a set for each of ten thousand layers would not end
_MOST_CAUSES = 8
_SEVERAL: _Keys = frozenset((("several",),))


class Effect:
    """What some layers differ in, together: how many, those that cost more or less, by the sums.

    `places` are theirs in the list of pairs; `seen` counts those that differ in what they see alone.
    """

    __slots__ = ("macs", "non_trainable_params", "params", "places", "seen")

    def __init__(self) -> None:
        self.places: list[int] = []
        self.params = self.non_trainable_params = self.macs = self.seen = 0

    def add(self, place: int, before: Step | None, after: Step | None) -> None:
        self.places.append(place)
        for name in ("params", "non_trainable_params", "macs"):
            grown = (getattr(after, name, None) or 0) - (getattr(before, name, None) or 0)
            setattr(self, name, getattr(self, name) + grown)


class NetworkChange:
    """One change with its effects: of the layers it is about, and of those that `follow`.

    `written` are the words that are otherwise, of one line, of the defaults of one kind, or of one param.
    `places` are those of all pairs that it is about, of those too that other changes are about.
    """

    __slots__ = ("follow", "layers", "places", "written")

    def __init__(self) -> None:
        self.written: list[WrittenChange] = []
        self.places: list[int] = []
        self.layers, self.follow = Effect(), Effect()

    @property
    def what(self) -> str:
        return self.written[0].what


class Effects:
    """The changes of two networks, causes first; `together` are layers that differ because of several.

    `of` are, by the place of a pair, the numbers of the changes, from 1, that a layer differs by, none where
    they are more than anybody asks for; `own` are those places whose layer itself was changed.
    """

    def __init__(self, found: Changes, traces: tuple[Trace, Trace]) -> None:
        self._found, self._traces = found, traces
        self.steps: tuple[dict[Node, Step], dict[Node, Step]] = tuple(  # type: ignore[assignment]
            {step.node: step for step in trace.steps} for trace in traces
        )
        self._known: dict[Key, NetworkChange] = {}
        self._shape: tuple[dict[Node, _Keys], dict[Node, _Keys]] = ({}, {})  # what a node's output differs by
        self._view: tuple[dict[Node, _Keys], dict[Node, _Keys]] = ({}, {})  # what its receptive field does
        self._single: tuple[dict[Node, _Keys], dict[Node, _Keys]] = ({}, {})  # why only one has a node
        self._by: dict[int, _Keys] = {}
        self._seen_by: dict[int, _Keys] = {}
        self.own: set[int] = set()
        self._with_owner: set[int] = set()  # norms and activations that are written on a layer that changed
        self._changed: dict[Node, _Keys] = {}  # layers after that changed themselves
        self.unexplained: list[int] = []  # layers that differ for no reason that is known
        for change in found.general:
            self._note(change)
        for node, change in found.of_inputs.items():
            keys = frozenset((self._note(change),))
            self._shape[1][node] = self._view[1][node] = keys
        for place, (before, after, is_moved) in enumerate(found.pairs):
            if is_moved:  # who read it may come before it now
                self._hand_on(0, before, self._keys(place))
                self._hand_on(1, after, self._keys(place))
        for place, pair in enumerate(found.pairs):
            self._follow(place, pair)
        self.changes, self.together, self.of = self._collected()

    def _note(self, change: WrittenChange) -> Key:
        key = _key(change)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = NetworkChange()
        if change not in known.written:
            known.written.append(change)
        return key

    def _few(self, keys: _Keys) -> _Keys:
        return keys if len(keys) <= _MOST_CAUSES and _SEVERAL.isdisjoint(keys) else _SEVERAL

    def _keys(self, place: int) -> _Keys:
        """The changes of a layer itself."""
        return frozenset(map(self._note, sorted(self._found.own.get(place, ()), key=_order)))

    def _follow(self, place: int, pair: LayerPair) -> None:
        found = self._found
        before, after, _ = pair
        own = self._keys(place)
        if own:
            self.own.add(place)
        for key in own:
            self._known[key].places.append(place)
        shape, view = self._of_what_comes_in(before, after)
        if place in found.follows:
            shape |= self._of_calls(before, after)
        shape, view = self._few(shape), self._few(view)
        if before is None or after is None:
            alone = self._alone(0, before) | self._alone(1, after)
            self._by[place] = own or shape or alone
            self._hand_on(0, before, own)
            self._hand_on(1, after, own)
            return
        steps = self.steps[0][before], self.steps[1][after]
        differs = before.output != after.output or before.stage != after.stage
        costs = differs or any(getattr(steps[0], name) != getattr(steps[1], name) for name in _FIGURES)
        looks = _looks(steps[0]) != _looks(steps[1])
        sees = looks and self._sees(0, steps[0]) != self._sees(1, steps[1])
        if own:
            self._by[place] = self._changed[after] = own
        elif costs and after.owner is not None and after.owner in self._changed:
            self._by[place] = self._changed[after.owner]
            self._with_owner.add(place)
        elif costs:
            self._by[place] = shape
        elif sees:
            self._seen_by[place] = view or shape
        for side, node in enumerate((before, after)):
            if pair.is_moved:  # who reads it read something else before
                self._hand_on(side, node, own)
                continue
            self._shape[side][node] = self._few(own | shape) if differs else _NONE
            self._view[side][node] = self._few(own | view or shape) if looks else _NONE

    def _hand_on(self, side: int, node: Node | None, own: _Keys) -> None:
        """Note why what reads a layer that is gone, new or moved differs: where it alters what goes in."""
        if node is None:
            return
        self._single[side][node] = own
        source, views = node.inputs[0], self._traces[side].views
        shape, view = self._carried(side, node)
        resizes = node.output != source.output or node.stage != source.stage
        looks = views[node.index] is not views[source.index]
        self._shape[side][node] = self._few(own | shape if resizes else shape)
        self._view[side][node] = self._few(own | view or shape if looks else view)

    def _carried(self, side: int, node: Node | None) -> tuple[_Keys, _Keys]:
        """Why the shapes that go into a layer differ from those of the other network, and what they see."""
        shape, view = _NONE, _NONE
        for source in () if node is None else node.reads:
            shape |= self._shape[side].get(source, _NONE)
            view |= self._view[side].get(source, _NONE)
        return shape, view

    def _alone(self, side: int, node: Node | None) -> _Keys:
        """The changes of the inputs of a layer that only one network has."""
        sources = () if node is None else node.inputs
        return _NONE.union(*(self._single[side].get(source, _NONE) for source in sources))

    def _of_what_comes_in(self, before: Node | None, after: Node | None) -> tuple[_Keys, _Keys]:
        """The same of both; no shapes where they are the same."""
        one, other = self._carried(0, before), self._carried(1, after)
        if before is not None and after is not None and len(before.inputs) != len(after.inputs):
            joined = self._alone(0, before) | self._alone(1, after)  # of what is joined one more is there
            return one[0] | other[0] | joined, one[1] | other[1] | joined
        is_same = before is not None and after is not None and before.state == after.state
        if is_same and before.input_shapes == after.input_shapes:  # type: ignore[union-attr]
            return _NONE, one[1] | other[1]
        return one[0] | other[0], one[1] | other[1]

    def _of_calls(self, before: Node | None, after: Node | None) -> _Keys:
        """What goes into the calls around a layer differs by: expressions may ask for its channels."""
        keys = _NONE
        for side, node in enumerate((before, after)):
            partners = self._found.partners.groups[side]
            for group in around(None if node is None else node.group):
                for of, call in ((side, group), (1 - side, partners.get(group))):
                    for source in () if call is None else call.inputs:
                        keys |= self._shape[of].get(source, _NONE)
        return keys

    def _sees(self, side: int, step: Step) -> Any:
        trace = self._traces[side]
        if step.views is None:
            return is_blind(step)  # that the whole input is larger is no news of a layer
        return trace.receptive_field(step), trace.jump(step)

    def _collected(
        self,
    ) -> tuple[list[NetworkChange], dict[tuple[int, ...], Effect], dict[int, tuple[int, ...]]]:
        first: dict[Key, int] = {}
        for place, keys in self._by.items():
            for key in keys:
                first.setdefault(key, place)
        order = sorted(self._known, key=lambda key: (_rank(key), first.get(key, -1)))
        numbers = {key: number for number, key in enumerate(order, 1)}
        together: dict[tuple[int, ...], Effect] = {}
        of: dict[int, tuple[int, ...]] = {}
        for place, pair in enumerate(self._found.pairs):
            causes = self._by.get(place)
            costs = causes is not None
            if causes is None:
                causes = self._seen_by.get(place)
            if causes is None:
                continue
            if not causes and self._known:  # what it was is lost among changes that belong together
                causes = frozenset(self._known) if len(self._known) == 1 else _SEVERAL
            elif not causes:
                self.unexplained.append(place)
            which = tuple(sorted(numbers[key] for key in causes if key in numbers))
            of[place] = which
            if len(which) == 1:
                change = self._known[order[which[0] - 1]]
                is_own = place in self.own or place in self._with_owner
                effect = change.layers if is_own else change.follow
            else:
                effect = together.setdefault(which, Effect())
            if not costs:
                effect.seen += 1
            else:
                steps = [
                    None if node is None else self.steps[side][node] for side, node in enumerate(pair[:2])
                ]
                effect.add(place, *steps)
        return [self._known[key] for key in order], together, of


_FIGURES = ("params", "non_trainable_params", "macs")


def _looks(step: Step) -> Any:
    """How a unit looks at the input, exactly: of two that see as much one may look further to the left."""
    if step.views is None:
        return is_blind(step)
    return [None if view is None else (view.advance, view.lows, view.highs) for view in step.views]


def _key(change: WrittenChange) -> Key:
    """What makes changes one: a line, the defaults of a kind; else each is one of its own."""
    if change.what == FIELD:
        return (FIELD, *change.entries)
    if change.what == DEFAULT:
        return (DEFAULT, change.owner)
    return (change.what, change)


def _order(change: WrittenChange) -> Any:
    return (
        change.what,
        change.owner,
        change.name,
        change.spans[1] or (-1, -1),
        change.spans[0] or (-1, -1),
    )


def _rank(key: Key) -> int:
    """What is of the file comes first, then the layers in their order, then the outputs."""
    return 0 if key[0] in _OF_THE_FILE else 2 if key[0] == OUTPUTS else 1
