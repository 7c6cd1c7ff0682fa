"""Convolutions: plain, depthwise, separable and transposed."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    ClassNames,
    Division,
    Weighted,
    need_channels,
    need_feature_map,
    ranked,
)
from cnn_shapes.layers.fields import BadValue, Count, Flag, Rounding
from cnn_shapes.layers.list_fields import Padding, Pairs, PerAxis
from cnn_shapes.layers.short_text import short
from cnn_shapes.layers.window import Sliding
from cnn_shapes.receptive_field import View, through_transposed
from cnn_shapes.shapes import (
    BAD_PADDING,
    CHANNELS,
    GROUPS_NOT_DIVISIBLE,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
    ShapeError,
    Window,
    per_axis,
    transposed_output,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from cnn_shapes.layers.terms import CostTerm


class Convolution(Weighted, Sliding):
    """What all convolutions share."""

    family = "convolutions"
    is_convolution = True
    is_linear = True
    weight_names: ClassVar[tuple[str, ...]] = ("weights", "bias")
    multiplied = 1
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

    def positions(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        return output[1:]

    def _with_terms(self, term: type[CostTerm]) -> Self:
        copy = super()._with_terms(term)
        copy.taps = term(self.taps, "*".join(map(str, self.kernel_size)))
        return copy

    def describe(self) -> str:
        words = [f"{self.kind} {'x'.join(map(str, self.kernel_size))}"]
        if self.shorthand == "filters":
            words.append(str(getattr(self, "filters")))  # noqa: B009 - declared by the subclasses that have it
        return ", ".join(
            words + [f"{name} {short(value)}" for name, value in self.telling(("kernel_size", "filters"))]
        )


class InGroups(Convolution):
    """A convolution that may share out the channels that come in and those that go out to groups."""

    shorthand = "filters"
    filters = Count("number of filters, and so of output channels", aliases=("out_channels",))
    groups = Count("groups of channels that are convolved apart", 1)

    def channels(self, channels: int) -> int:
        return self.filters

    @property
    def is_grouped(self) -> bool:
        return self.groups > 1

    def check(self, x: Shape) -> None:
        if self.in_channels is not None:
            need_channels(self.in_channels, x, "in_channels")
        if self.groups > 1:
            self.check_divisions(x)

    def divides(self, x: Shape) -> tuple[Division, ...]:
        groups = self.groups
        return Division("groups", groups, x[0]), Division("groups", groups, self.filters, "filters")

    def not_divisible(self, division: Division) -> ShapeError:
        number, groups = division.number, division.divisor
        what = "input channels" if division.shared == "channels" else division.shared
        return ShapeError(
            GROUPS_NOT_DIVISIBLE,
            "{number} {what} cannot be shared out into {groups} equal groups: "
            "{number} = {groups}*{whole} + {rest}",
            field="groups",
            about=(CHANNELS,),
            number=number,
            what=what if number > 1 else what.removesuffix("s"),
            groups=groups,
            whole=number // groups,
            rest=number % groups,
        )


class Conv(InGroups):
    """A convolution. Output size per axis: (size + padding - extent)/stride + 1.

    The extent is what the dilated kernel covers: dilation*(kernel_size - 1) + 1.

    Weights: prod(kernel_size) * channels/groups * filters, and filters with bias.
    """

    kind = "conv"
    class_names = (
        ClassNames(
            TORCH,
            ranked("Conv{}d"),
            ("in_channels", "filters", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
        ),
        ClassNames(
            KERAS,
            ranked("Conv{}D", "Convolution{}D"),
            ("filters", "kernel_size", "stride", "padding", "", "dilation", "groups", "activation", "bias"),
        ),
        ClassNames("", {"conv2d": 2}),
    )
    example = "- conv: {filters: 32, kernel_size: 3, stride: 1, padding: half}\n"

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        weights = self.taps * (inputs[0][0] // self.groups) * self.filters
        return (weights, self.filters) if self.bias else (weights,)


class DepthwiseConv(Convolution):
    """A convolution of each channel by itself, `multiplier` filters a channel.

    Weights: prod(kernel_size) * channels * multiplier, and channels * multiplier with bias.
    """

    kind = "depthwise_conv"
    shorthand = "kernel_size"
    class_names = (
        ClassNames(
            KERAS,
            ranked("DepthwiseConv{}D", ranks=(1, 2)),
            ("kernel_size", "stride", "padding", "multiplier"),
        ),
    )
    example = "- depthwise_conv: {kernel_size: 3, padding: half}\n"
    is_grouped = True
    kernel_size = PerAxis("size of the kernel")
    multiplier = Count("filters per input channel", 1, ("depth_multiplier",))

    def channels(self, channels: int) -> int:
        return channels * self.multiplier

    def check(self, x: Shape) -> None:
        need_channels(self.in_channels, x, "in_channels")

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        filters = inputs[0][0] * self.multiplier
        weights = self.taps * filters
        return (weights, filters) if self.bias else (weights,)


class SeparableConv(Convolution):
    """A depthwise convolution without bias, then a 1x1 convolution to `filters` channels.

    Weights with multiplier m: prod(kernel_size)*channels*m + channels*m*filters, and filters with bias.
    """

    kind = "separable_conv"
    shorthand = "filters"
    class_names = (
        ClassNames(
            KERAS,
            ranked("SeparableConv{}D", "SeparableConvolution{}D", ranks=(1, 2)),
            ("filters", "kernel_size", "stride", "padding", "", "dilation", "multiplier", "activation"),
        ),
    )
    example = "- separable_conv: {filters: 32, kernel_size: 3, padding: half}\n"
    weight_names = ("depthwise weights", "pointwise weights", "bias")
    multiplied = 2
    is_grouped = True
    filters = Count("number of filters, and so of output channels", aliases=("out_channels",))
    multiplier = Count("depthwise filters per input channel", 1, ("depth_multiplier",))

    def channels(self, channels: int) -> int:
        return self.filters

    def check(self, x: Shape) -> None:
        need_channels(self.in_channels, x, "in_channels")

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        between = inputs[0][0] * self.multiplier
        weights = self.taps * between, between * self.filters
        return (*weights, self.filters) if self.bias else weights


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


class ConvTranspose(InGroups):
    """A transposed convolution: (size - 1)*stride - padding + extent + output_padding.

    Weights: prod(kernel_size) * channels * filters/groups, and filters with bias. MACs are counted at input
    positions.
    """

    kind = "conv_transpose"
    is_transposed = True
    enlarges = True
    class_names = (
        ClassNames(
            TORCH,
            ranked("ConvTranspose{}d"),
            (
                *("in_channels", "filters", "kernel_size", "stride", "padding", "output_padding"),
                *("groups", "bias", "dilation"),
            ),
        ),
    )
    example = "- conv_transpose: {filters: 16, kernel_size: 4, stride: 2, padding: 1}\n"
    padding = TransposedPadding("what is taken away at the ends of the output", 0).taken_for("taken away")
    output_padding = PerAxis("what is added at the end of the output", 0, minimum=0)
    rounding = None  # a transposed size is always whole

    def check(self, x: Shape) -> None:
        super().check(x)
        for extra, stride, dilation in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= max(stride, dilation):
                raise ShapeError(
                    BAD_PADDING,
                    "output_padding {output_padding} is too large: it must be less than the stride {stride} "
                    "or the dilation {dilation}, whichever is greater",
                    field="output_padding",
                    about=(SIZES,),
                    output_padding=extra,
                    stride=stride,
                    dilation=dilation,
                )

    @property
    def strides(self) -> bool:
        return False  # it steps over its output

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        return 1 / super().downsampling(axis, x)

    @property
    def needs_whole_quotient(self) -> bool:
        return False

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        self.check(x)
        sizes = tuple(map(transposed_output, x.sizes, self.windows(x), self.output_padding))
        if min(sizes) < 1:
            raise ShapeError(
                WINDOW_TOO_LARGE,
                "the padding takes away the whole output of this {kind}: {formula}",
                field="padding",
                about=(SIZES,),
                kind=self.kind,
                size=x.sizes,
                formula=self.formula(inputs, None),
            )
        return Shape((self.filters, *sizes))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        weights = self.taps * inputs[0][0] * (self.filters // self.groups)
        return (weights, self.filters) if self.bias else (weights,)

    def positions(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        return inputs[0][1:]  # each input is multiplied into the output, not the other way

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
