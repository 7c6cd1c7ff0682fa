"""Layers over vectors, and those that leave a shape alone."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.layers.base import Layer, Weighted, need_channels
from cnn_shapes.layers.fields import Count, Flag, Rate
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import UNKNOWN, Shape, ShapeError


class Dense(Weighted):
    """A fully connected layer: features*units weights, and units with bias. It wants a vector."""

    kind = "dense"
    family = "dense and plain"
    shorthand = "units"
    aliases: ClassVar = {"Linear": None, "Dense": None, "fc": None}
    units = Count("number of units, and so of output features", aliases=("out_features",))
    bias = Flag("one learned constant per unit", True, ("use_bias",))
    in_features = Count("an assertion: the features that the input must have", None)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if x.rank:
            raise ShapeError(
                "needs-flatten",
                "dense wants a vector, found a {input} feature map: put flatten or global_avgpool before it",
                input=x,
            )
        need_channels(self.in_features, x, "in_features")
        return Shape((self.units,))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return Shape((self.units,))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        learned = inputs[0][0] * self.units
        return learned + self.units if self.bias else learned, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return inputs[0][0] * self.units

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None


class Flatten(Layer):
    """All axes in one: [H, W, C] becomes [H*W*C]. The order of the elements changes no size."""

    kind = "flatten"
    family = "dense and plain"
    aliases: ClassVar = {"Flatten": None}

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0].elements,))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return Shape((UNKNOWN,))

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        x = inputs[0]
        return f"{'*'.join(map(str, (*x.sizes, x.channels)))} = {x.elements}" if x.rank else ""


class Identity(Layer):
    """The input itself."""

    kind = "identity"
    family = "dense and plain"
    aliases: ClassVar = {"Identity": None}


class Dropout(Layer):
    """Sets a share of the values to 0 while training; changes no shape."""

    kind = "dropout"
    family = "dense and plain"
    shorthand = "rate"
    aliases: ClassVar = {"Dropout": None}
    rate = Rate("share of the values that is dropped", 0.5)
