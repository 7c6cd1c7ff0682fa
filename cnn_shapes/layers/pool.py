"""Pools: windows with a maximum, a mean or a power mean, whole-map pools and adaptive ones."""

from __future__ import annotations

from typing import Any, Self

from cnn_shapes.layers.base import (
    KERAS,
    TORCH,
    ClassNames,
    Layer,
    need_feature_map,
    ranked,
    unknown_sizes,
)
from cnn_shapes.layers.fields import CAUSAL, Flag, Reference, Rounding
from cnn_shapes.layers.list_fields import AxisSizes, Padding, PerAxis, WrittenPairs
from cnn_shapes.layers.referring import need_like, with_numbers
from cnn_shapes.layers.window import Sliding
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import (
    BAD_PADDING,
    CEIL,
    EXACT,
    FLOOR,
    POOL_NOT_DIVISIBLE,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
    ShapeError,
    Window,
)
from cnn_shapes.words import say

# of Keras, whose pools halve a size where nothing else is said
_BY_PLACE = ("kernel_size", "stride", "padding")
_BY_TWO = {"kernel_size": "2"}


class Pool(Sliding):
    """What all pools with a window share: (size + padding - extent)/stride + 1, with stride = kernel_size."""

    family = "pools"
    shorthand = "kernel_size"
    is_pool = True
    rule = POOL_NOT_DIVISIBLE
    kernel_size = PerAxis("size of the pool", aliases=("pool_size",)).taken_for("pool size")
    stride = PerAxis("steps of the pool; the kernel_size where it is not given", None, ("strides",))
    padding: Any = Padding("rows and columns around the feature map that no pool counts", 0).taken_for(
        "pool padding"
    )
    rounding = Rounding((EXACT, FLOOR, CEIL))

    @property
    def merges_pixels(self) -> bool:
        return max(self.kernel_size) > 1  # one of a single pixel leaves others out

    def default(self, name: str) -> Any:
        return self.kernel_size if name == "stride" else super().default(name)

    def follows(self, name: str) -> bool:
        return super().follows(name) or (name == "stride" and self.given.get("stride") is None)

    def check(self, x: Shape) -> None:
        if self.padding == CAUSAL:
            return
        paired = isinstance(self.padding, WrittenPairs)
        for window in self.fixed_windows or ():
            most = max(window.before, window.after)
            limit = window.extent - 1 if paired else window.kernel_size // 2
            if most > limit:
                found = (
                    "padding: half is {padding} here, which"
                    if self.padding == "half"
                    else "padding {padding}"
                )
                why = (
                    "a window may not lie in the padding alone"
                    if paired
                    else "half of the kernel, as in PyTorch"
                )
                raise ShapeError(
                    BAD_PADDING,
                    f"{found} is too much for a pool with kernel_size {{kernel}}: at most {{limit}}, {why}",
                    field="padding",
                    about=(SIZES,),
                    padding=most,
                    kernel=window.kernel_size,
                    limit=limit,
                )

    def not_whole(self, x: Shape, windows: tuple[Window, ...], floored: Shape) -> ShapeError:
        error = super().not_whole(x, windows, floored)
        if not all(window.is_tiling for window in windows):
            return error
        error.template = "a {size} feature map is not a multiple of the {pool} pool"
        error.field = "kernel_size"
        error.facts = {"size": x.sizes, "pool": self.kernel_size}
        rest = error.pointer
        sums = [
            f"{size} = {size // window.stride}*{window.stride} + {size % window.stride}"
            for size, window in zip(x.sizes, windows, strict=True)
            if size % window.stride
        ]
        error.pointer = say("{sums}: {rest}", sums=", ".join(dict.fromkeys(sums)), rest=rest)
        return error


class MaxPool(Pool):
    """The greatest value of each window. A kernel_size of 2 with stride 2 halves the size."""

    kind = "maxpool"
    gradient_needs_input = True
    class_names = (
        ClassNames(
            TORCH,
            ranked("MaxPool{}d"),
            ("kernel_size", "stride", "padding", "dilation", "", "ceil_mode"),
        ),
        ClassNames(KERAS, ranked("MaxPooling{}D", "MaxPool{}D"), _BY_PLACE, _BY_TWO),
        ClassNames("", {"pool": None}),
    )
    example = "- maxpool: 2\n"
    dilation = PerAxis("distance between the values that one pool compares", 1, ("dilation_rate",))


class AvgPool(Pool):
    """The mean of each window."""

    kind = "avgpool"
    gradient_needs_input = True
    class_names = (
        ClassNames(TORCH, ranked("AvgPool{}d"), ("kernel_size", "stride", "padding", "ceil_mode")),
        ClassNames(KERAS, ranked("AveragePooling{}D", "AvgPool{}D"), _BY_PLACE, _BY_TWO),
    )
    example = "- avgpool: {kernel_size: 3, stride: 1, padding: 1}\n"
    is_linear = True

    def check(self, x: Shape) -> None:
        super().check(x)
        if self.padding != "same":  # which is TensorFlow's: there a kernel may be larger
            need_input_as_large(self, x)


class LpPool(Pool):
    """The power mean of each window: no padding, no dilation."""

    kind = "lppool"
    gradient_needs_input = True
    class_names = (ClassNames(TORCH, ranked("LPPool{}d"), ("", "kernel_size", "stride", "ceil_mode")),)
    example = "- lppool: 2\n"
    padding = None  # PyTorch's has none

    def check(self, x: Shape) -> None:
        need_input_as_large(self, x)


def need_input_as_large(layer: Pool, x: Shape) -> None:
    """PyTorch's 3-D average pool wants an input as large as its kernel before padding, in every rounding."""
    if x.rank == 3 and any(size < kernel for size, kernel in zip(x.sizes, layer.kernel_size, strict=True)):
        raise ShapeError(
            WINDOW_TOO_LARGE,
            "a 3-D {kind} of {kernel} needs an input at least as large, whatever the padding: found {size}",
            field="kernel_size",
            about=(SIZES,),
            kind=layer.kind,
            kernel=layer.kernel_size,
            size=x.sizes,
        )


class Whole(Layer):
    """A pool over the whole feature map."""

    family = "pools"
    is_adaptive = True
    needs_feature_map = True
    keeps_axes = False
    keepdims = Flag("keep the spatial axes with size 1: [1, 1, C] instead of [C]", False)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        return Shape((x[0], *(1,) * x.rank)) if self.keepdims else Shape((x[0],))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        if x is None:
            return None
        return Shape((x[0], *(1,) * x.rank)) if self.keepdims else Shape((x[0],))

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None


class GlobalAvgPool(Whole):
    """The mean of each channel: [H, W, C] becomes [C], or [1, 1, C] with keepdims."""

    kind = "global_avgpool"
    class_names = (
        ClassNames(KERAS, ranked("GlobalAveragePooling{}D", "GlobalAvgPool{}D"), ("", "keepdims")),
    )
    example = "- global_avgpool\n"
    is_linear = True


class GlobalMaxPool(Whole):
    """The greatest value of each channel: [H, W, C] becomes [C], or [1, 1, C] with keepdims."""

    kind = "global_maxpool"
    gradient_needs_input = True
    class_names = (ClassNames(KERAS, ranked("GlobalMaxPooling{}D", "GlobalMaxPool{}D"), ("", "keepdims")),)
    example = "- global_maxpool\n"


class Adaptive(Layer):
    """A pool whose windows are chosen so that a given size comes out, smaller or larger."""

    family = "pools"
    shorthand = "output_size"
    is_adaptive = True
    needs_feature_map = True
    one_of = ("output_size", "like")
    reference = "like"
    output_size = AxisSizes("the size that comes out; null keeps an axis", None)
    like = Reference("a layer before it: its sizes come out, instead of output_size", None)

    def settled(self, x: Shape, other: Shape) -> Self:
        return with_numbers(self, output_size=self.shape(x, other).sizes)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        if self.like is not None and len(inputs) > 1:
            need_like(self, x, inputs[1])
            return Shape((x[0], *inputs[1].sizes))
        return Shape((x[0], *(new or old for new, old in zip(self.output_size, x.sizes, strict=True))))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        if x is None or x.rank != self.rank or self.output_size is None:
            return unknown_sizes(x[0] if x else 0, x, self.rank)
        return Shape((x[0], *(new or old for new, old in zip(self.output_size, x.sizes, strict=True))))

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        # the windows of an adaptive pool differ from unit to unit: only an axis that it keeps has one view
        return tuple(
            view if new in (None, old) else None
            for view, new, old in zip(views, self.output_size, inputs[0].sizes, strict=True)
        )


class AdaptiveAvgPool(Adaptive):
    """Means over windows of about equal size, output_size of them per axis."""

    kind = "adaptive_avgpool"
    class_names = (
        ClassNames(TORCH, ranked("AdaptiveAvgPool{}d"), ("output_size",)),
        ClassNames(KERAS, ranked("AdaptiveAveragePooling{}D"), ("output_size",)),
    )
    example = "- adaptive_avgpool: 7\n"
    is_linear = True

    @property
    def gradient_needs_input(self) -> bool:  # type: ignore[override]
        return self.output_size is None or any(size != 1 for size in self.output_size)  # of one it is a mean


class AdaptiveMaxPool(Adaptive):
    """Maxima over windows of about equal size, output_size of them per axis."""

    kind = "adaptive_maxpool"
    gradient_needs_input = True
    class_names = (
        ClassNames(TORCH, ranked("AdaptiveMaxPool{}d"), ("output_size",)),
        ClassNames(KERAS, ranked("AdaptiveMaxPooling{}D"), ("output_size",)),
    )
    example = "- adaptive_maxpool: [7, null]\n"
