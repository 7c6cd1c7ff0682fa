"""Attention and matrix products in PyTorch."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.export.code import SELF, Code, InputVariable, LayerCode, ValueSlot, X, call, joined, option
from cnn_shapes.export.table import refused
from cnn_shapes.shapes import Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node


def attention(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """Each head's query, key and value have their channels last, as PyTorch's function wants them."""
    shapes = tuple([shape for shape in node.input_shapes if shape is not None])
    key, value = layer.head(shapes)
    if len(shapes) == 1:
        sizes = ValueSlot((key, key, value), "sizes")
        parts: Code = ("*", *_by_head(0, layer.heads, 2 * key + value, x), ".split(", sizes, ", dim=3)")
    else:
        heads = [
            _by_head(place, layer.heads, channels, shape)
            for place, (channels, shape) in enumerate(zip((key, key, value), shapes, strict=True))
        ]
        parts = joined(heads, ", ")
    made = call("F.scaled_dot_product_attention", parts)
    return LayerCode(None, (*made, ".transpose(2, 3).reshape(", ValueSlot((-1, *output), "shape"), ")"))


def _by_head(place: int, heads: int, channels: int, x: Shape) -> Code:
    shape = ValueSlot((-1, heads, channels, prod(x.sizes)), "shape")
    return (InputVariable(place), ".reshape(", shape, ").transpose(2, 3)")


def multihead_attention(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """PyTorch's own has as many channels in and out, shared out to the heads."""
    head = layer.head(x)
    if output[0] != x[0]:
        raise refused("PyTorch", node, f"with {output[0]} filters of {x[0]} channels")
    if (head.key * layer.heads, head.value) != (x[0], head.key):
        why = (
            f"with key_size: {head.key} and value_size: {head.value}, where {layer.heads} heads share {x[0]} "
        )
        raise refused("PyTorch", node, f"{why}channels")
    query, key, value = layer.seen(tuple(node.input_shapes))
    made = call(
        "nn.MultiheadAttention",
        ValueSlot(x[0], "channels"),
        ValueSlot(layer.heads, "heads"),
        bias=option(layer.bias, True, "bias"),
        kdim=option(key[0], x[0], "key_channels"),
        vdim=option(value[0], x[0], "value_channels"),
        batch_first=ValueSlot(True),
    )
    if len(node.inputs) == 1:
        sources: Code = ("*[", X, *_sequence(x), "] * 3")
    else:
        places = enumerate((query, key, value))
        sources = joined([(InputVariable(place), *_sequence(shape)) for place, shape in places], ", ")
    called = call(SELF, sources, ("need_weights=False",))
    back: Code = ("[0].transpose(1, 2)",)
    if x.rank > 1:
        back = (*back, ".reshape(", ValueSlot((-1, *output), "shape"), ")")
    return LayerCode(made, (*called, *back))


def _sequence(x: Shape) -> Code:
    """All places of a map along one axis, the channels last."""
    return (".transpose(1, 2)",) if x.rank == 1 else (".flatten(2).transpose(1, 2)",)


def matmul(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """The last two axes are those of the spec: with its channels last, they are moved there and back."""
    first = layer.layout == CHANNELS_FIRST
    sources: list[Code] = [
        (
            InputVariable(place),
            "" if first else ".movedim(1, -1)",
            ".transpose(-1, -2)" if layer.transpose == name else "",
        )
        for place, name in enumerate(("a", "b"))
    ]
    made = call("torch.matmul", *sources)
    return LayerCode(None, made if first else (*made, ".movedim(-1, 1)"))
