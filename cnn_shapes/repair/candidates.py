"""The changes that can mend the first error of a network: all that reach it, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.culprit import ancestors, channel_source
from cnn_shapes.layers.merge import Elementwise, Join, SplitPart
from cnn_shapes.layers.norm import GroupNorm
from cnn_shapes.layers.reshape import ChannelShuffle, Reshape
from cnn_shapes.layers.resize import PixelShuffle
from cnn_shapes.layers.window import Sliding
from cnn_shapes.network import Node
from cnn_shapes.repair.costs import BECOMES_EVEN, COSTS, FAMILIAR, INPUT_ALIKE, cost_of
from cnn_shapes.repair.moves import Move, axis_choices, nearest_divisors, nearest_multiples, spatial_moves
from cnn_shapes.repair.numbers import Site, find_sites
from cnn_shapes.repair.patches import (
    FieldPatch,
    InputPatch,
    NumberPatch,
    Patch,
    RoundingPatch,
    SourcePatch,
)
from cnn_shapes.repair.workbench import Outcome, Workbench
from cnn_shapes.shapes import Shape
from cnn_shapes.spec.document import Spec
from cnn_shapes.spec.items import OWN, Item, Setting

SPATIAL_ROLES = ("kernel_size", "padding", "stride", "dilation", "amount", "scale")
_NOT_WHOLE = ("size-not-whole", "pool-not-divisible")
_SPATIAL = (*_NOT_WHOLE, "window-too-large", "bad-padding")


class Candidates:
    """Lists the changes for an outcome. What depends on the user's values alone is listed once."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.spec = bench.spec
        self.symmetric = _symmetric(bench)
        self._spatial: dict[int, list[Patch]] = {}
        self._input: list[Patch] | None = None
        self._sites: list[Site] | None = None
        self._files: list[Patch] = [RoundingPatch(None, COSTS["file rounding"].flat)]
        self._holders: dict[int, list[Item]] | None = None
        self._rounding: dict[int, Patch] = {}
        self._numbers: list[Patch] | None = None
        self._seen: dict[Any, Patch] = {}
        self._listed: dict[Any, list[Patch]] = {}
        self._stated: dict[tuple[str, str], dict[Any, int]] = {}
        self._sources: dict[int, list[Patch]] = {}

    def of(self, outcome: Outcome) -> list[Patch]:
        """Every change that may mend this outcome's error, the cheapest first."""
        node, error = outcome.node, outcome.error
        if node is None or error is None:
            return []
        sizes, channels = _what_is_wrong(outcome)
        key = (node, error.rule in _NOT_WHOLE)
        if not channels and key in self._listed:
            return self._listed[key]
        patches: list[Patch] = []
        if sizes:
            for source in [node, *reversed(ancestors(node))]:
                patches += self._spatial_of(source)
            patches += self._input_patches()
            patches += self._number_patches()
        if error.rule in _NOT_WHOLE:
            patches += self._rounding_of(node)
        if channels:
            patches += self._channel_patches(outcome, node)
        if error.rule in ("shape-mismatch", "window-too-large", "groups-not-divisible"):
            patches += self._source_patches(node)
        unique = list(dict.fromkeys(patches))
        unique.sort(key=lambda patch: (patch.cost, patch.order))
        if not channels:
            self._listed[key] = unique
        return unique

    def _item(self, node: Node) -> Item | None:
        return node.place if isinstance(node.place, Item) and node.owner is None else None

    def _spatial_of(self, node: Node) -> list[Patch]:
        item = self._item(node)
        if item is None or node.layer is None:
            return []
        key = id(item)
        if key not in self._spatial:
            if item.kind != node.kind:  # the join of a structure
                self._spatial[key] = []
            else:
                moves = spatial_moves(node.layer, self.symmetric)
                self._spatial[key] = [patch for move in moves for patch in self._patches(item, move, node)]
        return self._spatial[key]

    def _patches(self, item: Item, move: Move, node: Node) -> Iterator[Patch]:
        """A move written on the layer, and where its value stands for several layers."""
        setting = item.settings.get(move.field)
        familiar = self._is_familiar(item, node, move)
        if setting is None:
            yield self._unique(item, FieldPatch([item], move, node, None, True, familiar))
            return
        sharing = self._sharing(setting) if setting.origin != OWN or self._is_shared(setting) else [item]
        yield self._unique(sharing[0], FieldPatch(sharing, move, node, setting, False, familiar))
        if setting.origin != OWN:
            yield self._unique(item, FieldPatch([item], move, node, setting, True, familiar))

    def _is_familiar(self, item: Item, node: Node, move: Move) -> bool:
        """Whether more layers of this kind state the new value than state the user's."""
        key = (item.kind, move.field)
        if key not in self._stated:
            holders: dict[Any, set[int]] = {}
            for other in self.bench.network.layers:
                place = self._item(other)
                if other.kind == item.kind and other.layer is not None and place is not None:
                    if move.field in place.settings:
                        holders.setdefault(_value(other, move.field), set()).add(id(place))
            self._stated[key] = {value: len(places) for value, places in holders.items()}
        stated = self._stated[key]
        return stated.get(move.value, 0) > stated.get(_value(node, move.field), 0) - (
            move.field in item.settings
        )

    def _unique(self, item: Item, patch: FieldPatch) -> Patch:
        key = (id(item), patch.move.field, patch.move.value, patch.override, len(patch.items))
        return self._seen.setdefault(key, patch)

    def _sharing(self, setting: Setting) -> list[Item]:
        if self._holders is None:
            self._holders = {}
            for item in self.spec.reader.items:
                for other in item.settings.values():
                    self._holders.setdefault(id(other.value.node), []).append(item)
        return self._holders[id(setting.value.node)]

    def _is_shared(self, setting: Setting) -> bool:
        return len(self._sharing(setting)) > 1

    def _input_patches(self) -> list[Patch]:
        if self._input is None:
            self._input = []
            shape = self.spec.shape
            if shape is not None and shape.rank:
                reach = COSTS["input"].reach
                for axes in axis_choices(shape.rank, self.symmetric):
                    for steps in range(1, reach + 1):
                        for delta in (steps, -steps):
                            sizes = [
                                size + delta if a in axes else size for a, size in enumerate(shape.sizes)
                            ]
                            if min(sizes) > 0:
                                cost = cost_of("input", steps)
                                if len(set(shape.sizes)) > 1 and len(set(sizes)) == 1:
                                    cost += INPUT_ALIKE - COSTS["input"].flat
                                self._input.append(InputPatch(Shape((shape[0], *sizes)), axes, cost))
        return self._input

    def _rounding_of(self, node: Node) -> list[Patch]:
        item = self._item(node)
        if item is None:
            return self._files
        if id(item) not in self._rounding:
            self._rounding[id(item)] = RoundingPatch(item, COSTS["rounding"].flat)
        return [self._rounding[id(item)], *self._files]

    def sites(self) -> list[Site]:
        if self._sites is None:
            self._sites = find_sites(self.spec)
        return self._sites

    def _number_patches(self) -> list[Patch]:
        if self._numbers is None:
            self._numbers = []
            for site in self.sites():
                if site.role not in SPATIAL_ROLES:
                    continue
                row = COSTS[site.role]
                for steps in range(1, row.reach + 1):
                    for number in (site.number + steps, site.number - steps):
                        if number < (0 if site.role in ("padding", "amount") else 1):
                            continue
                        even = site.role == "kernel_size" and site.number % 2 and number % 2 == 0
                        familiar = self._is_common(site, number)
                        cost = cost_of(site.role, steps, BECOMES_EVEN * bool(even), FAMILIAR * familiar)
                        self._numbers.append(NumberPatch(site, number, cost, site.role, familiar))
        return self._numbers

    def _is_common(self, site: Site, number: int) -> bool:
        numbers = [other.number for other in self._family(site)]
        return numbers.count(number) > numbers.count(site.number)

    def _family(self, site: Site) -> list[Site]:
        """The other numbers that are given for the same thing."""
        return [other for other in self.sites() if other.family == site.family and other is not site]

    def _source_patches(self, node: Node) -> list[Patch]:
        """Another name in the `from` of a join, and of the block calls that it stands in."""
        if node.index not in self._sources:
            places = [node.place]
            group = node.group
            while group is not None:
                places.append(group.place)
                group = group.parent
            patches: list[Patch] = []
            for item in dict.fromkeys(place for place in places if isinstance(place, Item) and place.sources):
                for position, source in enumerate(item.sources or ()):
                    for name in names_before(self.spec, item):
                        if name != source.text:
                            patches.append(SourcePatch(item, position, name))
            self._sources[node.index] = patches
        return self._sources[node.index]

    # channels

    def _channel_patches(self, outcome: Outcome, node: Node) -> list[Patch]:
        layer, error = node.layer, outcome.error
        inputs = [outcome.shape(source) for source in node.inputs]
        if layer is None or error is None or any(x is None for x in inputs):
            return []
        shapes = [x for x in inputs if x is not None]
        channels = shapes[0].channels
        patches: list[Patch] = []
        wanted: list[tuple[int, Node]] = []  # a number of channels, and the node that should put it out
        if error.rule == "groups-not-divisible":
            groups, filters = _groups(layer)
            if groups and isinstance(layer, PixelShuffle):
                patches += self._own(
                    node, "factor", [f for f in range(1, 9) if channels % f**layer.rank == 0]
                )
                groups = layer.factor**layer.rank
            elif groups and not isinstance(layer, SplitPart):
                numbers = (channels, filters) if filters else (channels,)
                patches += self._own(node, "groups", nearest_divisors(groups, *numbers))
            wanted += [(number, node.inputs[0]) for number in nearest_multiples(channels, groups)]
            if filters and filters % groups:
                patches += self._own(node, "filters", nearest_multiples(filters, groups))
        elif error.rule == "expect-mismatch" and error.field in ("in_channels", "in_features"):
            patches += self._own(node, error.field, [channels])
            wanted.append((error.facts["stated"], node.inputs[0]))
        elif error.rule == "expect-mismatch" and node.expected is not None and node.expected[0]:
            wanted.append((node.expected[0], node))
        elif isinstance(layer, Elementwise):
            for source, x in zip(node.inputs, shapes, strict=True):
                wanted += [(other.channels, source) for other in shapes if other.channels != x.channels]
        elif isinstance(layer, SplitPart):
            patches += self._split(node, layer, channels)
            wanted.append((sum(count or 0 for _, count in layer.split.into), node.inputs[0]))
        elif isinstance(layer, Reshape):
            patches += self._reshape(node, layer, shapes[0])
        for number, source in wanted:
            patches += self._producing(source, number, outcome)
        return patches

    def _own(self, node: Node, field: str, values: list[Any]) -> Iterator[Patch]:
        item = self._item(node)
        if item is None:
            return
        row = field if field in COSTS else "units"
        for value in values:
            yield from self._patches(item, Move(field, value, (), COSTS[row].flat, row), node)

    def _split(self, node: Node, layer: SplitPart, channels: int) -> Iterator[Patch]:
        parts = layer.split.into
        total = sum(count or 0 for _, count in parts)
        item = self._item(node)
        for place, (_, count) in enumerate(parts):
            rest = (count or 0) + channels - total
            if item is not None and count is not None and rest > 0:
                new = tuple((n, rest if p == place else c) for p, (n, c) in enumerate(parts))
                yield FieldPatch(
                    [item], Move("into", new, (place,), COSTS["into"].flat, "into"), node, None, True
                )

    def _reshape(self, node: Node, layer: Reshape, x: Shape) -> Iterator[Patch]:
        item = self._item(node)
        if item is None:
            return
        for axis, size in enumerate(layer.target):
            others = 1
            for place, other in enumerate(layer.target):
                others *= other if place != axis and other != -1 else 1
            if size != -1 and -1 not in layer.target and x.elements % others == 0:
                new = tuple(x.elements // others if a == axis else s for a, s in enumerate(layer.target))
                move = Move("shape", new, (axis,), COSTS["shape"].flat, "shape")
                yield from self._patches(item, move, node)

    def _producing(self, source: Node, wanted: int, outcome: Outcome) -> Iterator[Patch]:
        """Changes of whatever decides the channels of `source` so that it puts out `wanted`."""
        have = outcome.shape(source)
        node = channel_source(source)
        if have is None or node.layer is None:
            return
        for field in ("filters", "units", "multiplier"):
            if field not in node.layer.fields:
                continue
            if field == "multiplier":
                x = outcome.shape(node.inputs[0])
                value = (
                    wanted // x.channels if x is not None and x.channels and wanted % x.channels == 0 else 0
                )
            else:
                value = wanted
            if value:
                yield from self._own(node, field, [value])
            break
        for site in self.sites():
            if site.role in SPATIAL_ROLES:
                continue
            for number in self._numbers_for(site, wanted, have.channels):
                familiar = self._is_common(site, number)
                cost = cost_of("filters", 0, FAMILIAR * familiar)
                patch = NumberPatch(site, number, cost, "filters", familiar)
                yield self._seen.setdefault(("number", id(site), number), patch)

    def _numbers_for(self, site: Site, wanted: int, have: int) -> list[int]:
        """Other numbers worth trying at a site: in proportion, by the difference, and what its siblings have."""
        number = site.number
        tried = [wanted] if number == have else []
        if have and number * wanted % have == 0:
            tried.append(number * wanted // have)
        tried += [other.number for other in self._family(site)]
        tried += [number + 1, number - 1, number + wanted - have]
        return [value for value in dict.fromkeys(tried) if value > 0 and value != number]


def names_before(spec: Spec, item: Item) -> list[str]:
    """The names in the list of an entry that stand before it, the nearest first, and its block's inputs."""
    for block in spec.blocks.values():
        if item in block.items:
            return [*_names(block.items, item), *block.inputs, "prev"]
    return [*_names(spec.items, item), "prev"]


def _value(node: Node, field: str) -> Any:
    return getattr(node.layer, node.layer.fields[field].attribute) if node.layer is not None else None


def _names(items: list[Item], before: Item) -> list[str]:
    names = []
    for item in items:
        if item is before:
            break
        if item.name is not None:
            names.append(item.name)
    return names[::-1]


def _groups(layer: Any) -> tuple[int, int]:
    """The groups that a layer shares its channels out to, and its filters where they are shared out too."""
    if isinstance(layer, SplitPart):
        return len(layer.split.into), 0
    if isinstance(layer, PixelShuffle):
        return layer.factor, 0
    if isinstance(layer, GroupNorm | ChannelShuffle):
        return layer.groups, 0
    return getattr(layer, "groups", 0), getattr(layer, "filters", 0)


def _what_is_wrong(outcome: Outcome) -> tuple[bool, bool]:
    """Whether an error is about sizes, and whether about channels."""
    node, error = outcome.node, outcome.error
    if node is None or error is None:
        return False, False
    if error.rule in _SPATIAL:
        return True, False
    if error.rule == "groups-not-divisible":
        return False, True
    if error.rule == "expect-mismatch":
        if error.field == "in_channels":
            return False, True
        if error.field == "in_features":
            return True, True
        expected, found = error.facts["expected"], error.facts["found"]
        vector = len(expected) == 1
        return expected[1:] != found[1:] or vector, bool(expected[0]) and expected[0] != found[0]
    if error.rule == "shape-mismatch":
        shapes = [x for source in node.inputs if (x := outcome.shape(source)) is not None]
        if not isinstance(node.layer, Join):
            return isinstance(node.layer, Reshape), True
        return len({x[1:] for x in shapes}) > 1, len({x[0] for x in shapes}) > 1
    return False, False


def _symmetric(bench: Workbench) -> bool:
    """Whether all axes are alike everywhere, so that a change of one axis alone can never be the smaller one."""
    shape = bench.spec.shape
    if shape is None or len(set(shape.sizes)) > 1:
        return False
    for node in bench.network.layers:
        output = node.output
        if node.expected is not None or (output is not None and output.rank and len(set(output.sizes)) > 1):
            return False
        layer = node.layer
        if isinstance(layer, Sliding) and (len(set(layer.kernel_size)) > 1 or len(set(layer.stride)) > 1):
            return False
        if isinstance(layer, Reshape) or getattr(layer, "in_features", None) is not None:
            return False
    return True
