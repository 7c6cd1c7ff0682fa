"""Whether a spec is a model: both as layers that read one another, and the first in which they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product, takewhile
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, format_shape
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.merge import SplitPart
from cnn_shapes.network import Network, Node
from cnn_shapes.shapes import Shape
from cnn_shapes.trace import Step, Trace

# kinds that move values about: what they make of a shape is seen at the next layer
_MOVING = frozenset(("flatten", "reshape", "permute", "split"))
_UNORDERED = frozenset(("add", "average", "maximum", "minimum", "multiply"))
_NESTED = frozenset(("add", "concat", "multiply"))  # one of several is two of fewer
_MOST_JOINED = 200  # outputs that joins in one another read
# what one of the two calls otherwise
_SAME = {
    "depthwise_conv": "conv",
    "dense": "conv",  # at one place
    "global_avgpool": "average of the map",
    "adaptive_avgpool": "average of the map",
    "global_maxpool": "maximum of the map",
    "adaptive_maxpool": "maximum of the map",
    "hardtanh": "relu6",
}
_FIELDS = ("mode", "heads", "transpose")  # that change neither a shape nor a count
_MOST_PAIRED = 50  # layers of each that differ first and at once
_FOLLOWED = 250  # layers from these on
_MOST_MORE = 50  # layers of one that the other may lack there


class OutputPart(NamedTuple):
    """What a layer gives: its place in the list, -1 for the first input, and of it these parts of splits."""

    place: int
    parts: tuple[int, ...] = ()


class ComparedLayer(NamedTuple):
    """One layer of a network with what is compared: `facts` by name, in the order in which they are told."""

    step: Step
    facts: dict[str, Any]
    sources: tuple[OutputPart, ...]

    @property
    def node(self) -> Node:
        return self.step.node


class Difference(NamedTuple):
    """The first layers that differ, each None where a network has nothing left, and what is `told` of them.

    `alone` is "spec" or "model" where that one has a layer more; the other's is then what comes next there.
    `place` counts the layer among the compared ones of its network, from 1: the spec's unless it is alone.
    """

    place: int
    spec: ComparedLayer | None
    model: ComparedLayer | None
    alone: str
    told: tuple[str, ...]

    @property
    def named(self) -> ComparedLayer:
        """The layer that is wrong: that of the spec, or the one that it lacks."""
        named = self.model if self.alone == "model" else self.spec
        assert named is not None
        return named


class ComparedNetwork(NamedTuple):
    """What a network computes, in the order of its text, and what of it comes out, by the outputs' names."""

    layers: list[ComparedLayer]
    outputs: dict[str, tuple[OutputPart, ...]]


def compared_layers(trace: Trace, inputs: Sequence[str] = ()) -> list[ComparedLayer]:
    """The layers of `compared`."""
    return compared(trace, inputs).layers


def compared(trace: Trace, inputs: Sequence[str] = ()) -> ComparedNetwork:
    """What a network computes: no layer that moves values only, or does nothing.

    Where its inputs have the names `inputs`, they count in this order.
    """
    network = trace.network
    steps = {step.node.index: step for step in trace.steps}
    order = [node.name for node in network.inputs]
    if sorted(order) == sorted(inputs):
        order = [*inputs]
    outputs: dict[int, tuple[OutputPart, ...]]
    outputs = {node.index: (OutputPart(-1 - order.index(node.name)),) for node in network.inputs}
    joined: dict[tuple[int, Any], tuple[OutputPart, ...]] = {}  # what joins read, for others of the same kind
    readers = _readers(network)
    found: list[ComparedLayer] = []
    for node in network.layers:
        layer = node.layer
        assert layer is not None
        kind = layer.signature() if node.kind in _NESTED else None
        sources = tuple(
            output
            for source in node.inputs
            for output in joined.get((source.index, kind), outputs[source.index])
        )
        if layer.is_identity or node.kind in _MOVING or (layer.joins and len(node.inputs) == 1):
            part = (layer.position,) if isinstance(layer, SplitPart) else ()
            outputs[node.index] = tuple(OutputPart(place, (*parts, *part)) for place, parts in sources)
            continue
        by = readers.get(node.index, [])
        inside = len(by) == 1 and by[0] is not None and by[0].signature() == kind
        if kind is not None and len(sources) <= _MOST_JOINED and (inside or node.kind == "concat"):
            joined[node.index, kind] = sources
        if not inside:
            outputs[node.index] = (OutputPart(len(found)),)
            found.append(ComparedLayer(steps[node.index], _facts(steps[node.index]), sources))
        else:
            outputs[node.index] = sources
    return ComparedNetwork(found, {node.name: outputs[node.index] for node in network.outputs})


def different_outputs(spec: ComparedNetwork, model: ComparedNetwork) -> tuple[list[str], list[str]]:
    """The outputs that only the spec has, and those that only the model has, where all layers are the same.

    Their order is free: a model that gives a mapping has none.
    """
    known: dict[Any, int] = {}
    ours, theirs = (_identified(one, _Side(one.layers, known)) for one in (spec, model))
    return _without(ours, theirs), _without(theirs, ours)


def _identified(network: ComparedNetwork, side: _Side) -> dict[str, Any]:
    return {
        name: tuple(
            (side.identities[part.place] if part.place >= 0 else part.place, part.parts) for part in parts
        )
        for name, parts in network.outputs.items()
    }


def _without(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    left = Counter(theirs.values())
    found = []
    for name, identity in ours.items():
        if left[identity]:
            left[identity] -= 1
        else:
            found.append(name)
    return found


def first_difference(
    spec: Sequence[ComparedLayer], model: Sequence[ComparedLayer], layout: str = CHANNELS_FIRST
) -> Difference | None:
    """The layers of both that differ though all that they read is the same, or None where nothing differs.

    Shapes are told in `layout`.
    """
    known: dict[Any, int] = {}
    ours, theirs = _Side(spec, known), _Side(model, known)
    mine, others = ours.first_without(theirs), theirs.first_without(ours)
    if not mine and not others:
        return None
    if mine and others:
        pairs = product(mine[:_MOST_PAIRED], others[:_MOST_PAIRED])
        place, other = max(pairs, key=lambda pair: ours.likeness(pair[0], theirs, pair[1]))
        alone, count = _more(ours.on_from(place), theirs.on_from(other))
        if not count:
            told = tuple(_told(ours.layers[place], theirs.layers[other], layout))
            return Difference(place + 1, spec[place], model[other], "", told)
        mine, others = [place], [other]
    else:
        alone, count = ("spec", len(mine)) if mine else ("model", len(others))
    lacks = f"the {'model' if alone == 'spec' else 'spec'} lacks this layer"
    after = {1: "", 2: " and the one after it"}.get(count, f" and the {count - 1} after it")
    return Difference(
        (mine if alone == "spec" else others)[0] + 1,
        spec[mine[0]] if mine else None,
        model[others[0]] if others else None,
        alone,
        (lacks + after,),
    )


def _more(ours: Sequence[Any], theirs: Sequence[Any]) -> tuple[str, int]:
    """Which of the two has how many layers more before both go on alike; none where one is another."""
    found = {("", 0): _alike(ours[1:], theirs[1:])}
    for count in range(1, _MOST_MORE + 1):
        found["spec", count] = _alike(ours[count:], theirs)
        found["model", count] = _alike(ours, theirs[count:])
    return max(found, key=lambda which: found[which])


def _alike(ours: Sequence[Any], theirs: Sequence[Any]) -> int:
    """How many layers are alike before the first that are not."""
    pairs = zip(ours, theirs, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _told(ours: ComparedLayer, theirs: ComparedLayer, layout: str) -> Iterator[str]:
    facts = {name: (ours.facts.get(name), theirs.facts.get(name)) for name in {**ours.facts, **theirs.facts}}
    for name, (one, other) in facts.items():
        if one != other:
            yield f"{name}: {_shown(one, layout)} in the spec, {_shown(other, layout)} in the model"
            if name == "kind":  # all else is of another kind too
                return
    if all(one == other for one, other in facts.values()):
        read, instead = (", ".join(source.name for source in side.node.inputs) for side in (ours, theirs))
        yield f"reads: {read} in the spec, {instead} in the model"


class _Side:
    """One of the two networks. `identities` are equal where all that leads to a layer is the same in both."""

    def __init__(self, layers: Sequence[ComparedLayer], known: dict[Any, int]) -> None:
        self.layers = layers
        self.identities: list[int] = []
        self.readers: list[list[int]] = [[] for _ in layers]
        for place, layer in enumerate(layers):
            for source in layer.sources:
                if source.place >= 0:
                    self.readers[source.place].append(place)
            key = (frozenset(layer.facts.items()), self.sources(place))
            self.identities.append(known.setdefault(key, len(known)))
        self.depths = [0] * len(layers)  # of what follows
        for place in reversed(range(len(layers))):
            self.depths[place] = 1 + max((self.depths[reader] for reader in self.readers[place]), default=0)

    def sources(self, place: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """What a layer reads, in numbers that both networks share, sorted where the order is free."""
        found = tuple(
            (self.identities[source.place] if source.place >= 0 else source.place, source.parts)
            for source in self.layers[place].sources
        )
        return tuple(sorted(found)) if self.layers[place].node.kind in _UNORDERED else found

    def first_without(self, other: _Side) -> list[int]:
        """The layers that the other has not, though it has all that they read."""
        alike: dict[int, list[int]] = {}
        for place, identity in enumerate(self.identities):
            alike.setdefault(identity, []).append(place)
        there = Counter(other.identities)
        lacking: set[int] = set()
        for identity, places in reversed(alike.items()):  # so that readers come first
            # of several that are alike, those whose readers are not there either
            places.sort(key=lambda place: any(reader in lacking for reader in self.readers[place]))
            lacking.update(places[min(there[identity], len(places)) :])
        return [
            place
            for place in sorted(lacking)
            if not any(source.place in lacking for source in self.layers[place].sources)
        ]

    def likeness(self, place: int, other: _Side, its: int) -> tuple[int, bool, int, int]:
        """How much speaks for it that two layers are meant to be the same: what they read, what they are."""
        read = Counter(self.sources(place)) & Counter(other.sources(its))
        facts, others = self.layers[place].facts, other.layers[its].facts
        return (
            read.total(),
            facts["kind"] == others["kind"],
            self.depths[place] + other.depths[its],
            len(facts.items() & others.items()),
        )

    def on_from(self, place: int) -> list[tuple[Any, ...]]:
        """A layer and those that follow on the longest way, by what does not depend on sizes before them."""
        found: list[tuple[Any, ...]] = []
        following: int | None = place
        while following is not None and len(found) < _FOLLOWED:
            facts = self.layers[following].facts
            found.append(tuple(facts.get(name) for name in ("kind", "kernel_size", "stride")))
            readers = self.readers[following]
            following = max(readers, key=lambda reader: self.depths[reader], default=None)
        return found


def _readers(network: Network) -> dict[int, list[Layer | None]]:
    """The layers that read each node, None where it is an output of the network."""
    found: dict[int, list[Layer | None]] = {node.index: [None] for node in network.outputs}
    for node in network.layers:
        for source in node.inputs:
            found.setdefault(source.index, []).append(node.layer)
    return found


def _facts(step: Step) -> dict[str, Any]:
    node, layer = step.node, step.node.layer
    assert layer is not None
    facts: dict[str, Any] = {"kind": _SAME.get(node.kind, node.kind)}
    x = node.input_shapes[0]
    if node.kind == "dense":
        facts.update(kernel_size=(1,), stride=(1,), padding=((0, 0),), dilation=(1,), groups=1)
    elif layer.has_windows and x is not None:
        windows = layer.windows(x)
        facts["kernel_size"] = _along(one.kernel_size for one in windows)
        facts["stride"] = _along(one.stride for one in windows)
        facts["padding"] = _along((one.before, one.after) for one in windows)
        facts["dilation"] = _along(one.dilation for one in windows)
    if layer.has_weights:
        facts["groups"] = _groups(node) or facts.get("groups")
        facts["bias"] = getattr(layer, "bias", None)
    for name in _FIELDS:
        facts[name] = getattr(layer, name, None)
    facts["output"] = _without_ones(node)
    facts["parameters"] = step.params
    return {name: value for name, value in facts.items() if value is not None}


def _along(values: Iterable[Any]) -> tuple[Any, ...]:
    """A value for each axis, once where all are the same: a vector has none, and may be meant as a map."""
    every = tuple(values)
    return every[:1] if len({*every}) == 1 else every


def _groups(node: Node) -> int | None:
    layer, x = node.layer, node.input_shapes[0]
    groups = getattr(layer, "groups", None)
    if node.kind == "depthwise_conv" and x is not None:
        return int(x.channels)
    return groups if isinstance(groups, int) else None


def _without_ones(node: Node) -> Shape | None:
    """The shape that comes out; one value a channel is a vector, whichever way it is kept."""
    shape, layer = node.output, node.layer
    if shape is None or not shape.known:
        return shape
    if all(size == 1 for size in shape.sizes):
        return Shape(shape[:1])
    if shape.rank == 1 and layer is not None and layer.joins:
        return Shape(sorted(shape))  # either axis of a sequence may be the first
    return shape


def _shown(value: Any, layout: str) -> str:
    if isinstance(value, Shape):
        return format_shape(value, layout)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, tuple):
        return "x".join(map(_size, value))
    return str(value)


def _size(value: Any) -> str:
    """A number along an axis, or the two at its ends."""
    before, after = value if isinstance(value, tuple) else (value, value)
    return str(before) if before == after else f"{before}+{after}"
