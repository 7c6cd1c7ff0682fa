"""What the window is worth that a change leads to: among those of all networks and those of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.language.entry import Item
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.neighbours import PRICED, Neighbour
from cnn_shapes.repair.changes.prior import Axes, OwnFile, axes_of, family_of, of_window


def item_of(node: Node) -> Item | None:
    """The entry that a node's fields are written on; None for a norm or activation after a layer."""
    return node.place if isinstance(node.place, Item) and node.owner is None else None


class Prices:
    """The windows of a file, and how much more surprising another value of a field makes one of them."""

    def __init__(self, network: Network) -> None:
        # each entry has a window once, however often its block is called
        self._windows: dict[str, dict[int, set[Axes]]] = {}
        self._axes: dict[Layer, Axes] = {}
        for node in network.layers:
            place, layer = item_of(node), node.layer
            family = family_of(layer) if layer is not None else None
            if place is not None and layer is not None and family is not None and place.kind == node.kind:
                self._windows.setdefault(family, {}).setdefault(id(place), set()).add(self._of(layer))
        self._counts = {
            family: Counter(axes for windows in places.values() for axes in windows)
            for family, places in self._windows.items()
        }
        self._others: dict[tuple[str, frozenset[int]], OwnFile] = {}
        self._known: dict[tuple[object, ...], float] = {}

    def surprise(self, items: Sequence[Item], neighbour: Neighbour, node: Node) -> float:
        """Bits by which the window that results on `items` is more surprising than it is; 0 for no window."""
        layer = node.layer
        family = family_of(layer) if layer is not None and neighbour.row in PRICED else None
        if layer is None or family is None:
            return 0
        places = frozenset(map(id, items))
        sizes = node.inputs[0].output if node.inputs else None
        key = (layer, neighbour.field, neighbour.value, places, sizes)
        if key not in self._known:
            own = self._other_windows(family, places)
            after = layer.altered(**{neighbour.field: neighbour.value})
            bits = [
                of_window(family, axes, own, _reads_all(axes, sizes))
                for axes in (axes_of(after), self._of(layer))
            ]
            self._known[key] = bits[0] - bits[1]
        return self._known[key]

    def of_call(self, node: Node, field: str, number: int) -> float | None:
        """Bits by which a window is more surprising with another number from a call; None for no window."""
        layer = node.layer
        family = family_of(layer) if layer is not None else None
        if layer is None or family is None:
            return None
        key = ("call", layer, field, number)
        if key not in self._known:
            try:
                value = layer.fields[field].read(number, layer.rank, CHANNELS_FIRST)
            except BadValue:
                return None
            before, after = self._of(layer), axes_of(layer.altered(**{field: value}))
            counts = Counter(self._counts.get(family, ()))
            counts[before] -= 1
            own = OwnFile(counts, counts.total())
            self._known[key] = of_window(family, after, own) - of_window(family, before, own)
        return self._known[key]

    def _of(self, layer: Layer) -> Axes:
        if layer not in self._axes:
            self._axes[layer] = axes_of(layer)
        return self._axes[layer]

    def _other_windows(self, family: str, places: frozenset[int]) -> OwnFile:
        """The windows of all entries but some."""
        key = (family, places)
        if key not in self._others:
            counts = Counter(self._counts.get(family, ()))
            for place in places:
                counts.subtract(self._windows.get(family, {}).get(place, ()))
            self._others[key] = OwnFile(counts, counts.total())
        return self._others[key]


def _reads_all(axes: Axes, x: Sequence[int] | None) -> bool:
    """Whether a window without padding is as large as its input."""
    sizes = x[1:] if x is not None else ()
    if not sizes or not axes:
        return False
    windows = axes * len(sizes) if len(axes) == 1 else axes
    return [one.extent for one in windows] == [*sizes] and not any(sum(one.padding) for one in windows)
