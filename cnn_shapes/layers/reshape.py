"""Layers that put the elements into another order or another shape."""

from __future__ import annotations

from math import prod

from cnn_shapes.diagnostics import CHANNELS_LAST
from cnn_shapes.layers.base import KERAS, TORCH, ClassNames, Division, Layer
from cnn_shapes.layers.fields import Count
from cnn_shapes.layers.list_fields import NewShape, Order
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import CHANNELS, SHAPE_MISMATCH, SIZES, UNKNOWN, WRONG_RANK, Shape, ShapeError
from cnn_shapes.words import say


class Reshape(Layer):
    """The same elements in another shape; one size may be -1: what remains.

    They are taken and put in the order of the file's layout.
    """

    kind = "reshape"
    family = "order"
    shorthand = "shape"
    class_names = (ClassNames(KERAS, {"Reshape": None}, ("shape",)),)
    example = "- reshape: [-1, 8]\n"
    keeps_axes = False
    mixes_axes = True
    is_linear = True
    in_place = True
    is_view = True
    needs_whole_quotient = True
    reads_layout = True
    layout: str
    target = NewShape(
        "the new sizes without the batch, in the file's layout", aliases=("target_shape",)
    ).called("shape")

    def prepare(self) -> None:
        self.layout = self.given.get("layout", CHANNELS_LAST)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        target = self.target
        fixed = prod(size for size in target if size != -1)
        if -1 in target and x.elements % fixed == 0:
            return Shape(x.elements // fixed if size == -1 else size for size in target)
        if fixed == x.elements and -1 not in target:
            return Shape(target)
        raise ShapeError(
            SHAPE_MISMATCH,
            "cannot reshape {input} ({elements} elements) to {target} ({product})",
            field="shape",
            about=(SIZES, CHANNELS),
            input=x,
            elements=x.elements,
            target=Shape(target),
            product=say("a multiple of {fixed}" if -1 in target else "{fixed} elements", fixed=fixed),
        )

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return Shape(UNKNOWN if size == -1 else size for size in self.target)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None


class Permute(Layer):
    """The axes in another order, counted from 0 in the file's layout without the batch."""

    kind = "permute"
    family = "order"
    shorthand = "order"
    example = "- permute: [1, 0, 2]\n"
    counts_axes = True
    mixes_axes = True
    is_linear = True
    order = Order("the input's axes in their new order")

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if len(x) != len(self.order):
            raise ShapeError(
                WRONG_RANK,
                "order names {named} axes, but the input {input} has {axes}",
                field="order",
                named=len(self.order),
                input=x,
                axes=len(x),
            )
        return Shape(x[axis] for axis in self.order)

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return None if x is None or len(x) != len(self.order) else Shape(x[axis] for axis in self.order)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        if self.order[0] != 0:
            return None
        return tuple(views[axis - 1] for axis in self.order[1:])


class ChannelShuffle(Layer):
    """Mixes the channels of the groups (ShuffleNet): no shape changes, but they must divide the channels."""

    kind = "channel_shuffle"
    family = "order"
    shorthand = "groups"
    class_names = (ClassNames(TORCH, {"ChannelShuffle": None}, ("groups",)),)
    example = "- channel_shuffle: 4\n"
    is_linear = True
    groups = Count("groups of channels that are mixed")

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("groups", self.groups, x[0]),)

    def shape(self, *inputs: Shape) -> Shape:
        self.check_divisions(inputs[0])
        return inputs[0]
