"""Convolutions: plain, depthwise, separable and transposed."""

from __future__ import annotations

from math import prod
from typing import Any, ClassVar

from cnn_shapes.layers.base import Weighted, need_channels, need_feature_map, ranked, short
from cnn_shapes.layers.fields import BadValue, Count, Flag, Rounding
from cnn_shapes.layers.list_fields import Padding, Pairs, PerAxis
from cnn_shapes.layers.window import Sliding
from cnn_shapes.receptive_field import View, through_transposed
from cnn_shapes.shapes import Shape, ShapeError, Window, per_axis, transposed_output


class Convolution(Weighted, Sliding):
    """What all convolutions share."""

    family = "convolutions"
    kernel_size = PerAxis("size of the kernel", 1)
    stride = PerAxis("steps of the kernel", 1, ("strides",))
    padding = Padding("zeros around the feature map", 0)
    dilation = PerAxis("distance between the kernel's taps", 1, ("dilation_rate",))
    bias = Flag("one learned constant per output channel", True, ("use_bias",))
    in_channels = Count("an assertion: the channels that the input must have", None)
    rounding: Any = Rounding()

    def prepare(self) -> None:
        super().prepare()
        self.taps = prod(self.kernel_size)

    def describe(self) -> str:
        words = [f"{self.kind} {'x'.join(map(str, self.kernel_size))}"]
        if self.shorthand == "filters":
            words.append(str(getattr(self, "filters")))  # noqa: B009 - declared by the subclasses that have it
        return ", ".join(
            words + [f"{name} {short(value)}" for name, value in self.telling(("kernel_size", "filters"))]
        )


class Conv(Convolution):
    """A convolution. Output size per axis: (size + padding - extent)/stride + 1.

    The extent is what the dilated kernel covers: dilation*(kernel_size - 1) + 1.

    Weights: prod(kernel_size) * channels/groups * filters, and filters with bias.
    """

    kind = "conv"
    shorthand = "filters"
    aliases = ranked("Conv{}d", "Conv{}D", "Convolution{}D") | {"conv2d": 2}
    filters = Count("number of filters, and so of output channels", aliases=("out_channels",))
    groups = Count("groups of channels that are convolved apart", 1)

    def channels(self, channels: int) -> int:
        return self.filters

    def check(self, x: Shape) -> None:
        if self.in_channels is not None:
            need_channels(self.in_channels, x, "in_channels")
        if self.groups > 1:
            need_whole_groups(self.groups, x, self.filters)

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        learned = self.taps * (inputs[0][0] // self.groups) * self.filters
        return learned + self.filters if self.bias else learned, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.taps * (inputs[0][0] // self.groups) * prod(output)


class DepthwiseConv(Convolution):
    """A convolution of each channel by itself, `multiplier` filters a channel.

    Weights: prod(kernel_size) * channels * multiplier, and channels * multiplier with bias.
    """

    kind = "depthwise_conv"
    shorthand = "kernel_size"
    aliases = ranked("DepthwiseConv{}D", ranks=(1, 2))
    kernel_size = PerAxis("size of the kernel")
    multiplier = Count("filters per input channel", 1, ("depth_multiplier",))

    def channels(self, channels: int) -> int:
        return channels * self.multiplier

    def check(self, x: Shape) -> None:
        need_channels(self.in_channels, x, "in_channels")

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        filters = inputs[0][0] * self.multiplier
        learned = self.taps * filters
        return learned + filters if self.bias else learned, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.taps * output.elements


class SeparableConv(Convolution):
    """A depthwise convolution without bias, then a 1x1 convolution to `filters` channels.

    Weights with multiplier m: prod(kernel_size)*channels*m + channels*m*filters, and filters with bias.
    """

    kind = "separable_conv"
    shorthand = "filters"
    aliases = ranked("SeparableConv{}D", "SeparableConvolution{}D", ranks=(1, 2))
    filters = Count("number of filters, and so of output channels", aliases=("out_channels",))
    multiplier = Count("depthwise filters per input channel", 1, ("depth_multiplier",))

    def channels(self, channels: int) -> int:
        return self.filters

    def check(self, x: Shape) -> None:
        need_channels(self.in_channels, x, "in_channels")

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        between = inputs[0][0] * self.multiplier
        learned = self.taps * between + between * self.filters
        return learned + self.filters if self.bias else learned, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        between = inputs[0][0] * self.multiplier
        return prod(output.sizes) * between * (self.taps + self.filters)


class TransposedPadding(Padding):
    """Padding that takes away from the output; `half` and `same` have no one meaning here."""

    words = ("valid",)

    def read(self, raw: object, rank: int, layout: str) -> Pairs | str:
        if raw in ("half", "same"):
            raise BadValue(
                self.expected(rank),
                template="padding: {word} gives a conv_transpose different sizes in different frameworks: "
                "write numbers. A size is doubled by kernel_size: 2, stride: 2, by kernel_size: 4, "
                "stride: 2, padding: 1, and by kernel_size: 3, stride: 2, padding: 1, output_padding: 1",
                word=raw,
            )
        return super().read(raw, rank, layout)


class ConvTranspose(Convolution):
    """A transposed convolution: (size - 1)*stride - padding + extent + output_padding.

    Weights: prod(kernel_size) * channels * filters/groups, and filters with bias. MACs are counted at input
    positions.
    """

    kind = "conv_transpose"
    shorthand = "filters"
    aliases = ranked("ConvTranspose{}d")
    refused: ClassVar = {
        name: f"{name} gives size*stride with padding same, and with valid "
        "(size - 1)*stride + max(kernel_size, stride): write conv_transpose, with padding and output_padding "
        "as numbers"
        for name in ranked("Conv{}DTranspose", "Convolution{}DTranspose")
    }
    filters = Count("number of filters, and so of output channels", aliases=("out_channels",))
    padding = TransposedPadding("what is taken away at the ends of the output", 0)
    output_padding = PerAxis("what is added at the end of the output", 0, minimum=0)
    groups = Count("groups of channels that are convolved apart", 1)
    rounding = None  # a transposed size is always whole

    def channels(self, channels: int) -> int:
        return self.filters

    def check(self, x: Shape) -> None:
        need_channels(self.in_channels, x, "in_channels")
        need_whole_groups(self.groups, x, self.filters)
        for extra, stride, dilation in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= max(stride, dilation):
                raise ShapeError(
                    "bad-padding",
                    "output_padding {output_padding} is too large: it must be less than the stride {stride} "
                    "or the dilation {dilation}, whichever is greater",
                    field="output_padding",
                    output_padding=extra,
                    stride=stride,
                    dilation=dilation,
                )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        self.check(x)
        sizes = tuple(map(transposed_output, x.sizes, self.windows(x), self.output_padding))
        if min(sizes) < 1:
            raise ShapeError(
                "window-too-large",
                "the padding takes away the whole output of this {kind}: {formula}",
                field="padding",
                kind=self.kind,
                size=x.sizes,
                formula=self.formula(inputs, None),
            )
        return Shape((self.filters, *sizes))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        learned = self.taps * inputs[0][0] * (self.filters // self.groups)
        return learned + self.filters if self.bias else learned, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        return self.taps * inputs[0].elements * (self.filters // self.groups)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return tuple(map(through_transposed, views, self.windows(inputs[0])))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None, rounding: str | None = None) -> str:
        x = inputs[0]
        return per_axis(list(map(_transposed_formula, x.sizes, self.windows(x), self.output_padding)))


def _transposed_formula(size: int, window: Window, output_padding: int) -> str:
    extra = f" + {output_padding}" if output_padding else ""
    return (
        f"({size} - 1)*{window.stride} - {window.padding_text} + {window.extent_text}{extra}"
        f" = {transposed_output(size, window, output_padding)}"
    )


def need_whole_groups(groups: int, x: Shape, filters: int) -> None:
    """Raise `groups-not-divisible` where the groups do not divide the channels that come in and go out."""
    for number, what in ((x.channels, "input channels"), (filters, "filters")):
        if number % groups:
            raise ShapeError(
                "groups-not-divisible",
                "{number} {what} cannot be shared out into {groups} equal groups: "
                "{number} = {groups}*{whole} + {rest}",
                field="groups",
                number=number,
                what=what,
                groups=groups,
                whole=number // groups,
                rest=number % groups,
            )
