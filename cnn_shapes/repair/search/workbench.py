"""Tries changes on a network without touching its text.

Recomputes only what the changes reach, and stops at the first error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import Findings
from cnn_shapes.edit.writing import raw_value
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.overlay import Overlay
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.following import follows_sizes
from cnn_shapes.language.unfolding.sharing import share_error
from cnn_shapes.language.unfolding.unfolder import FirstError, LimitReached, Unfolder
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.layers.list_fields import as_written
from cnn_shapes.network import ExpectMismatch, Network, Node, fits
from cnn_shapes.repair.changes.change import Change, merged, patches_of
from cnn_shapes.repair.changes.entry_changes import EntryChange
from cnn_shapes.repair.changes.spec_changes import InputChange, Lossless, SourceChange
from cnn_shapes.repair.search.replay import Replay
from cnn_shapes.repair.trial import Outcome, Tail
from cnn_shapes.shapes import FLOOR, Shape, ShapeError
from cnn_shapes.source import Limits

_DEAD = Outcome(None, None, {}, dead=True)
_LIMITS = Limits()
_OVERHEAD = 4  # what a set of changes costs beside the layers, in layers computed
_UNFOLDING = 5  # what a layer costs to unfold, in layers computed anew
_BEGINNING = 60  # what unfolding costs beside the layers


class Workbench:
    """One spec under repair. `work` counts the layers computed so far.

    `wanted` are outputs that nodes of these names must have; UNKNOWN is any size. `partial`: some layers
    could not be read, and what counts is how far a change gets.
    """

    def __init__(
        self,
        spec: Spec,
        network: Network,
        overrides: Overrides,
        wanted: dict[str, Shape] | None = None,
        partial: bool = False,
    ) -> None:
        self.spec, self.network, self.overrides, self.partial = spec, network, overrides, partial
        self.wanted = wanted or {}
        self.replay = Replay(network)
        self.pool = LayerPool()
        self._made: dict[object, Layer] = {}
        self._layers_of: dict[Change, dict[int, Layer]] = {}
        self._layers_of_group: dict[frozenset[Change], dict[int, Layer]] = {}
        self.by_item: dict[int, list[Node]] = {}
        for node in network.layers:
            if node.owner is None and node.layer is not None:
                self.by_item.setdefault(id(node.place), []).append(node)
        self._doubles = _doubles(network)
        self._entries = len(spec.entries)
        self._rounded = [  # those whose rounding is the file's
            node
            for node in network.layers
            if node.layer is not None
            and "rounding" in node.layer.fields
            and "rounding" not in getattr(node.place, "settings", {})
        ]
        self._sharing = [node for node in network.layers if node.shares is not None]
        self.replayable = not follows_sizes(spec, network)
        self._first = next(
            (node.index for node in network.layers if node.error is not None or node.layer is None),
            len(network.nodes),
        )

    @property
    def work(self) -> int:
        return self.replay.work

    @work.setter
    def work(self, count: int) -> None:
        self.replay.work = count

    def base(self) -> Outcome:
        if self._first == len(self.network.nodes):
            return Outcome(None, None, {})
        node = self.network.nodes[self._first]
        return Outcome(node, node.error, {}, dead=node.error is None)

    def evaluate(self, changes: Sequence[Change]) -> Outcome:
        if len(changes) == 1 and isinstance(changes[0], SourceChange):
            failed = self._failed_still(changes[0])
            if failed is not None:
                return failed
        if self.replayable and all(change.spatial for change in changes):
            try:
                outcome = self._with_shares(changes, self._replay(changes))
            except BadValue:  # a list for layers that have another number of axes
                return _DEAD
            if outcome.node is not None and outcome.error is None and self.partial:
                return outcome._replace(dead=False)
            if not outcome.dead:
                return outcome
        if self.partial:
            return _DEAD
        return self._unfold(changes)

    def _failed_still(self, change: SourceChange) -> Outcome | None:
        """What comes of another name in the `from` of the layer that fails, where it fails with that too.

        None where it does not, or where only unfolding the network tells: a name may be one in a block.
        """
        node = self.base().node
        named = self.network.names.get(change.name)
        if node is None or node.layer is None or node.group is not None or node.place is not change.item:
            return None
        if named is None or named.index >= node.index or node.like is not None:
            return None
        sources = [*node.inputs[: change.position], named, *node.inputs[change.position + 1 :]]
        shapes = [source.output for source in sources]
        if any(shape is None or not shape.known for shape in shapes):
            return None
        self.replay.work += 1
        try:
            node.layer.shape(*shapes)  # type: ignore[arg-type]
        except ShapeError as error:
            return Outcome(node, error.with_traceback(None), {})
        return None

    def altered(self, changes: Sequence[Change]) -> dict[int, Layer]:
        """The layers that the changes alter, by the index of their nodes."""
        if len(changes) == 1:
            return self._alone(changes[0])
        together: dict[int, Layer] = {}
        reached: set[int] = set()
        count = 0
        for change in changes:
            together.update(self._alone(change))
            indices = self._reach(change)
            reached |= indices
            count += len(indices)
        if len(reached) < count:
            for group in self._meeting(changes):
                key = frozenset(group)
                if key not in self._layers_of_group:
                    self._layers_of_group[key] = self._altered_by(group)
                together.update(self._layers_of_group[key])
        return together

    def _alone(self, change: Change) -> dict[int, Layer]:
        part = self._layers_of.get(change)
        if part is None:
            part = self._layers_of[change] = self._altered_by((change,))
        return part

    def _meeting(self, changes: Sequence[Change]) -> list[list[Change]]:
        """Those of the changes that alter the same layers, group by group."""
        groups: list[tuple[Set[int], list[Change]]] = []
        for change in changes:
            indices = self._reach(change)
            group = [change]
            apart = []
            for other in groups:
                if indices.isdisjoint(other[0]):
                    apart.append(other)
                else:
                    indices = indices | other[0]
                    group = other[1] + group
            groups = [*apart, (indices, group)]
        return [group for _, group in groups if len(group) > 1]

    def _reach(self, change: Change) -> Set[int]:
        """The indices of the nodes that a change alters, and -1 for one that depends on all others."""
        indices: Set[int] = self._alone(change).keys()
        return indices | {-1} if change.meets_all else indices

    def _altered_by(self, changes: Sequence[Change]) -> dict[int, Layer]:
        """The layers that the changes alter together: by fields, by the file's rounding, by new entries."""
        layers: dict[int, Layer] = {}
        for key, fields in _values_of(changes).items():
            for node in self.by_item.get(key, ()):
                layer = layers.get(node.index, node.layer)
                if layer is not None and all(name in layer.fields for name in fields):
                    layers[node.index] = self._altered(
                        layer,
                        {name: value.at(layer, name, self.spec.layout) for name, value in fields.items()},
                    )
        rounding = next((change for change in changes if change.rounds_file), None)
        if rounding is not None:
            for node in self._rounded:
                layer = layers.get(node.index, node.layer)
                assert layer is not None
                layers[node.index] = self._rounding(layer, rounding)
        for change in changes:
            if isinstance(change, EntryChange) and change.layer is not None:
                for node in self.by_item.get(id(change.item), ()):
                    layer = layers.get(node.index, node.layer)
                    if layer is not None and change.position < len(node.inputs):
                        through = self._rounding(change.layer, rounding)
                        layers[node.index] = self._fed(layer, through, change)
        return layers

    def _fed(self, layer: Layer, through: Layer, change: EntryChange) -> Layer:
        return self._kept((layer, through, change), lambda: change.feeding(layer, through))

    def _rounding(self, layer: Layer, rounding: Change | None) -> Layer:
        """A layer as the rounding of the file makes it."""
        if rounding is None or "rounding" not in layer.fields:
            return layer
        if rounding.harmless:
            return self._kept((layer, rounding), lambda: Lossless(layer))
        return self._altered(layer, {"rounding": FLOOR})

    def _replay(self, changes: Sequence[Change]) -> Outcome:
        layers = self.altered(changes)
        shapes: dict[int, Shape] = {}
        nodes, cut = self.network.nodes, self.replay.cut
        start, last = min(layers, default=len(nodes)), max(layers, default=0)
        inputs = [change for change in changes if isinstance(change, InputChange)]
        for change in merged(inputs):
            assert isinstance(change, InputChange)
            shapes[0] = change.shape
            start = len(self.network.inputs)
        self.replay.work += _OVERHEAD
        if self._first < start:
            node = nodes[self._first]
            return Outcome(node, node.error, shapes, dead=node.error is None)
        for node in nodes[start:]:
            index = node.index
            layer = layers.get(index)
            if layer is None:
                if index > last and cut[index - 1] and index - 1 in shapes:
                    return self._with_tail(shapes, self.replay.tail(index - 1, shapes[index - 1]))
                for source in node.reads:
                    if source.index in shapes:
                        break
                else:
                    if node.error is not None:
                        return Outcome(node, node.error, shapes)
                    continue
                layer = node.layer
                if layer is None:
                    return Outcome(node, None, shapes, dead=True)
            self.replay.work += 1
            output = self.replay.computed(node, layer, [shapes.get(s.index, s.output) for s in node.reads])
            if output is None:
                return Outcome(node, None, shapes, dead=True)
            if isinstance(output, ShapeError):
                return Outcome(node, output, shapes)
            if output != node.output or node.error is not None or node.state:
                shapes[index] = output
        return Outcome(None, None, shapes)

    def _with_shares(self, changes: Sequence[Change], outcome: Outcome) -> Outcome:
        """A valid outcome, where those that share weights need the same ones still."""
        if not self._sharing or not outcome.valid:
            return outcome
        layers = self.altered(changes)
        for node in self._sharing:
            other = node.shares
            assert other is not None
            pair = [
                (layers.get(one.index, one.layer), [outcome.shape(source) for source in one.reads])
                for one in (node, other)
            ]
            error = share_error(node, other, pair)
            if error is not None:
                return Outcome(node, error, outcome.shapes, outcome.tail)
        return outcome

    def _with_tail(self, shapes: dict[int, Shape], tail: Tail) -> Outcome:
        if tail.node is not None and tail.error is None:
            return Outcome(tail.node, None, shapes, tail, dead=True)
        return Outcome(tail.node, tail.error, shapes, tail)

    def _altered(self, layer: Layer, fields: dict[str, object]) -> Layer:
        return self._kept((layer, *fields.items()), lambda: layer.altered(**fields))

    def _kept(self, key: object, make: Callable[[], Layer]) -> Layer:
        """A layer that is made once for each key, so that what is known of it is found again."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def _unfold(self, changes: Sequence[Change]) -> Outcome:
        findings = Findings()
        overlay = Overlay(self.spec, patches_of(self.spec, changes), findings)
        unfolder = Unfolder(
            self.spec,
            overlay,
            findings=findings,
            overrides=self.overrides,
            limits=_LIMITS,
            pool=self.pool,
            stop_at_error=True,
        )
        network = unfolder.network
        try:
            unfolder.run()
            outcome = self._as_wanted(network)
            if findings.listed() or _doubles(network) > self._doubles:
                outcome = _DEAD  # it could not be read, or joins a tensor with itself, which ruins it
        except FirstError as first:
            outcome = Outcome(
                first.node, first.node.error, {}, dead=first.node.error is None, network=network
            )
        except LimitReached:
            outcome = _DEAD
        self.replay.work += _BEGINNING + _UNFOLDING * max(len(network.nodes), self._entries)
        return outcome

    def _as_wanted(self, network: Network) -> Outcome:
        for node in network.layers if self.wanted else ():
            expected = self.wanted.get(node.name)
            if expected is not None and node.output is not None and not fits(expected, node.output):
                return Outcome(node, ExpectMismatch(expected, node.output), {}, network=network)
        return Outcome(None, None, {}, network=network)


def _doubles(network: Network) -> int:
    """How many joins get the same tensor more than once."""
    return sum(
        len(set(map(id, node.inputs))) < len(node.inputs) for node in network.layers if len(node.inputs) > 1
    )


class _Proposed(NamedTuple):
    """A value as the engine keeps it for layers of `rank` spatial axes; None: for any layer."""

    value: Any
    rank: int | None

    def at(self, layer: Layer, field: str, layout: str) -> Any:
        """The value for a layer, of another rank as the text is read there. Raises BadValue."""
        if self.rank in (None, layer.rank):
            return self.value
        return layer.fields[field].read(raw_value(self.value), layer.rank, layout)


def _values_of(changes: Sequence[Change]) -> dict[int, dict[str, _Proposed]]:
    """The fields that the changes give other values, by the entry: axes of one value are put together."""
    values: dict[int, dict[str, _Proposed]] = {}
    for change in changes:
        for item, field, value, axes in change.values():
            fields = values.setdefault(id(item), {})
            before = fields[field].value if field in fields else None
            if isinstance(before, tuple):
                parts = tuple(value[axis] if axis in axes else part for axis, part in enumerate(before))
                value = as_written(parts) if isinstance(parts[0], tuple) else parts
            fields[field] = _Proposed(value, change.rank)
    return values
