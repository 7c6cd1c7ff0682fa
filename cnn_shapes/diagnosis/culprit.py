"""The layer where the inputs of a join that do not fit went apart."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from cnn_shapes.layers.conv import ConvTranspose
from cnn_shapes.layers.merge import GateMultiply, SplitPart
from cnn_shapes.layers.resize import Crop, Pad, PixelShuffle, SpaceToDepth, Upsample
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, Shape


class Culprit(NamedTuple):
    """The layer where the inputs went apart, and what it did, to be told in the message and at its place."""

    node: Node
    field: str
    template: str
    facts: dict[str, Any]
    axes: tuple[int, ...] = ()  # along which the inputs differ; none where their channels do


def name_of(node: Node) -> str:
    """The name a person knows a node by: the layer's own for its norm and activation, a part's own."""
    if not node.inputs:
        return "the input"
    named = node.owner or node
    return named.name.rpartition(".")[2] if isinstance(named.layer, SplitPart) else named.name


def find_culprit(join: Node) -> Culprit | None:
    """The first layer, on the ways that only one of the inputs takes, that sets the inputs apart."""
    shapes = [source.output for source in join.inputs]
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    if isinstance(join.layer, GateMultiply) and known[1].channels not in (1, known[0].channels):
        return _channel_culprit(join, known)
    if len({len(shape) for shape in known}) > 1:
        return None
    if len({shape.sizes for shape in known}) > 1:
        return _size_culprit(join)
    return _channel_culprit(join, known)


class _Way(NamedTuple):
    """One input of a join: the layers that lead to it alone, and how many times smaller they make a size."""

    nodes: list[Node]
    size: int
    scale: Fraction


def _ways(join: Node, axis: int) -> list[_Way]:
    reaches = [_reach(source) for source in join.inputs]
    shared = set.intersection(*(set(reach) for reach in reaches))
    ways = []
    for source, reach in zip(join.inputs, reaches, strict=True):
        nodes = [reach[index] for index in sorted(reach) if index not in shared]
        scale, node = Fraction(1), source
        while node.index not in shared and node.inputs:
            scale *= _scale(node, axis)
            node = node.inputs[0]
        ways.append(_Way(nodes, source.output.sizes[axis] if source.output is not None else 0, scale))
    return ways


def _reach(node: Node) -> dict[int, Node]:
    return {source.index: source for source in (*ancestors(node), node)}


def _scale(node: Node, axis: int) -> Fraction:
    """How many times smaller a layer means to make a size: its stride, or one part of what it enlarges by."""
    layer = node.layer
    if isinstance(layer, ConvTranspose):
        return Fraction(1, layer.stride[axis])
    if isinstance(layer, Sliding):
        return Fraction(layer.stride[axis])
    if isinstance(layer, PixelShuffle):
        return Fraction(1, layer.factor)
    if isinstance(layer, SpaceToDepth):
        return Fraction(layer.factor)
    if isinstance(layer, Upsample):
        before, after = _sizes(node, axis)
        return Fraction(before, after) if layer.scale is None and after else 1 / Fraction(layer.scale[axis])
    return Fraction(1)


def _size_culprit(join: Node) -> Culprit | None:
    differing = _differing_axes(join)
    axis = differing[0]
    ways = _ways(join, axis)
    own = {node.index: node for way in ways for node in way.nodes}
    nodes = [own[index] for index in sorted(own)]
    others = "the other way" if len(ways) == 2 else "the other ways"
    odd = _odd_way(ways)
    wanted = next((way.size for way in ways if way.size != odd.size), 0)
    if len({way.scale for way in ways}) > 1:
        return _scaled_apart(odd, differing, wanted, others)
    for node in nodes:
        if _odd_input(node, axis) is not None:
            return _uneven(node, differing)
    for node in reversed(nodes):
        if isinstance(node.layer, Crop | Pad):
            arrives, needed = (odd.size, wanted) if node in odd.nodes else (wanted, odd.size)
            return _resized(node, "amount", differing, arrives, needed)
    for way in sorted(ways, key=lambda way: way.size):
        for node in way.nodes:
            if isinstance(node.layer, ConvTranspose) and way.size < max(other.size for other in ways):
                return _resized(node, "kernel_size", differing, way.size, max(other.size for other in ways))
        for node in way.nodes:
            before, after = _sizes(node, axis)
            if isinstance(node.layer, Sliding) and _stride(node, axis) == 1 and before != after:
                axes = _together(node, differing, _changes)
                template = "{culprit} makes " + _change(axes)
                if all(_keeps(step, axis) for other in ways if other is not way for step in other.nodes):
                    template += f", {others} keep{'s' if len(ways) == 2 else ''} it"
                return Culprit(node, "kernel_size", template, _told(node, axis), axes)
    return None


def _odd_way(ways: list[_Way]) -> _Way:
    """The input that differs from the most; of two the one that has layers of its own, and is the smaller."""
    sizes = [way.size for way in ways]
    return min(ways, key=lambda way: (sizes.count(way.size), not way.nodes, way.size))


def _scaled_apart(odd: _Way, differing: tuple[int, ...], wanted: int, others: str) -> Culprit | None:
    """The layer that enlarges by the wrong number, or strides where the other ways do not."""
    axis = differing[0]
    for node in reversed(odd.nodes):
        if _scale(node, axis) < 1:
            field = "stride" if isinstance(node.layer, ConvTranspose) else "scale"
            return _resized(node, field, differing, odd.size, wanted)
    for node in odd.nodes:
        if _scale(node, axis) > 1 and isinstance(node.layer, Sliding):
            has = "has" if others.endswith("way") else "have"
            axes = _together(node, differing, _changes)
            return Culprit(
                node,
                "stride",
                f"{{culprit}} has stride {{stride}} and makes {_change(axes)}, {others} {has} no such stride",
                {**_told(node, axis), "stride": _stride(node, axis)},
                axes,
            )
    return None


def _told(node: Node, axis: int) -> dict[str, Any]:
    before, after = _sizes(node, axis)
    facts = {"culprit": node.name, "axis": _axis_name(node, axis), "after": after, "before": before}
    if node.output is not None and node.inputs[0].output is not None:
        facts |= {"all_after": node.output.sizes, "all_before": node.inputs[0].output.sizes}
    return facts


def _together(node: Node, differing: tuple[int, ...], holds: Callable[[Node, int], bool]) -> tuple[int, ...]:
    """The axes to tell of: all where the inputs differ along all and `holds` for each, else the first."""
    rank = node.output.rank if node.output is not None else 0
    strides = {_stride(node, axis) for axis in differing}
    together = len(differing) == rank and len(strides) == 1 and all(holds(node, axis) for axis in differing)
    return differing if together else differing[:1]


def _change(axes: tuple[int, ...]) -> str:
    """What a layer makes of what, as a template."""
    return "{all_after} of {all_before}" if len(axes) > 1 else "{axis} {after} of {before}"


def _resized(node: Node, field: str, differing: tuple[int, ...], size: int, wanted: int) -> Culprit:
    """A layer whose very work it is to change the size. What arrives at the join is `size`."""
    axes = _together(node, differing, _as_first)
    facts = {**_told(node, axes[0]), "wanted": wanted, "all_wanted": (wanted,) * len(axes)}
    template = "{culprit} makes " + _change(axes)
    if _sizes(node, axes[0])[1] == size:
        template += ", where {all_wanted} is needed"
    return Culprit(node, field, template, facts, axes)


def _uneven(node: Node, differing: tuple[int, ...]) -> Culprit:
    axes = _together(node, differing, _is_odd)
    change = _change(axes) if len(axes) > 1 else "{after} of {axis} {before}"
    template = f"{{culprit}} makes {change}, which is no multiple of its stride {{stride}}"
    facts = {**_told(node, axes[0]), "stride": _stride(node, axes[0])}
    return Culprit(node, "stride", template, facts, axes)


def _channel_culprit(join: Node, shapes: list[Shape]) -> Culprit | None:
    """The layer that decides the channels of the input that differs from the most, or of the last."""
    counts = [shape.channels for shape in shapes]
    odd = min(
        range(len(counts)),
        key=lambda place: (counts.count(counts[place]), not channel_source(join.inputs[place]).inputs, place),
    )
    if isinstance(join.layer, GateMultiply):
        odd = 1
    node = channel_source(join.inputs[odd])
    others = next((count for count in counts if count != counts[odd]), None)
    if others is None or not node.inputs:
        return None
    return Culprit(
        node,
        "units" if node.layer is not None and "units" in node.layer.fields else "filters",
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


def _differing_axes(join: Node) -> tuple[int, ...]:
    shapes = [source.output for source in join.inputs if source.output is not None]
    columns = zip(*(shape.sizes for shape in shapes), strict=True)
    return tuple(axis for axis, column in enumerate(columns) if len(set(column)) > 1)


def _sizes(node: Node, axis: int) -> tuple[int, int]:
    before, after = node.inputs[0].output, node.output
    return (
        before.sizes[axis] if before is not None and axis < before.rank else 0,
        after.sizes[axis] if after is not None and axis < after.rank else 0,
    )


def _changes(node: Node, axis: int) -> bool:
    before, after = _sizes(node, axis)
    return before != after


def _as_first(node: Node, axis: int) -> bool:
    return _sizes(node, axis) == _sizes(node, 0)


def _is_odd(node: Node, axis: int) -> bool:
    return _odd_input(node, axis) is not None


def _keeps(node: Node, axis: int) -> bool:
    """Whether a layer leaves a size as it is, but for its stride."""
    before, after = _sizes(node, axis)
    return before == after or not isinstance(node.layer, Sliding) or _stride(node, axis) > 1


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
