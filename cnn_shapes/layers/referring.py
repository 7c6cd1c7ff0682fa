"""Layers whose sizes follow from those of another, which they name."""

from __future__ import annotations

from typing import Any, TypeVar

from cnn_shapes.layers.base import Layer
from cnn_shapes.shapes import SHAPE_MISMATCH, Shape, ShapeError
from cnn_shapes.words import say

_L = TypeVar("_L", bound=Layer)


def with_numbers(layer: _L, **numbers: Any) -> _L:
    """The same layer, as it is written, with numbers that follow from its inputs."""
    copy = object.__new__(type(layer))
    vars(copy).update(vars(layer))
    vars(copy).update(numbers)
    return copy


def need_like(layer: Layer, x: Shape, other: Shape) -> None:
    """Raise `shape-mismatch` where the layer whose sizes count has not as many axes as the input."""
    if x.rank != other.rank:
        raise ShapeError(
            SHAPE_MISMATCH,
            "{name} is {other}, with {found}, but the input {input} has {axes}: "
            "like needs a layer with as many axes",
            field=layer.reference,
            name=getattr(layer, layer.reference),
            other=other,
            found=_counted_axes(other.rank),
            input=x,
            axes=_counted_axes(x.rank),
        )


def _counted_axes(rank: int) -> str:
    if rank < 2:
        return say("1 spatial axis" if rank else "no spatial axis")
    return say("{rank} spatial axes", rank=rank)
