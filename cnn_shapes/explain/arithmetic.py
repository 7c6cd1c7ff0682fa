"""The arithmetic of a layer with its numbers put in: parameters, MACs, receptive field."""

from __future__ import annotations

from typing import Any

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.window import Sliding
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import Shape

_NORMS = ("batchnorm", "layernorm", "instancenorm", "groupnorm")


def parameters(layer: Any, x: Shape) -> str:
    """The learned parameters as a sum of products; empty where a layer has none."""
    kind = layer.kind
    channels = x.channels
    if kind in _NORMS:
        return f"2*{channels}" if layer.affine else ""
    if kind == "prelu":
        return "1"
    if kind == "dense":
        return f"{channels}*{layer.units}" + (f" + {layer.units}" if layer.bias else "")
    kernel = "*".join(map(str, getattr(layer, "kernel_size", ())))
    if kind == "conv":
        text, biases = f"{kernel}*{_share(channels, layer.groups)}*{layer.filters}", str(layer.filters)
    elif kind == "conv_transpose":
        text, biases = f"{kernel}*{channels}*{_share(layer.filters, layer.groups)}", str(layer.filters)
    elif kind == "depthwise_conv":
        text, biases = f"{kernel}*{channels}*{layer.multiplier}", f"{channels}*{layer.multiplier}"
    elif kind == "separable_conv":
        between = f"{channels}*{layer.multiplier}"
        text, biases = f"{kernel}*{between} + {between}*{layer.filters}", str(layer.filters)
    else:
        return ""
    return f"{text} + {biases}" if layer.bias else text


def macs(layer: Any, x: Shape, output: Shape) -> str:
    """The multiply-accumulates as a product: weights times the positions at which they are used."""
    kind = layer.kind
    if kind == "dense":
        return f"{x.channels}*{layer.units}"
    kernel = "*".join(map(str, getattr(layer, "kernel_size", ())))
    positions = "*".join(map(str, output.sizes))
    if kind == "conv":
        return f"{kernel}*{_share(x.channels, layer.groups)}*{layer.filters} * {positions}"
    if kind == "conv_transpose":
        positions = "*".join(map(str, x.sizes))  # each input is multiplied into the output, not the other way
        return f"{kernel}*{x.channels}*{_share(layer.filters, layer.groups)} * {positions}"
    if kind == "depthwise_conv":
        return f"{kernel}*{x.channels}*{layer.multiplier} * {positions}"
    if kind == "separable_conv":
        between = f"{x.channels}*{layer.multiplier}"
        return f"({kernel}*{between} + {between}*{layer.filters}) * {positions}"
    return ""


def receptive_field(layer: Layer, x: Shape, before: tuple[View | None, ...] | None) -> str:
    """How a window widens what is seen, along the first axis; empty where that is no sum."""
    if not isinstance(layer, Sliding) or layer.kind == "conv_transpose" or not before or before[0] is None:
        return ""
    view, window = before[0], layer.windows(x)[0]
    if len(view.lows) > 1:
        return ""
    return f"{view.width} + ({window.extent} - 1)*{view.advance}"


def _share(number: int, groups: int) -> str:
    return str(number) if groups == 1 else f"({number}/{groups})"
