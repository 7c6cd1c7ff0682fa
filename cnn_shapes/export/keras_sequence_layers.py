"""Layers over sequences, attention and matrix products in Keras 3. Channels come last."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.export.code import Code, InputVariable, ValueSlot, X, call, joined, option
from cnn_shapes.export.table import refused
from cnn_shapes.shapes import Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

_MOST_STACKED = 16  # layers that are written out in one expression


def _recurrent(name: str, node: Node, layer: Any, options: dict[str, ValueSlot]) -> Code:
    """A layer for each that is stacked, the first one the innermost call."""
    if layer.layers > _MOST_STACKED:
        raise refused("Keras", node, f"with more than {_MOST_STACKED} layers")
    written: Code = (X,)
    for number in range(layer.layers):
        every = layer.sequences or number < layer.layers - 1
        sequences = option(every, False, "return_sequences")
        one = call(f"layers.{name}", ValueSlot(layer.units), return_sequences=sequences, **options)
        if layer.bidirectional:
            one = call("layers.Bidirectional", one)
        written = (*one, "(", *written, ")")
    return written


def lstm(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _plain("LSTM", node, layer)


def rnn(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return _plain("SimpleRNN", node, layer)


def _plain(name: str, node: Node, layer: Any) -> Code:
    if layer.biases > 1:
        raise refused("Keras", node, "with biases: 2, where it has 1")
    return _recurrent(name, node, layer, {"use_bias": option(bool(layer.biases), True, "use_bias")})


def gru(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """With one bias the reset gate is before the product."""
    options = {
        "use_bias": option(bool(layer.biases), True, "use_bias"),
        "reset_after": option(layer.biases != 1, True, "reset_after"),
    }
    return _recurrent("GRU", node, layer, options)


def embedding(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    return (*call("layers.Embedding", ValueSlot(layer.count), ValueSlot(layer.units)), "(", X, ")")


def attention(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Keras' function says a wrong shape where a value has other channels than a key: that is written out."""
    shapes = tuple([shape for shape in node.input_shapes if shape is not None])
    key, value = layer.head(shapes)
    heads = [
        _by_head(place, layer.heads, channels, shape)
        for place, (channels, shape) in enumerate(zip((key, key, value), shapes, strict=False))
    ]
    if len(shapes) == 1:
        whole = _by_head(0, layer.heads, 2 * key + value, x)
        ends = (f":{key}", f"{key}:{2 * key}", f"{2 * key}:")
        heads = [(*whole, f"[..., {end}]") for end in ends]
    if key != value:
        scores = call("ops.einsum", ('"nqhc,nkhc->nhqk"',), heads[0], heads[1])
        weights = call("ops.softmax", call("ops.divide", scores, (ValueSlot(key), "**0.5")))
        made = call("ops.einsum", ('"nhqk,nkhc->nqhc"',), weights, heads[2])
    elif len(shapes) == 1:
        made = call("ops.dot_product_attention", ("*ops.split(", *whole, ", 3, axis=-1)"))
    else:
        made = call("ops.dot_product_attention", joined(heads, ", "))
    return _reshaped(made, (*output[1:], output[0]))


def _by_head(place: int, heads: int, channels: int, x: Shape) -> Code:
    return _reshaped((InputVariable(place),), (prod(x.sizes), heads, channels))


def _reshaped(x: Code, shape: tuple[int, ...]) -> Code:
    return (*call("layers.Reshape", ValueSlot(shape)), "(", *x, ")")


def multihead_attention(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """Keras takes the value before the key. Maps of different ranks become sequences first."""
    shapes = layer.seen(tuple(node.input_shapes))
    head = layer.head(x)
    made = call(
        "layers.MultiHeadAttention",
        ValueSlot(layer.heads),
        ValueSlot(head.key),
        value_dim=option(head.value, head.key, "value_dim"),
        use_bias=option(layer.bias, True, "use_bias"),
        output_shape=option(output[0], x[0], "output_shape"),
    )
    apart = len({shape.rank for shape in shapes}) > 1
    sources: list[Code] = []
    for place in (0, 2, 1) if len(node.inputs) > 1 else (0, 0):
        source: Code = (X,) if place == 0 else (InputVariable(place),)
        shape = shapes[place]
        sources.append(_reshaped(source, (prod(shape.sizes), shape[0])) if apart else source)
    called = (*made, "(", *joined(sources, ", "), ")")
    return _reshaped(called, (*output[1:], output[0])) if apart else called


def matmul(node: Node, layer: Any, x: Shape, output: Shape) -> Code:
    """The last two axes are those of the spec: with its channels first, they are moved there and back."""
    moves = layer.layout == CHANNELS_FIRST
    sources: list[Code] = []
    for place, name in enumerate(("a", "b")):
        source: Code = (InputVariable(place),)
        if moves:
            source = call("ops.moveaxis", source, ("-1, 1",))
        if layer.transpose == name:
            source = call("ops.swapaxes", source, ("-1, -2",))
        sources.append(source)
    made = call("ops.matmul", *sources)
    return call("ops.moveaxis", made, ("1, -1",)) if moves else made
