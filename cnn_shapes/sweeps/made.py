"""The network that a sweep made last: what the next configuration has in common with it is not made anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.language.building import BadSetting, LayerPool, Unbuilt, build
from cnn_shapes.language.entry import LAYER, Item
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.layers.base import WRITTEN_AFTER
from cnn_shapes.memory import DTYPES, MACS, PARAMS, PEAK, WEIGHTS, peak_of, readers_of, sizes_of
from cnn_shapes.network import Network, Node, compute
from cnn_shapes.shapes import Shape
from cnn_shapes.sweeps.condition import RECEPTIVE_FIELD
from cnn_shapes.trace import Trace

OUTPUT, DEPTH = "output", "depth"


class MadeNetwork:
    """The network of one configuration, and what of its figures no size and no number of channels changes."""

    def __init__(self, spec: Spec, params: Mapping[str, Any], network: Network) -> None:
        self.spec, self.params, self.network = spec, params, network
        self._nodes: dict[Any, list[Node]] = {}  # by the entry that they are made of
        for node in network.layers:
            if node.owner is None:
                self._nodes.setdefault(node.place, []).append(node)
        self._readers = readers_of(network)
        self._depth = depth_of(network)

    def resize(self, shapes: Mapping[str, Shape]) -> bool:
        """Give its inputs these shapes, before `recompute`; false where that makes another network of it."""
        for name, shape in shapes.items():
            node = next((one for one in self.network.inputs if one.name == name), self.network.input)
            if node.output is None or shape.rank != node.output.rank or shape[0] != node.output[0]:
                return False  # other channels may make other layers
            node.output = shape
        return True

    def rebuild(
        self, items: Iterable[Item], params: Mapping[str, Any], rounding: str, pool: LayerPool
    ) -> bool:
        """Make the layers of these entries with other params; false where one cannot be made."""
        self.params = params
        for item in items:
            for node in self._nodes.get(item, ()):
                assert node.layer is not None
                try:
                    node.layer = build(item, params, node.layer.rank, self.spec.layout, rounding, pool)
                except (BadSetting, Unbuilt, Unevaluated):
                    return False
        return True

    def recompute(self) -> bool:
        """Compute all shapes anew; false where one does not work out, or has other axes than before."""
        for node in self.network.layers:
            rank = len(node.output or ())
            compute(node)
            if node.error is not None or len(node.output or ()) != rank:
                return False
        return True

    def figures(self, trace: Trace, dtype: str) -> dict[str, Any]:
        """The figures by their columns."""
        params = macs = 0
        for step in trace.steps:
            params += step.params or 0
            macs += step.macs or 0
        number, layout = DTYPES[dtype], self.spec.layout
        output, seen = self.network.outputs[0].output, trace.last_map()
        return {
            PARAMS: params,
            MACS: macs,
            WEIGHTS: params * number,
            PEAK: peak_of(self.network, sizes_of(self.network), self._readers)[0] * number,
            RECEPTIVE_FIELD: None if seen is None else trace.receptive_field(seen),
            OUTPUT: None if output is None else tuple(in_layout(output, layout)),
            DEPTH: self._depth,
        }


def depth_of(network: Network) -> int:
    """The layers with weights on the longest way through a network, as architectures count them."""
    depths: list[int] = []
    for node in network.nodes:
        sources = node.inputs
        if len(sources) == 1:
            before = depths[sources[0].index]
        else:
            before = max([depths[source.index] for source in sources], default=0)
        weighted = node.layer is not None and node.layer.has_weights and not node.layer.is_norm
        depths.append(before + weighted)
    return max(depths)


def users_of(spec: Spec, name: str) -> list[Item] | None:
    """The entries whose layers are others with another value of a param, and that is all that changes.

    None where more may: where it decides which layers there are, or where layers follow from the channels
    that come into them.
    """
    names = {name}
    for derived, value in spec.derived.items():  # in the order of the file: each may use those above it
        if value.names & names:
            names.add(derived)
    for block in spec.blocks.values():
        if block.uses_channels or names.union(INCOMING) & block.names_from_outside():
            return None
    items = [item for item in spec.items if item.names() & names]
    if any(item.names() & INCOMING.keys() for item in spec.items) or not all(
        _is_all_in_layer(item, names) for item in items
    ):
        return None
    return items


def _is_all_in_layer(item: Item, names: Collection[str]) -> bool:
    """Whether names are in no value of an entry but those of its layer."""
    if item.form != LAYER or item.layer is None or item.layer.splits or item.layer.reference:
        return False
    further = [item.settings[name].value for name in WRITTEN_AFTER if name in item.settings]
    deciding = [item.condition, item.expect, *further]
    return not any(value.names.intersection(names) for value in deciding if value is not None)
