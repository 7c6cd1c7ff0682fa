"""Layers over sequences, attention and matrix products in PyTorch."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.export.code import SELF, Code, InputVariable, LayerCode, ValueSlot, X, call, joined, option
from cnn_shapes.export.table import KindWriter, refused
from cnn_shapes.shapes import Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node


def recurrent(name: str) -> KindWriter:
    """A class of torch.nn; an LSTM gives its cells beside its last outputs."""

    def write(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
        if layer.biases == 1:
            raise refused("PyTorch", node, "with biases: 1, where it has 2 or 0: write biases: 2")
        made = call(
            f"nn.{name}",
            ValueSlot(x.channels, "channels"),
            ValueSlot(layer.units, "units"),
            num_layers=option(layer.layers, 1, "layers"),
            bias=option(bool(layer.biases), True, "bias"),
            bidirectional=option(layer.bidirectional, False, "bidirectional"),
            batch_first=ValueSlot(True),
        )
        called = call(SELF, (X, ".transpose(1, 2)"))
        return LayerCode(made, (*called, *_taken(layer, name == "LSTM")))

    return write


def _taken(layer: Any, has_cells: bool) -> Code:
    """What of the result is the output: every step, or the last one of each direction."""
    if layer.sequences:
        return ("[0].transpose(1, 2)",)
    last = "[1][0]" if has_cells else "[1]"
    return (f"{last}[-2:].transpose(0, 1).flatten(1)" if layer.bidirectional else f"{last}[-1]",)


def embedding(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    made = call("nn.Embedding", ValueSlot(layer.count, "count"), ValueSlot(layer.units, "units"))
    return LayerCode(made, (*call(SELF, (X, ".long()")), ".transpose(1, 2)"))


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
