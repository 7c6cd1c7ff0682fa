"""The arithmetic of a layer with its numbers put in: parameters, MACs, receptive field."""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import Shape


def parameters(layer: Layer, inputs: tuple[Shape, ...]) -> str:
    """The learned parameters as a sum of products; empty where a layer has none."""
    return " + ".join(term.text for term in layer.weight_terms(inputs).values())


def macs(layer: Layer, inputs: tuple[Shape, ...], output: Shape) -> str:
    """The multiply-accumulates: weights times the positions at which they are used, and other products."""
    weights = [*layer.weight_terms(inputs).values()][: layer.multiplied]
    products = [term.text for term in [*layer.mac_terms(inputs, output).values()][len(weights) :]]
    text = " + ".join(term.text for term in weights)
    positions = "*".join(map(str, layer.positions(inputs, output))) if weights else ""
    if positions:
        one = weights[0].factor if len(weights) == 1 else f"({text})"
        text = f"{one} * {positions}"
    return " + ".join(filter(None, [text, *products]))


def receptive_field(layer: Layer, x: Shape, before: tuple[View | None, ...] | None) -> str:
    """How a window widens what is seen, along the first axis; empty where that is not a sum."""
    if not layer.has_windows or layer.is_transposed or not before or before[0] is None:
        return ""
    view, window = before[0], layer.windows(x)[0]
    if len(view.lows) > 1:
        return ""
    return f"{view.width} + ({window.extent} - 1)*{view.advance}"
