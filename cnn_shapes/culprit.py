"""Why the inputs of a join do not fit: each input with its producer, and the layer upstream where it went apart."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnn_shapes.diagnostics import Label, Note
from cnn_shapes.layers.conv import ConvTranspose
from cnn_shapes.layers.resize import Crop, Pad
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, Shape

_VERBS = {"add": "add", "multiply": "multiply", "concat": "concatenate"}


class Explanation(NamedTuple):
    """Message, facts, labels and notes for a join whose inputs do not fit."""

    template: str
    facts: dict[str, Any]
    labels: tuple[Label, ...]
    notes: tuple[Note, ...]


class Culprit(NamedTuple):
    """The layer where the inputs went apart, and what it did, to be told in the message and at its place."""

    node: Node
    field: str
    template: str
    facts: dict[str, Any]


def explain_mismatch(join: Node) -> Explanation:
    """What to say of a join whose inputs do not fit: all of them by name and shape, then the culprit."""
    inputs = [(source, source.output or Shape((0,))) for source in join.inputs]
    facts: dict[str, Any] = {"verb": _VERBS[join.kind]}
    parts = []
    for place, (source, shape) in enumerate(inputs):
        parts.append(f"{{shape{place}}} (from {{name{place}}})")
        facts[f"shape{place}"], facts[f"name{place}"] = shape, name_of(source)
    template = "cannot {verb} " + " and ".join(parts)
    labels = [
        Label(source.at("kernel_size"), "{name} gives {shape}", {"name": name_of(source), "shape": shape})
        for source, shape in inputs
        if source.inputs
    ]
    culprit = find_culprit(join)
    if culprit is not None:
        template += ": " + culprit.template
        facts.update(culprit.facts)
        labels.insert(0, Label(culprit.node.at(culprit.field), culprit.template, culprit.facts))
    first_at: dict[Any, Label] = {}
    for label in labels:
        first_at.setdefault(label.span, label)
    return Explanation(template, facts, tuple(first_at.values()), ())


def name_of(node: Node) -> str:
    """The name a person knows a node by: the layer's own for its norm and activation."""
    return "the input" if not node.inputs else (node.owner or node).name


def find_culprit(join: Node) -> Culprit | None:
    """The first layer, on the ways that only one of the inputs takes, that sets the inputs apart."""
    shapes = [source.output for source in join.inputs]
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or len({len(shape) for shape in known}) > 1:
        return None
    own = _own_ways(join)
    if len({shape.sizes for shape in known}) > 1:
        return _size_culprit(join, own)
    return _channel_culprit(join, known)


def _own_ways(join: Node) -> list[Node]:
    """The nodes that some inputs of a join depend on and others do not, in the order of computing."""
    reaches = [_reach(source) for source in join.inputs]
    shared = set.intersection(*(set(reach) for reach in reaches))
    apart = {index: node for reach in reaches for index, node in reach.items() if index not in shared}
    return [apart[index] for index in sorted(apart)]


def _reach(node: Node) -> dict[int, Node]:
    return {source.index: source for source in (*ancestors(node), node)}


def _size_culprit(join: Node, own: list[Node]) -> Culprit | None:
    axis = _differing_axis(join)
    for node in reversed(own):
        if isinstance(node.layer, Crop | Pad):
            return _resizing(node, axis, join)
    for node in own:
        if (size := _odd_input(node, axis)) is not None:
            return _uneven(node, axis, size)
    strided = [node for node in own if _stride(node, axis) > 1]
    for node in own:
        if (
            isinstance(node.layer, Sliding)
            and _stride(node, axis) == 1
            and not isinstance(node.layer, ConvTranspose)
        ):
            before, after = _sizes(node, axis)
            if before != after and not strided:
                return Culprit(
                    node,
                    "kernel_size",
                    "{culprit} makes {axis} {after} of {before}, the other way keeps it",
                    {"culprit": node.name, "axis": _axis_name(node, axis), "after": after, "before": before},
                )
    if strided:
        node = strided[0]
        before, after = _sizes(node, axis)
        return Culprit(
            node,
            "stride",
            "{culprit} has stride {stride} and makes {axis} {after} of {before}, the other way has no such stride",
            {
                "culprit": node.name,
                "stride": _stride(node, axis),
                "axis": _axis_name(node, axis),
                "after": after,
                "before": before,
            },
        )
    return None


def _resizing(node: Node, axis: int, join: Node) -> Culprit:
    before, after = _sizes(node, axis)
    wanted = next(
        (
            x.sizes[axis]
            for source in join.inputs
            if (x := source.output) is not None and x.sizes[axis] != after
        ),
        "?",
    )
    return Culprit(
        node,
        "amount",
        "{culprit} makes {axis} {after} of {before}, where {wanted} is needed",
        {
            "culprit": node.name,
            "axis": _axis_name(node, axis),
            "after": after,
            "before": before,
            "wanted": wanted,
        },
    )


def _uneven(node: Node, axis: int, size: int) -> Culprit:
    return Culprit(
        node,
        "stride",
        "{culprit} makes {after} of {axis} {odd}, which is no multiple of its stride {stride}",
        {
            "culprit": node.name,
            "after": _sizes(node, axis)[1],
            "axis": _axis_name(node, axis),
            "odd": size,
            "stride": _stride(node, axis),
        },
    )


def _channel_culprit(join: Node, shapes: list[Shape]) -> Culprit | None:
    """The layer that decides the channels of the input that differs from the most, or of the last."""
    counts = [shape.channels for shape in shapes]
    odd = min(range(len(counts)), key=lambda place: (counts.count(counts[place]), place))
    node = channel_source(join.inputs[odd])
    others = next((count for count in counts if count != counts[odd]), None)
    if others is None or not node.inputs:
        return None
    return Culprit(
        node,
        "filters",
        "{culprit} makes {channels} channels, the other input has {others}",
        {"culprit": name_of(node), "channels": counts[odd], "others": others},
    )


def channel_source(node: Node) -> Node:
    """The layer that decides the channels that come out of a node."""
    while len(node.inputs) == 1 and not decides_channels(node):
        node = node.inputs[0]
    return node


def decides_channels(node: Node) -> bool:
    """Whether a layer says itself how many channels come out, or joins them."""
    layer = node.layer
    if layer is None or layer.joins or "filters" in layer.fields or "units" in layer.fields:
        return True
    before = node.inputs[0].output
    return before is None or node.output is None or before[0] != node.output[0]


def _differing_axis(join: Node) -> int:
    shapes = [source.output for source in join.inputs if source.output is not None]
    for axis, column in enumerate(zip(*(shape.sizes for shape in shapes), strict=True)):
        if len(set(column)) > 1:
            return axis
    return 0


def _sizes(node: Node, axis: int) -> tuple[int, int]:
    before, after = node.inputs[0].output, node.output
    return (
        before.sizes[axis] if before is not None and axis < before.rank else 0,
        after.sizes[axis] if after is not None and axis < after.rank else 0,
    )


def _stride(node: Node, axis: int) -> int:
    layer = node.layer
    return layer.stride[axis] if isinstance(layer, Sliding) and axis < len(layer.stride) else 1


def _odd_input(node: Node, axis: int) -> int | None:
    """The input size of a layer that strides over it and does not divide it."""
    stride = _stride(node, axis)
    if stride == 1 or isinstance(node.layer, ConvTranspose) or not node.inputs:
        return None
    size = _sizes(node, axis)[0]
    return size if size % stride else None


def _axis_name(node: Node, axis: int) -> str:
    rank = node.output.rank if node.output is not None else 0
    names = AXIS_NAMES.get(rank, ())
    return names[axis] if axis < len(names) else "size"


def ancestors(node: Node) -> list[Node]:
    """Every node that `node` depends on, in the order of computing."""
    seen: dict[int, Node] = {}
    waiting = list(node.inputs)
    while waiting:
        source = waiting.pop()
        if source.index not in seen:
            seen[source.index] = source
            waiting += source.inputs
    return [seen[index] for index in sorted(seen)]
