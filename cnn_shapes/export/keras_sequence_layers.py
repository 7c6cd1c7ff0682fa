"""The layers over sequences in Keras 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import Code, ValueSlot, X, call, option
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
