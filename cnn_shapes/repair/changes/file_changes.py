"""Changes that go through a whole file: a value for all layers that are alike, padding for all of a kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnn_shapes.edit.patches import AddFields, Patch
from cnn_shapes.edit.writing import raw_value, text_of
from cnn_shapes.language.entry import DEFAULTS, OWN, Item, Setting
from cnn_shapes.language.field_patches import NewValue, field_patches, replacing
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.change import Change, Wording
from cnn_shapes.repair.changes.costs import cost_of
from cnn_shapes.repair.changes.neighbours import Neighbour
from cnn_shapes.repair.changes.prices import Prices, item_of
from cnn_shapes.repair.changes.prior import axes_of, family_of
from cnn_shapes.shapes import listed
from cnn_shapes.source import Map, Scalar, TreeNode
from cnn_shapes.words import say

_LEAST = 2  # layers that are many
_ALIKE = ("output_padding", "stride", "taken away")  # roles of a transposed convolution's fields


class Defaults:
    """What stands under a kind in `defaults`, as an entry that a field can be added to."""

    is_alias = False

    def __init__(self, key: Scalar, body: Map) -> None:
        self.key, self.body, self.node = key, body, body


class EveryField(Change):
    """Another value for a field of several layers: where it holds for all of them, else on each."""

    spatial = True
    is_of_specs_alone = True

    def __init__(
        self,
        items: Sequence[Item],
        field: str,
        value: Any,
        row: str,
        cost: int,
        shared: Setting | None = None,
        defaults: Defaults | None = None,
    ) -> None:
        self.items, self.name, self.value, self.row, self.cost = items, field, value, row, cost
        self.shared, self.defaults = shared, defaults
        self.place = min(item.key.start for item in items)
        self.added_field = field if shared is None else ""
        self.slots = frozenset((id(item), field, axis) for item in items for axis in range(3))

    @property
    def amount(self) -> float:
        return 0.0

    @property
    def written(self) -> Any:
        return raw_value(self.value)

    def field_names(self) -> tuple[str, ...]:
        return (self.name, self.row)

    def values(self) -> Iterator[tuple[Item, str, Any, tuple[int, ...]]]:
        return ((item, self.name, self.value, ()) for item in self.items)

    def patches(self, spec: Spec) -> list[Patch]:
        if self.shared is not None:
            return [replacing(self.shared, self.written)]
        if self.defaults is not None:
            return [Patch(self.defaults, AddFields({self.name: self.written}))]
        patches: list[Patch] = []
        for item in self.items:
            values = {self.name: NewValue(self.written)}
            patches += field_patches(spec.source, item, values, KINDS[item.kind].shorthand)
        return patches

    def wording(self, spec: Spec) -> Wording:
        kind, value = self.items[0].kind, text_of(self.written)
        what = f"{self.name}: {value}"
        common = self.shared.value.node if self.shared is not None else self.defaults and self.defaults.key
        if common:
            line = spec.source.line_of(common.start)
            whose = say(" in the defaults of {kind}", kind=kind)
            return Wording(what, whose, say(" on line {line}", line=line), value)
        lines = [str(spec.source.line_of(item.key.start)) for item in self.items]
        whose = say(" on all {count} {kind} layers", count=len(lines), kind=kind)
        if len(lines) == _LEAST:
            whose = say(" on both {kind} layers", kind=kind)
        return Wording(what, whose, say(" on lines {lines}", lines=listed(lines)), value)


def file_changes(spec: Spec, network: Network, prices: Prices) -> list[EveryField]:
    """The changes of several layers at once that a spec has room for."""
    return [
        *_padding(spec, network, prices),
        *_alike(spec, network, prices),
        *_enlarging(spec, network, prices),
    ]


def _padding(spec: Spec, network: Network, prices: Prices) -> Iterator[EveryField]:
    """Half of the window as padding on all convolutions of a kind that have less."""
    found: dict[str, dict[int, Item]] = {}
    bits: dict[str, list[float]] = {}
    words = [item.settings["padding"].value.raw for item in spec.entries if "padding" in item.settings]
    word = "same" if "same" in words else "half"
    for node in network.layers:
        layer, item = node.layer, item_of(node)
        if (
            layer is None
            or item is None
            or not layer.is_convolution
            or layer.is_transposed
            or item.kind != node.kind
        ):
            continue
        windows = axes_of(layer)
        if all(sum(one.padding) // 2 >= (one.extent - 1) // 2 for one in windows):
            continue
        if item.key.start not in found.setdefault(item.kind, {}):
            found[item.kind][item.key.start] = item
            ends = layer.altered(padding="half").numbers("padding")
            bits.setdefault(item.kind, []).append(
                prices.surprise([item], Neighbour("padding", ends, (), 0, "padding"), node)
            )
    for kind, places in found.items():
        items = list(places.values())
        if len(items) < _LEAST:
            continue
        cost = cost_of("padding of all", 0, round(sum(bits[kind]) / len(items)))
        shared = _shared(items, "padding")
        defaults = None if shared is not None else _defaults(spec, kind)
        if any(item.settings["padding"].origin == OWN for item in items if "padding" in item.settings):
            shared = defaults = None
        yield EveryField(items, "padding", word, "padding of all", cost, shared, defaults)


def _shared(items: Sequence[Item], field: str) -> Setting | None:
    """The one value in the defaults that all entries have."""
    settings = [item.settings.get(field) for item in items]
    first = settings[0]
    if first is None or first.origin != DEFAULTS or any(one is None for one in settings):
        return None
    return first


def _defaults(spec: Spec, kind: str) -> Defaults | None:
    node: TreeNode | None = spec.root
    key: Scalar | None = None
    for word in ("defaults", kind):
        pairs = node.pairs if isinstance(node, Map) else []
        key, node = next(((one, value) for one, value in pairs if one.text == word), (None, None))
    return Defaults(key, node) if key is not None and isinstance(node, Map) else None


def _alike(spec: Spec, network: Network, prices: Prices) -> Iterator[EveryField]:
    """One value on all transposed convolutions that have the same window, which are mostly written alike."""
    groups: dict[object, dict[int, tuple[Item, Any]]] = {}
    for node in network.layers:
        layer, item = node.layer, item_of(node)
        if (
            layer is not None
            and item is not None
            and layer.is_transposed
            and family_of(layer)
            and item.kind == node.kind
        ):
            groups.setdefault((item.kind, axes_of(layer)), {}).setdefault(item.key.start, (item, node))
    for places in groups.values():
        items = [item for item, _ in places.values()]
        node = next(iter(places.values()))[1]
        if len(items) < _LEAST:
            continue
        for name, field in node.layer.fields.items():
            value = node.layer.numbers(name) if field.role in _ALIKE else None
            if field.role not in _ALIKE or value is None:
                continue
            axes = tuple(range(node.layer.rank))
            for delta in (1, -1, 2):
                new = field.moved(value, axes, delta)
                if new is None or not field.takes(raw_value(new), node.layer.rank, spec.layout):
                    continue
                neighbour = Neighbour(name, new, axes, 0, field.role)
                bits = prices.surprise(items, neighbour, node)
                cost = cost_of("several alike", 0, round(bits))
                yield EveryField(items, name, new, "several alike", cost)


def _enlarging(spec: Spec, network: Network, prices: Prices) -> Iterator[EveryField]:
    """What transposed convolutions lack to enlarge a map as many times as their stride, on all of them."""
    lacking: dict[int, dict[int, tuple[Item, Node]]] = {}
    for node in network.layers:
        layer, item = node.layer, item_of(node)
        if layer is None or item is None or not layer.is_transposed or family_of(layer) is None:
            continue
        short = {one.stride - one.extent + sum(one.padding) - one.extra for one in axes_of(layer)}
        if item.kind == node.kind and "output_padding" in layer.fields and len(short) == 1 and min(short) > 0:
            lacking.setdefault(short.pop(), {}).setdefault(item.key.start, (item, node))
    for lacks, places in lacking.items():
        items = [item for item, _ in places.values()]
        alike = {axes_of(node.layer) for _, node in places.values() if node.layer is not None}
        if len(items) < _LEAST or len(alike) < _LEAST or len({item.kind for item in items}) > 1:
            continue
        node = next(iter(places.values()))[1]
        assert node.layer is not None
        field = node.layer.fields["output_padding"]
        axes = tuple(range(node.layer.rank))
        new = field.moved(node.layer.numbers("output_padding"), axes, lacks)
        bits = prices.surprise(items, Neighbour("output_padding", new, axes, 0, "output_padding"), node)
        yield EveryField(
            items, "output_padding", new, "several alike", cost_of("several alike", 0, round(bits))
        )
