"""Which axes and which changes an error leaves open, so that a search tries nothing that cannot reach it."""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Network
from cnn_shapes.repair.trial import Outcome
from cnn_shapes.shapes import Shape


def wrong_axis(outcome: Outcome) -> int | None:
    """The first axis whose size is wrong, where the error tells: what mends it changes something there."""
    error = outcome.error
    return error.axes[0] if error is not None and error.axes else None


def keeps_axes_apart(network: Network) -> bool:
    """Whether the size of an axis never depends on another axis."""
    return not any(node.layer is not None and node.layer.mixes_axes for node in network.layers)


def is_symmetric(network: Network, shape: Shape | None) -> bool:
    """Whether all axes are alike everywhere: then no change of one axis alone can be the smaller one."""
    if shape is None or len(set(shape.sizes)) > 1:
        return False
    for node in network.layers:
        layer, output = node.layer, node.output
        if node.expected is not None or (output is not None and output.rank and len(set(output.sizes)) > 1):
            return False
        if layer is None:
            continue
        if layer.mixes_axes or getattr(layer, "in_features", None) is not None:
            return False
        if layer.is_elementwise and (output is None or not output.rank):
            return False  # the axes meet in the number of features
        if _treats_axes_apart(layer):
            return False
    return True


def _treats_axes_apart(layer: Layer) -> bool:
    """Whether a field has another value along one axis than along another."""
    for name in layer.fields:
        value = layer.numbers(name)
        if isinstance(value, tuple) and len(value) == layer.rank and len(set(value)) > 1:
            return True
    return False
