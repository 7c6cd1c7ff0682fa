"""Computes parts of a network anew, the same question only once.

After a node that all later ones depend on, what happens depends on its shape alone: it is kept for each.
"""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.network import ExpectMismatch, Network, Node, fits
from cnn_shapes.repair.trial import Tail
from cnn_shapes.shapes import Shape, ShapeError


class Replay:
    """The network as it was read, to be computed with other shapes. `work` counts the layers computed."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.cut = _cuts(network)
        self.work = 0
        self._memo: dict[object, Shape | ShapeError] = {}
        self._tails: dict[tuple[int, Shape], Tail] = {}

    def tail(self, cut: int, shape: Shape) -> Tail:
        """What follows a node that all later ones depend on, for each such node on the way."""
        nodes = self.network.nodes
        key = (cut, shape)
        result = self._tails.get(key)
        trail: list[tuple[tuple[int, Shape], dict[int, Shape]]] = []
        segment: dict[int, Shape] = {}
        inputs: dict[int, Shape] = {cut: shape}
        index = cut
        while result is None:
            index += 1
            if index == len(nodes):
                result = self._tails[key] = Tail(None, None, segment)
                break
            node = nodes[index]
            if index < len(self.network.inputs):
                continue  # another input, which stays as it is
            if node.layer is None:
                result = self._tails[key] = Tail(node, None, segment)
                break
            self.work += 1
            output = self.computed(node, node.layer, [inputs.get(s.index, s.output) for s in node.reads])
            if output is None:
                result = self._tails[key] = Tail(node, None, segment)
                break
            if isinstance(output, ShapeError):
                result = self._tails[key] = Tail(node, output, segment)
                break
            inputs[index] = segment[index] = output
            if self.cut[index]:
                trail.append((key, segment))
                key, segment, inputs = (index, output), {}, {index: output}
                result = self._tails.get(key)
        for key, segment in reversed(trail):
            result = self._tails[key] = Tail(result.node, result.error, segment, result)
        return result

    def computed(self, node: Node, layer: Layer, inputs: list[Shape | None]) -> Shape | ShapeError | None:
        """What comes out of a node, or what is wrong; None where an input is unknown."""
        if None in inputs:
            return None
        output = self._shape(layer, inputs)
        if node.expected is not None and isinstance(output, Shape) and not fits(node.expected, output):
            return ExpectMismatch(node.expected, output)
        return output

    def _shape(self, layer: Layer, inputs: list[Shape | None]) -> Shape | ShapeError:
        """What a layer makes of these inputs; the same question is asked many thousand times."""
        key = (layer, *inputs)
        known = self._memo.get(key)
        if known is None:
            try:
                known = layer.shape(*inputs)  # type: ignore[arg-type]
            except ShapeError as error:
                known = error
            self._memo[key] = known
        return known


def _cuts(network: Network) -> list[bool]:
    """For each node, whether all later nodes depend on what came before through it alone."""
    last_use = [0] * len(network.nodes)
    for node in network.layers:
        for source in node.reads:
            last_use[source.index] = max(last_use[source.index], node.index)
    cuts, reach = [], 0
    for index, last in enumerate(last_use):
        cuts.append(reach <= index)
        reach = max(reach, last)
    return cuts
