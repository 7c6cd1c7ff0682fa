"""What a set of changes amounts to: the network that it makes, and whether pixels get lost in it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network, Node
from cnn_shapes.repair.changes.change import Change, merged
from cnn_shapes.repair.changes.spec_changes import InputChange
from cnn_shapes.repair.search.workbench import Workbench
from cnn_shapes.repair.trial import Outcome

_Made = list[tuple[Node, Layer]]


def network_of(bench: Workbench, changes: Sequence[Change], outcome: Outcome) -> Hashable:
    """All in which the changed network differs from the old one: two sets of changes alike in it are one."""
    old = bench.network.nodes
    nodes = outcome.network.nodes if outcome.network is not None else old
    alike = len(nodes) == len(old)
    differing = []
    for node, layer in _made(bench, changes, outcome):
        before = old[node.index].layer if alike else None
        if layer is not before and (before is None or layer.signature() != before.signature()):
            differing.append((node.index, layer.signature()))
    sources = tuple(tuple(source.index for source in node.inputs) for node in nodes)
    shapes = [change.shape for change in merged(changes) if isinstance(change, InputChange)]
    return (tuple(shapes), tuple(differing), sources)


def loses_pixels(network: Network) -> bool:
    """Whether the file's rounding leaves out pixels that a longer input would have had read."""
    for node in network.layers:
        layer, x = node.layer, node.inputs[0].output
        if (
            layer is not None
            and layer.has_windows
            and x is not None
            and "rounding" not in getattr(node.place, "settings", {})
        ):
            windows = zip(layer.windows(x), x.sizes, strict=True)
            if any(window.drops(size) for window, size in windows):
                return True
    return False


def _made(bench: Workbench, changes: Sequence[Change], outcome: Outcome) -> _Made:
    if outcome.network is not None:
        return [(node, node.layer) for node in outcome.network.layers if node.layer is not None]
    altered = bench.altered(changes)
    return [
        (node, layer)
        for node in bench.network.layers
        if (layer := altered.get(node.index, node.layer)) is not None
    ]
