"""The changes that can mend an error about channels: groups, filters, units, parts, what a join adds up."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, prod
from typing import Any

from cnn_shapes.diagnosis.culprit import channel_source
from cnn_shapes.layers.dense import Flatten
from cnn_shapes.layers.merge import Elementwise, SplitPart
from cnn_shapes.layers.norm import GroupNorm
from cnn_shapes.layers.reshape import ChannelShuffle, Reshape
from cnn_shapes.layers.resize import PixelShuffle
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Change, FieldChange
from cnn_shapes.repair.changes.costs import COSTS, FAMILIAR, SPATIAL_ROLES, cost_of
from cnn_shapes.repair.changes.field_changes import FieldChanges, item_of
from cnn_shapes.repair.changes.neighbours import Move, nearest_divisors, nearest_multiples
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.repair.changes.spec_changes import NumberChange
from cnn_shapes.repair.outcome import Outcome
from cnn_shapes.shapes import EXPECT_MISMATCH, GROUPS_NOT_DIVISIBLE, Shape

_MOST_FACTOR = 8


def channel_changes(fields: FieldChanges, outcome: Outcome, node: Node) -> list[Change]:
    """Every change of channels that may mend the error of a node."""
    layer, error = node.layer, outcome.error
    inputs = [outcome.shape(source) for source in node.inputs]
    if layer is None or error is None or any(x is None for x in inputs):
        return []
    shapes = [x for x in inputs if x is not None]
    channels = shapes[0].channels
    changes: list[Change] = []
    wanted: list[tuple[int, Node]] = []  # a number of channels, and the node that should put it out
    if error.rule == GROUPS_NOT_DIVISIBLE:
        groups, filters = _groups(layer)
        if groups and isinstance(layer, PixelShuffle):
            factors = [f for f in range(1, _MOST_FACTOR + 1) if channels % f**layer.rank == 0]
            changes += _own(fields, node, "factor", factors)
            groups = layer.factor**layer.rank
        elif groups and not isinstance(layer, SplitPart):
            numbers = (channels, filters) if filters else (channels,)
            changes += _own(fields, node, "groups", nearest_divisors(groups, *numbers))
        wanted += [(number, node.inputs[0]) for number in nearest_multiples(channels, groups)]
        if filters and filters % groups:
            changes += _own(fields, node, "filters", nearest_multiples(filters, groups))
    elif error.rule == EXPECT_MISMATCH and error.field in ("in_channels", "in_features"):
        found = error.facts["channels"]  # behind a flatten that is put in, not those of the map
        changes += _own(fields, node, error.field, [found])
        if error.facts["stated"] * channels % found == 0:
            wanted.append((error.facts["stated"] * channels // found, node.inputs[0]))
    elif error.rule == EXPECT_MISMATCH and error.facts["expected"][0]:
        wanted.append((error.facts["expected"][0], node))
    elif isinstance(layer, Elementwise):
        for source, x in zip(node.inputs, shapes, strict=True):
            wanted += [(other.channels, source) for other in shapes if other.channels != x.channels]
    elif isinstance(layer, SplitPart):
        changes += _split(node, layer, channels)
        wanted.append((sum(count or 0 for _, count in layer.split.into), node.inputs[0]))
    elif isinstance(layer, Reshape):
        changes += _reshape(fields, node, layer, shapes[0])
        wanted += [(number, node.inputs[0]) for number in _filling(layer, shapes[0])]
    for number, source in wanted:
        changes += _producing(fields, source, number, outcome)
    return changes


def _own(fields: FieldChanges, node: Node, field: str, values: list[Any]) -> Iterator[Change]:
    row = field if field in COSTS else "units"
    return fields.own(node, field, values, row, COSTS[row].flat)


def _split(node: Node, layer: SplitPart, channels: int) -> Iterator[Change]:
    """Another share for one part, so that all of them make up the channels."""
    parts = layer.split.into
    total = sum(count or 0 for _, count in parts)
    item = item_of(node)
    for place, (_, count) in enumerate(parts):
        rest = (count or 0) + channels - total
        if item is not None and count is not None and rest > 0:
            new = tuple((n, rest if p == place else c) for p, (n, c) in enumerate(parts))
            move = Move("into", new, (place,), COSTS["into"].flat, "into")
            yield FieldChange([item], move, node, item.settings.get("into"), False)


def _reshape(fields: FieldChanges, node: Node, layer: Reshape, x: Shape) -> Iterator[Change]:
    """Another size for one axis, so that all of them make up the elements."""
    item = item_of(node)
    if item is None or -1 in layer.target:
        return
    for axis in range(len(layer.target)):
        others = 1
        for place, other in enumerate(layer.target):
            others *= other if place != axis else 1
        if x.elements % others == 0:
            new = tuple(x.elements // others if a == axis else s for a, s in enumerate(layer.target))
            yield from fields.of(item, Move("shape", new, (axis,), COSTS["shape"].flat, "shape"), node)


def _filling(layer: Reshape, x: Shape) -> list[int]:
    """Numbers of channels with which the input has as many elements as a reshape makes of it."""
    others = x.elements // x.channels
    target = prod(size for size in layer.target if size != -1)
    if -1 in layer.target:
        return nearest_multiples(x.channels, target // gcd(target, others))
    return [target // others] if target % others == 0 else []


def _producing(fields: FieldChanges, source: Node, wanted: int, outcome: Outcome) -> Iterator[Change]:
    """Changes of whatever decides the channels of `source` so that it puts out `wanted`."""
    have = outcome.shape(source)
    node = channel_source(source)
    if isinstance(node.layer, Flatten) and have is not None:  # every pixel of a channel becomes a feature
        node = channel_source(node.inputs[0])
        made = outcome.shape(node)
        if made is None or wanted * made.channels % have.channels:
            return
        wanted, have = wanted * made.channels // have.channels, made
    if have is None or node.layer is None:
        return
    if "filters" in node.layer.fields:
        yield from _own(fields, node, "filters", [wanted])
    elif "units" in node.layer.fields:
        yield from _own(fields, node, "units", [wanted])
    elif "multiplier" in node.layer.fields:
        x = outcome.shape(node.inputs[0])
        if x is not None and x.channels and wanted % x.channels == 0:
            yield from _own(fields, node, "multiplier", [wanted // x.channels])
    for site in fields.sites():
        if site.role in SPATIAL_ROLES:
            continue
        for number in _numbers_for(fields, site, wanted, have.channels):
            familiar = fields.is_common(site, number)
            change = NumberChange(
                site, number, cost_of("filters", 0, FAMILIAR * familiar), "filters", familiar
            )
            yield fields.seen.setdefault(("number", id(site), number), change)


def _numbers_for(fields: FieldChanges, site: Site, wanted: int, have: int) -> list[int]:
    """Numbers worth trying at a site: in proportion, by the difference, and what its siblings have."""
    number = site.number
    tried = [wanted] if number == have else []
    if have and number * wanted % have == 0:
        tried.append(number * wanted // have)
    tried += [other.number for other in fields.family(site)]
    tried += [number + 1, number - 1, number + wanted - have]
    return [value for value in dict.fromkeys(tried) if value > 0 and value != number]


def _groups(layer: Any) -> tuple[int, int]:
    """The groups that a layer shares its channels out to, and its filters where they are shared out too."""
    if isinstance(layer, SplitPart):
        return len(layer.split.into), 0
    if isinstance(layer, PixelShuffle):
        return layer.factor, 0
    if isinstance(layer, GroupNorm | ChannelShuffle):
        return layer.groups, 0
    return getattr(layer, "groups", 0), getattr(layer, "filters", 0)
