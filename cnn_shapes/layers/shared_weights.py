"""How many weights a function of each value has: one for all, one a channel, or one an element."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import Any

from cnn_shapes.layers.fields import Word
from cnn_shapes.shapes import Shape

TENSOR, CHANNEL, ELEMENT = "tensor", "channel", "element"


def _elements(x: Shape) -> int:
    return reduce(mul, (*x.sizes, x[0]))


_COUNTS: dict[str, Callable[[Shape], int]] = {
    TENSOR: lambda x: 1,
    CHANNEL: lambda x: x[0],
    ELEMENT: _elements,
}


class Per(Word):
    """What has a weight of its own: the whole tensor, each channel, or each element."""

    def __init__(self, doc: str, default: str, aliases: tuple[str, ...] = ()) -> None:
        super().__init__(doc, (CHANNEL, TENSOR, ELEMENT), default, aliases)


def weights_per(per: Any, x: Shape) -> int:
    """The weights for an input of this shape: 1, its channels, or its elements."""
    return _COUNTS[per](x)
