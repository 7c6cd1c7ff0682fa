"""What convolutions and pools share: windows that slide over the spatial axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.layers.base import Layer, need_feature_map, unknown_sizes
from cnn_shapes.layers.fields import CAUSAL
from cnn_shapes.layers.list_fields import Pairs, PerAxis
from cnn_shapes.receptive_field import View, through_window
from cnn_shapes.shapes import (
    AXIS_NAMES,
    CEIL,
    EXACT,
    FLOOR,
    SIZE_NOT_WHOLE,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
    ShapeError,
    Window,
    half_padding,
    left_over,
    listed,
    per_axis,
    same_padding,
)
from cnn_shapes.words import chained, say

if TYPE_CHECKING:
    from fractions import Fraction


class Sliding(Layer):
    """Slides a window over every spatial axis: `kernel_size`, `stride`, `padding`, `dilation`."""

    has_windows = True
    needs_feature_map = True
    kernel_size: Any = PerAxis("size of the window")
    stride: Any = PerAxis("steps of the window")
    padding: Any = 0
    dilation: Any = 1
    rounding: Any = EXACT
    rule = SIZE_NOT_WHOLE
    fixed_windows: tuple[Window, ...] | None

    def prepare(self) -> None:
        if self.stride is None:
            self.stride = self.kernel_size
        if self.rounding is None:
            self.rounding = EXACT
        if self.padding == CAUSAL:
            self.rounding = FLOOR  # with all the padding before it that is ceil(size/stride)
        self.fixed_windows = None if self.padding == "same" else self.make_windows(self.ends())

    def ends(self) -> Pairs:
        """The padding of each axis at its two ends; `same` depends on the size and is not asked here."""
        if self.padding == "half":
            halves = map(half_padding, self.kernel_size, self.per_axis_dilation)
            return tuple((half, half) for half in halves)
        if self.padding == CAUSAL:
            steps = zip(self.kernel_size, self.per_axis_dilation, strict=True)
            return tuple((dilation * (kernel - 1), 0) for kernel, dilation in steps)
        if isinstance(self.padding, tuple):
            return self.padding
        return ((0, 0),) * self.rank

    @property
    def per_axis_dilation(self) -> tuple[int, ...]:
        dilation: tuple[int, ...] = self.dilation if isinstance(self.dilation, tuple) else (1,) * self.rank
        return dilation

    def make_windows(self, ends: Pairs) -> tuple[Window, ...]:
        axes = list(zip(self.kernel_size, self.stride, ends, self.per_axis_dilation, strict=True))
        if axes and axes.count(axes[0]) == len(axes):  # one window serves all axes that are alike
            kernel, stride, (before, after), dilation = axes[0]
            return (Window(kernel, stride, before, after, dilation),) * len(axes)
        return tuple(Window(kernel, stride, *end, dilation) for kernel, stride, end, dilation in axes)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window of each axis of an input of this shape."""
        if self.fixed_windows is not None:
            return self.fixed_windows
        bare = self.make_windows(((0, 0),) * self.rank)
        return self.make_windows(
            tuple(
                same_padding(size, window.stride, window.extent)
                for size, window in zip(x.sizes, bare, strict=True)
            )
        )

    def margins(self, x: Shape) -> tuple[tuple[int, int], ...]:
        return tuple((window.before, window.after) for window in self.windows(x))

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        from fractions import Fraction

        return Fraction(self.stride_along(axis))

    def stride_along(self, axis: int) -> int:
        return int(self.stride[axis]) if axis < self.rank else 1

    @property
    def strides(self) -> bool:
        return bool(max(self.stride) > 1)

    @property
    def needs_whole_quotient(self) -> bool:
        return self.rounding == EXACT and self.fixed_windows is not None

    @property
    def is_causal(self) -> bool:
        return bool(self.padding == CAUSAL)

    def says_nothing(self, name: str) -> bool:
        return super().says_nothing(name) or (name == "rounding" and self.is_causal)

    def numbers(self, name: str) -> Any:
        if name == "padding":
            return None if self.padding == "same" else self.ends()
        return super().numbers(name)

    def follows(self, name: str) -> bool:
        return name == "padding" and self.padding in ("half", CAUSAL)

    def channels(self, channels: int) -> int:
        return channels

    def check(self, x: Shape) -> None:
        """Raise ShapeError for what is wrong before any size is computed."""

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if not 2 <= len(x) <= 4:
            need_feature_map(self, x)
        self.check(x)
        rounding = self.rounding
        windows = self.fixed_windows or self.windows(x)
        if len(x) == 3 and x[1] == x[2] and windows[0] is windows[1] and rounding != CEIL:
            # by far the most common: a square map, a square window
            window = windows[0]
            reach = x[1] + window.before + window.after - window.extent
            if reach >= 0 and (rounding == FLOOR or not reach % window.stride):
                output = reach // window.stride + 1
                return Shape((self.channels(x[0]), output, output))
        exact = rounding == EXACT and self.fixed_windows is not None
        sizes = [self.channels(x[0])]
        whole = True
        for size, window in zip(x[1:], windows, strict=True):
            reach = size + window.before + window.after - window.extent
            if rounding == CEIL:
                output = window.output(size, CEIL)
            else:
                output = reach // window.stride + 1 if reach >= 0 else 0
                if exact and reach % window.stride:
                    whole = False
            if output < 1:
                raise self.too_large(x, windows)
            sizes.append(output)
        if not whole:
            raise self.not_whole(x, windows, Shape(sizes))
        return Shape(sizes)

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return unknown_sizes(self.channels(x[0] if x else 0), x, self.rank)

    def too_large(self, x: Shape, windows: tuple[Window, ...]) -> ShapeError:
        extent = tuple(window.extent for window in windows)
        wrong = [
            axis
            for axis, (size, window) in enumerate(zip(x.sizes, windows, strict=True))
            if window.output(size, self.rounding) < 1
        ]
        dilated = extent != tuple(window.kernel_size for window in windows)
        padded = any(window.before or window.after for window in windows)
        if self.rounding == CEIL:
            template = "the {kind} leaves nothing of a {size} feature map, even rounded up"
        else:
            template = "a {extent} window does not fit into the {padded}{size} feature map"
        return ShapeError(
            WINDOW_TOO_LARGE,
            template,
            field="kernel_size",
            pointer="{reach}",
            about=(SIZES,),
            along=tuple(wrong),
            kind=self.kind,
            size=x.sizes,
            extent=extent,
            padded=say("padded ") if padded else "",
            reach=_reach_of_all([_reach(x, windows, axis, extent[axis], dilated, padded) for axis in wrong]),
        )

    def not_whole(self, x: Shape, windows: tuple[Window, ...], floored: Shape) -> ShapeError:
        rests = [window.rest(size) for size, window in zip(x.sizes, windows, strict=True)]
        names = AXIS_NAMES[self.rank]
        wrong = [axis for axis, rest in enumerate(rests) if rest]
        return ShapeError(
            self.rule,
            "the output {axes} of this {kind} would be {result}, not a natural number: {formula}",
            field="stride",
            pointer=left_over(rests),
            floored=floored,
            about=(SIZES,),
            along=tuple(wrong),
            loses_pixels=any(window.drops(size) for size, window in zip(x.sizes, windows, strict=True)),
            kind=self.kind,
            axes=listed([say(names[axis]) for axis in wrong]),
            size=x.sizes,
            kernel_size=self.kernel_size,
            stride=self.stride,
            rest=tuple(rests),
            result=per_axis([windows[axis].quotient(x[axis + 1]) for axis in wrong]),
            formula=self.formula(inputs=(x,), output=None, rounding=EXACT),
        )

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        windows = self.fixed_windows
        if windows is None:
            return tuple(map(through_window, views, self.windows(inputs[0])))
        if windows[0] is windows[-1] and views.count(views[0]) == self.rank:
            return (through_window(views[0], windows[0]),) * self.rank  # the axes are alike: seen once
        return tuple(map(through_window, views, windows))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None, rounding: str | None = None) -> str:
        x = inputs[0]
        if self.padding in ("same", CAUSAL):
            return per_axis(
                [
                    f"ceil({size}/{stride}) = {-(-size // stride)}"
                    for size, stride in zip(x.sizes, self.stride, strict=True)
                ]
            )
        rounding = rounding or self.rounding
        return per_axis(
            [window.formula(size, rounding) for size, window in zip(x.sizes, self.windows(x), strict=True)]
        )


def _reach_of_all(texts: list[str]) -> str:
    return texts[0] if len(set(texts)) == 1 else chained(texts)


def _reach(x: Shape, windows: tuple[Window, ...], axis: int, extent: int, dilated: bool, padded: bool) -> str:
    """`5 is more than 2 + 1 + 1`."""
    size = f"{x.sizes[axis]}"
    if padded:
        size += f" + {windows[axis].before} + {windows[axis].after}"
    template = "{extent} (dilated) is more than {size}" if dilated else "{extent} is more than {size}"
    return say(template, extent=extent, size=size)
