"""What the language cannot say, stated by the user and taken on trust."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import from_layout
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue, Count, Word, Written, at_least, read_count, whole
from cnn_shapes.layers.list_fields import NewShape
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import Shape
from cnn_shapes.words import say

_MOST = 2**63 - 1


class StatedShape(NewShape):
    """Every size of a whole tensor in the file's layout, kept channels first."""

    def read(self, raw: Any, rank: int, layout: str) -> tuple[int, ...]:
        listed = isinstance(raw, list)
        if listed and not raw:
            raise BadValue(self.expected(rank))
        sizes = [
            read_count(size, 1, at_least(1), (place,) if listed else ())
            for place, size in enumerate(raw if listed else [raw])
        ]
        return Written(from_layout(tuple(sizes), layout), sizes)

    def expected(self, rank: int) -> str:
        return say("a list of sizes without the batch")


class Amount(Count):
    """A count that may be larger than a size: multiply-accumulates go into the billions."""

    def __init__(self, doc: str) -> None:
        super().__init__(doc, 0, minimum=0)

    def read(self, raw: Any, rank: int, layout: str) -> int:
        number = whole(raw)
        if number is None or number < 0:
            raise BadValue(at_least(0))
        if number > _MOST:
            raise BadValue(say("{expected} up to 2**63-1", expected=at_least(0)))
        return number

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> None:
        return None  # it changes no shape


class Custom(Layer):
    """A layer that the language does not have: its output and its cost are as stated, and never checked.

    Its expressions may use c_in, h_in, w_in, l_in and d_in: what comes into this layer.
    """

    kind = "custom"
    family = "stated"
    shorthand = "output"
    is_stated = True
    keeps_axes = False
    weight_names = ("stated",)
    product_names = ("stated",)
    example = "- custom: {output: [h_in / 2, w_in / 2, 2*c_in], params: 18*c_in, expect: [14, 14, 16]}\n"
    output = StatedShape("the shape that comes out, in the file's layout; that of the input", None)
    params = Amount("learned parameters")
    macs = Amount("multiply-accumulates of one sample")
    sees = Word("what an output unit sees: the same as a unit that comes in, or the whole", ("same", "whole"),
                "same")  # fmt: skip

    def prepare(self) -> None:
        self._follows = self.given.get("follows", False)

    @property
    def is_of_one_size(self) -> bool:
        """Unless the output is an expression of what comes in."""
        return self.output is not None and not self._follows

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0] if self.output is None else Shape(self.output)

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return inputs[0] if self.output is None else Shape(self.output)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        return (self.params,) if self.params else ()

    def products(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        return (self.macs,) if self.macs else ()

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        if self.sees == "whole" or (self.output is not None and len(self.output) != len(inputs[0])):
            return None
        return views
