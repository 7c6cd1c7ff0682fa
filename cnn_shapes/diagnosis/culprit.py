"""The layer where the inputs of a join that do not fit went apart."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from cnn_shapes.diagnosis.labels import maker_of
from cnn_shapes.network import Node
from cnn_shapes.shapes import AXIS_NAMES, Shape
from cnn_shapes.words import say


class Culprit(NamedTuple):
    """The layer where the inputs went apart, and what it did, for the message and the label at its place.

    `others` are layers that share the blame, or show what the culprit lacks, each with the field to look at.
    """

    node: Node
    field: str
    template: str
    facts: dict[str, Any]
    axes: tuple[int, ...] = ()  # along which the inputs differ; none where their channels do
    others: tuple[tuple[Node, str], ...] = ()


def name_of(node: Node, reader: Node) -> str:
    """The name by which a person who reads about `reader` knows a node.

    It is the layer's own for its norm and activation, a part's own, and what is in the same block or
    structure is named from there.
    """
    if not node.inputs:
        return say("the input") if node.name == "input" else node.name
    named = node.owner or node
    if named.layer is not None and named.layer.is_part:
        return named.name.rpartition(".")[2]
    group = reader.group
    while group is not None and not named.name.startswith(f"{group.name}."):
        group = group.parent
    return named.name if group is None else named.name[len(group.name) + 1 :]


def find_culprit(join: Node) -> Culprit | None:
    """The first layer, on the ways that only one of the inputs takes, that sets the inputs apart."""
    shapes = [source.output for source in join.inputs]
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes):
        return None
    if _is_gate(join) and known[1].channels not in (1, known[0].channels):
        return _channel_culprit(join, known)
    if len({len(shape) for shape in known}) > 1:
        return None
    if len({shape.sizes for shape in known}) > 1:
        return _size_culprit(_Parting(join))
    return _channel_culprit(join, known)


class _InputPath(NamedTuple):
    """One input of a join: the layers that lead to it alone, and how many times smaller they make a size.

    `spine` are those of the layers that follow one another, without what joins them from the side.
    """

    nodes: list[Node]
    spine: list[Node]
    size: int
    scale: Fraction


class _Parting:
    """A join whose inputs differ in size.

    `axes` are those along which they differ; along the first of them, `axis`, the `paths` to the inputs are
    compared. `odd` is the path that differs from the most; of two the one that has layers of its own, and is
    the smaller. `wanted` is the size that it should have.
    """

    def __init__(self, join: Node) -> None:
        self.join = join
        self.axes = _differing_axes(join)
        self.axis = self.axes[0]
        self.paths = _paths(join, self.axis)
        sizes = [path.size for path in self.paths]
        self.odd = min(self.paths, key=lambda path: (sizes.count(path.size), not path.nodes, path.size))
        self.rest = [path for path in self.paths if path is not self.odd]
        self.wanted = next((size for size in sizes if size != self.odd.size), 0)

    @property
    def nodes(self) -> list[Node]:
        """All layers that lead to one of the inputs alone, in the order of computing."""
        own = {node.index: node for path in self.paths for node in path.nodes}
        return [own[index] for index in sorted(own)]

    def others(self, verb: str, plural: str) -> str:
        """`the other way keeps`, or of several ways `the other ways keep`."""
        return f"the other way {verb}" if len(self.paths) == 2 else f"the other ways {plural}"

    def facts(self, node: Node, axis: int) -> dict[str, Any]:
        """What a message says of a layer: its name, and what it makes of what."""
        before, after = _sizes(node, axis)
        facts: dict[str, Any] = {"culprit": name_of(node, self.join), "axis": _axis_name(node, axis)}
        facts |= {"after": after, "before": before}
        if node.output is not None and node.inputs[0].output is not None:
            facts |= {"all_after": node.output.sizes, "all_before": node.inputs[0].output.sizes}
        return facts


def _paths(join: Node, axis: int) -> list[_InputPath]:
    reaches = [_reach(source) for source in join.inputs]
    shared = set.intersection(*(set(reach) for reach in reaches))
    paths = []
    for source, reach in zip(join.inputs, reaches, strict=True):
        # one of several inputs of the network may lead to one input of the join alone, and is no layer
        nodes = [reach[index] for index in sorted(reach) if index not in shared and reach[index].inputs]
        spine, scale, node = [], Fraction(1), source
        while node.index not in shared and node.inputs:
            spine.append(node)
            scale *= _downsampling(node, axis)
            node = node.inputs[0]
        size = source.output.sizes[axis] if source.output is not None else 0
        paths.append(_InputPath(nodes, spine[::-1], size, scale))
    return paths


def _reach(node: Node) -> dict[int, Node]:
    return {source.index: source for source in (*ancestors(node), node)}


def _downsampling(node: Node, axis: int) -> Fraction:
    """How many times smaller a layer means to make a size: its stride, or one part of what it enlarges by."""
    x = node.inputs[0].output
    return node.layer.downsampling(axis, x) if node.layer is not None and x is not None else Fraction(1)


def _size_culprit(parting: _Parting) -> Culprit | None:
    """What the first row finds that finds anything."""
    scales = {path.scale for path in parting.paths}
    rows = _ANOTHER_SCALE if len(scales) > 1 else _ONE_SCALE
    return next(filter(None, (find(parting) for find in rows)), None)


def _enlarges(parting: _Parting) -> Culprit | None:
    """The last layer of the odd way that enlarges: it does so by the wrong number."""
    for node in reversed(parting.odd.spine):
        if _downsampling(node, parting.axis) < 1:
            field = "stride" if _has_windows(node) else "scale"
            return _resized(parting, node, field, parting.odd.size, parting.wanted)
    return None


def _enlarges_nothing(parting: _Parting) -> Culprit | None:
    """A transposed convolution without a stride on a way that is smaller than the others."""
    for node in reversed(parting.odd.spine):
        transposed = node.layer is not None and node.layer.is_transposed
        if transposed and _downsampling(node, parting.axis) == 1 and parting.odd.size < parting.wanted:
            return _resized(parting, node, "stride", parting.odd.size, parting.wanted)
    return None


def _strides(parting: _Parting) -> Culprit | None:
    """The layer with whose stride the odd way gets smaller than the others are."""
    axis = parting.axis
    goal = next(path.scale for path in parting.rest if path.size == parting.wanted)
    scale = Fraction(1)
    for node in parting.odd.spine:
        scale *= (factor := _downsampling(node, axis))
        if factor > 1 and scale > goal and _has_windows(node):
            axes = _together(node, parting.axes, _changes)
            facts = {**parting.facts(node, axis), "stride": _stride(node, axis)}
            template = f"{{culprit}} has stride {{stride}} and makes {_change(axes)}, "
            if goal == 1:
                template += parting.others("has", "have") + " no such stride"
                widest = [_widest(path, axis) for path in parting.rest if len(parting.rest) == 1]
                able = [step for step in widest if step is not None]
                template += ": it, or the line that had it, may be missing there" if able else ""
                return Culprit(
                    node, "stride", template, facts, axes, tuple((step, "stride") for step in able)
                )
            facts |= {"scale": parting.odd.scale, "goal": goal}
            template += "so that this way is {scale} times smaller and " + parting.others("{goal}", "{goal}")
            strided = [
                (step, "stride")
                for path in parting.paths
                for step in path.spine
                if step is not node and _downsampling(step, axis) > 1
            ]
            return Culprit(node, "stride", template, facts, axes, tuple(strided))
    return None


def _lacks_stride(parting: _Parting) -> Culprit | None:
    """The last layer of the odd way that could stride, where the other ways do and agree."""
    axis = parting.axis
    if len(parting.rest) < 2 or parting.odd.size <= parting.wanted:
        return None
    strided = [
        (node, "stride")
        for path in parting.rest
        for node in path.spine
        if _has_windows(node) and _downsampling(node, axis) > 1
    ]
    node = _widest(parting.odd, axis)
    if not strided or node is None:
        return None
    facts = {**parting.facts(node, axis), "stride": _stride(strided[0][0], axis)}
    template = "{culprit} keeps {all_before}, the other ways have stride {stride}"
    if _changes(node, axis):
        template = "{culprit} makes {all_after} of {all_before}, the other ways have stride {stride}"
    return Culprit(node, "stride", template, facts, parting.axes, tuple(strided))


def _widest(path: _InputPath, axis: int) -> Node | None:
    """The layer of a way that would stride: of a bottleneck the one with the wide kernel."""
    able = [node for node in path.spine if _has_windows(node)]
    return max(able, key=lambda node: (_extent(node, axis), node.index), default=None)


def _rounds(parting: _Parting) -> Culprit | None:
    """The first layer that strides over a size that it does not divide."""
    node = next((node for node in parting.nodes if _is_odd(node, parting.axis)), None)
    if node is None:
        return None
    axes = _together(node, parting.axes, _is_odd)
    facts = {**parting.facts(node, axes[0]), "stride": _stride(node, axes[0])}
    if facts["before"] == facts["after"] == 1:
        template = "{axis} 1 cannot get smaller, so that {culprit} with its stride {stride} keeps it"
        return Culprit(node, "stride", template, facts, axes)
    change = _change(axes) if len(axes) > 1 else "{after} of {axis} {before}"
    template = f"{{culprit}} makes {change}, which is not a multiple of its stride {{stride}}"
    maker = maker_of(node)
    others = ((maker, "kernel_size"),) if maker.inputs else ()
    return Culprit(node, "stride", template, facts, axes, others)


def _pads(parting: _Parting) -> Culprit | None:
    """The last layer whose very work it is to pad or to crop: it does so by the wrong number."""
    odd, wanted = parting.odd, parting.wanted
    for node in reversed(parting.nodes):
        if node.layer is not None and node.layer.adds_margins:
            arrives, needed = (odd.size, wanted) if node in odd.nodes else (wanted, odd.size)
            return _resized(parting, node, "amount", arrives, needed)
    return None


def _windows(parting: _Parting) -> Culprit | None:
    """A window that gives too little or takes too much, on the odd way first, then on the smallest."""
    for path in sorted(parting.paths, key=lambda path: (path is not parting.odd, path.size)):
        found = _takes_too_much(parting, path) or _gives_too_little(parting, path)
        if found is not None:
            return found
    return None


def _gives_too_little(parting: _Parting, path: _InputPath) -> Culprit | None:
    most = max(other.size for other in parting.paths)
    for node in path.nodes:
        if node.layer is not None and node.layer.is_transposed and path.size < most:
            return _resized(parting, node, "kernel_size", path.size, most)
    return None


def _takes_too_much(parting: _Parting, path: _InputPath) -> Culprit | None:
    """The first window that changes a size without a stride; those like it share the blame."""
    axis = parting.axis
    windows = [node for node in path.nodes if _has_windows(node) and _stride(node, axis) == 1]
    changing = [node for node in windows if _changes(node, axis)]
    if not changing:
        return None
    first, *more = changing
    axes = _together(first, parting.axes, _changes)
    facts = parting.facts(first, axis)
    template = "{culprit} makes " + _change(axes)
    alike = [node for node in more if _grows(node, axis) == _grows(first, axis)]
    if alike:
        facts |= {"more": len(alike), "does": say("enlarge" if _grows(first, axis) else "shrink")}
        template += ", {more} more layers {does} it" if len(alike) > 1 else ", one more layer {does}s it"
    if all(_keeps(step, axis) for other in parting.paths if other is not path for step in other.nodes):
        template += f", {parting.others('keeps', 'keep')} it"
    others = tuple((node, "kernel_size") for node in alike)
    return Culprit(first, "kernel_size", template, facts, axes, others)


# tried in order, where the ways are to make a size as small as each other and where they are not
_ONE_SCALE: tuple[Callable[[_Parting], Culprit | None], ...] = (_rounds, _pads, _windows)
_ANOTHER_SCALE: tuple[Callable[[_Parting], Culprit | None], ...] = (
    _enlarges,
    _enlarges_nothing,
    _lacks_stride,
    _strides,
)


def _together(node: Node, differing: tuple[int, ...], holds: Callable[[Node, int], bool]) -> tuple[int, ...]:
    """The axes to name: all where the inputs differ along all and `holds` for each, else the first."""
    rank = node.output.rank if node.output is not None else 0
    strides = {_stride(node, axis) for axis in differing}
    together = len(differing) == rank and len(strides) == 1 and all(holds(node, axis) for axis in differing)
    return differing if together else differing[:1]


def _change(axes: tuple[int, ...]) -> str:
    """What a layer makes of what, as a template."""
    return "{all_after} of {all_before}" if len(axes) > 1 else "{axis} {after} of {before}"


def _resized(parting: _Parting, node: Node, field: str, size: int, wanted: int) -> Culprit:
    """A layer whose very work it is to change the size. What arrives at the join is `size`."""
    axes = _together(node, parting.axes, _as_first)
    facts = {**parting.facts(node, axes[0]), "wanted": wanted, "all_wanted": (wanted,) * len(axes)}
    template = "{culprit} makes " + _change(axes)
    if _sizes(node, axes[0])[1] == size:
        template += ", where {all_wanted} is needed"
    return Culprit(node, field, template, facts, axes)


def _channel_culprit(join: Node, shapes: list[Shape]) -> Culprit | None:
    """The layer that decides the channels of the input that differs from the most, or of the last."""
    counts = [shape.channels for shape in shapes]
    odd = min(
        range(len(counts)),
        key=lambda place: (counts.count(counts[place]), not channel_source(join.inputs[place]).inputs, place),
    )
    if _is_gate(join):
        odd = 1
    node = channel_source(join.inputs[odd])
    others = next((count for count in counts if count != counts[odd]), None)
    if others is None or not node.inputs:
        return None
    return Culprit(
        node,
        "units" if node.layer is not None and "units" in node.layer.fields else "filters",
        "{culprit} makes {channels} channels, the other input has {others}",
        {"culprit": name_of(node, join), "channels": counts[odd], "others": others},
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


def _grows(node: Node, axis: int) -> bool:
    before, after = _sizes(node, axis)
    return after > before


def _keeps(node: Node, axis: int) -> bool:
    """Whether a layer leaves a size as it is, but for its stride."""
    return not _changes(node, axis) or not _has_windows(node) or _stride(node, axis) > 1


def _is_odd(node: Node, axis: int) -> bool:
    """Whether a layer strides over a size and does not divide it."""
    if node.layer is None or node.layer.is_transposed or not node.inputs:
        return False
    return bool(_sizes(node, axis)[0] % _stride(node, axis))


def _has_windows(node: Node) -> bool:
    return node.layer is not None and node.layer.has_windows


def _is_gate(node: Node) -> bool:
    return node.layer is not None and node.layer.is_gate


def _extent(node: Node, axis: int) -> int:
    x = node.inputs[0].output
    return node.layer.windows(x)[axis].extent if node.layer is not None and x is not None else 0


def _stride(node: Node, axis: int) -> int:
    return node.layer.stride_along(axis) if node.layer is not None else 1


def _axis_name(node: Node, axis: int) -> str:
    rank = node.output.rank if node.output is not None else 0
    names = AXIS_NAMES.get(rank, ())
    return say(names[axis] if axis < len(names) else "size")


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
