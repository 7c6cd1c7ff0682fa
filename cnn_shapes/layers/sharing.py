"""Which weights a layer has: what must be equal where two layers share theirs."""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.short_text import short
from cnn_shapes.shapes import Shape
from cnn_shapes.words import say

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
    if layer.kind != other.kind:
        return say("the kind"), layer.kind, other.kind
    x, before = inputs[0], others[0]
    if x.rank != before.rank:
        return say("the number of spatial axes"), str(x.rank), str(before.rank)
    # the vectors of an embedding are as many for a sequence of any length
    if x.channels != before.channels and layer.weights(inputs) != layer.weights(others):
        return say("the number of channels that comes in"), str(x.channels), str(before.channels)
    for name, field in layer.fields.items():
        found, expected = getattr(layer, field.attribute), getattr(other, field.attribute)
        if name not in _NOT_OF_WEIGHTS and found != expected:
            return name, short(found), short(expected)
    counts = zip(layer.weight_names, layer.weights(inputs), other.weights(others), strict=False)
    for name, found, expected in counts:
        if found != expected:
            return say("the number of its {name}", name=name), str(found), str(expected)
    return None
