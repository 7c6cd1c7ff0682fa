"""Which weights a layer has: what must be equal where two layers share theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.short_text import short
from cnn_shapes.shapes import Shape

# fields that change what is done with the weights, and none of these
_NOT_OF_WEIGHTS = frozenset(
    (
        *("stride", "padding", "dilation", "output_padding", "rounding", "norm", "activation"),
        *("in_channels", "in_features", "num_parameters", "sequences", "like", "norm_groups"),
    )
)


def difference(
    layer: Layer, inputs: tuple[Shape, ...], other: Layer, others: tuple[Shape, ...]
) -> tuple[str, str, str] | None:
    """What differs first between the weights of two layers, in each of them; None where they are alike."""
    for (what, found), (_, expected) in zip(_facts(layer, inputs), _facts(other, others), strict=False):
        if found != expected:
            return what, short(found), short(expected)
    counts = zip(layer.weight_names, layer.weights(inputs), other.weights(others), strict=False)
    for name, found, expected in counts:
        if found != expected:
            return f"the number of its {name}", str(found), str(expected)
    return None


def _facts(layer: Layer, inputs: tuple[Shape, ...]) -> Iterator[tuple[str, Any]]:
    yield "the kind", layer.kind
    yield "the number of spatial axes", inputs[0].rank
    yield "the number of channels that comes in", inputs[0].channels
    for name, field in layer.fields.items():
        if name not in _NOT_OF_WEIGHTS:
            yield name, getattr(layer, field.attribute)
