"""The layers over sequences in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import SELF, Code, LayerCode, ValueSlot, X, call, option
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
