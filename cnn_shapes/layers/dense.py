"""Layers over vectors, and those that leave a shape alone."""

from __future__ import annotations

from typing import ClassVar

from cnn_shapes.diagnostics import CHANNELS_LAST
from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    TORCHVISION,
    ClassNames,
    Layer,
    Limit,
    Weighted,
    need_channels,
    ranked,
)
from cnn_shapes.layers.fields import Count, Flag, Rate
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import NEEDS_FLATTEN, UNKNOWN, Shape, ShapeError

_A_SEQUENCE = (
    "sequence: put flatten before it, or write conv with kernel_size 1, which is the same dense layer "
    "at every position"
)


LORA = {"lora_rank": Limit(None, "the language counts no weights of LoRA, leave it out")}


class Dense(Weighted):
    """A fully connected layer: features*units weights, and units with bias. It wants a vector."""

    kind = "dense"
    family = "dense and plain"
    shorthand = "units"
    class_names = (
        ClassNames(TORCH, {"Linear": None}, ("in_features", "units", "bias")),
        ClassNames(KERAS, {"Dense": None}, ("units", "activation", "bias")),
        ClassNames("", {"fc": None}),
    )
    example = "- dense: 10\n"
    example_input = "[64]"
    needs_vector = True
    keeps_axes = False
    is_linear = True
    weight_names = ("weights", "bias")
    multiplied = 1
    limited = LORA
    without_effect = ("lora_alpha", "quantization_config")
    units = Count("number of units, and so of output features", aliases=("out_features",))
    bias = Flag("one learned constant per unit", True, ("use_bias",))
    in_features = Count("an assertion: the features that the input must have", None)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if x.rank:
            raise ShapeError(
                NEEDS_FLATTEN,
                "dense wants a vector, found a {input} "
                + ("feature map: put flatten or global_avgpool before it" if x.rank > 1 else _A_SEQUENCE),
                input=x,
            )
        need_channels(self.in_features, x, "in_features")
        return Shape((self.units,))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return Shape((self.units,))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        weights = inputs[0][0] * self.units
        return (weights, self.units) if self.bias else (weights,)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None


class Flatten(Layer):
    """All axes in one: [H, W, C] becomes [H*W*C], in the order of the file's layout."""

    kind = "flatten"
    family = "dense and plain"
    class_names = (
        ClassNames(TORCH, {"Flatten": None}, ("start_dim", "end_dim")),
        ClassNames(KERAS, {"Flatten": None}),
    )
    example = "- flatten\n"
    keeps_axes = False
    flattens = True
    is_view = True
    limited: ClassVar = {
        "start_dim": Limit(1, "flatten puts all axes in one, write reshape for some of them"),
        "end_dim": Limit(-1, "flatten puts all axes in one, write reshape for some of them"),
    }
    is_linear = True
    in_place = True

    reads_layout = True
    layout: str

    def prepare(self) -> None:
        self.layout = self.given.get("layout", CHANNELS_LAST)

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
    class_names = (ClassNames(TORCH, {"Identity": None}), ClassNames(KERAS, {"Identity": None}))
    example = "- identity\n"
    is_identity = True
    is_linear = True
    in_place = True
    is_view = True


class StochasticDepth(Layer):
    """Leaves out whole samples while training (Huang et al. 2016, https://arxiv.org/abs/1603.09382).

    At the end of a residual branch that leaves out the branch. It changes no shape.
    """

    kind = "stochastic_depth"
    family = "dense and plain"
    shorthand = "rate"
    class_names = (ClassNames(TORCHVISION, {"StochasticDepth": None}, ("rate", "")),)
    example = "- stochastic_depth: {rate: 0.2, expect: [28, 28, 8]}\n"
    is_identity = True
    is_linear = True
    in_place = True
    drops_values = True
    without_effect = ("mode",)
    rate = Rate("share of the samples for which it gives 0", 0.5, ("p",))


class Dropout(Layer):
    """Sets a share of the values to 0 while training; changes no shape.

    Dropout2d and SpatialDropout2D set whole channels to 0.
    """

    kind = "dropout"
    family = "dense and plain"
    shorthand = "rate"
    class_names = (
        ClassNames(TORCH, {"Dropout": None, **ranked("Dropout{}d")}, ("rate",)),
        ClassNames(KERAS, {"Dropout": None, **ranked("SpatialDropout{}D")}, ("rate",)),
    )
    example = "- dropout: 0.5\n"
    is_identity = True
    is_linear = True
    in_place = True
    drops_values = True
    without_effect = ("noise_shape",)
    rate = Rate("share of the values that is dropped", 0.5, ("p",))
