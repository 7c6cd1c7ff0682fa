"""Every integer formula of the engine: what a window makes of a size, and how the arithmetic reads.

Sizes are natural numbers; `UNKNOWN` (0) means one that cannot be known, because a layer before it
failed. No float enters a shape. Sources: PyTorch `aten/src/ATen/native/Convolution.cpp` and `Pool.h` (checks,
the clip of ceil_mode), TensorFlow `tensorflow/core/framework/kernel_shape_util.cc` (`same`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any

from cnn_shapes.words import chained, say

UNKNOWN = 0
EXACT, FLOOR, CEIL = "exact", "floor", "ceil"
AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
SLICE_NAMES = {1: ("position",), 2: ("row", "column"), 3: ("slice", "row", "column")}


class OpenSize:
    """A size that stands for many, where it is asked which of them work. Layers take it for a number.

    One that expressions and layers see in different ways says so. What it cannot tell, it raises.
    """

    __slots__ = ()
    denominator: Any = 1

    def in_expression(self) -> OpenSize:
        """What an expression computes with: a comparison there decides which layers there are."""
        return self

    def in_layer(self) -> OpenSize:
        """What a layer computes with, where an expression came to this one: a comparison there is a check."""
        return self


class Shape(tuple[int, ...]):
    """The sizes of a tensor without its batch, channels first: (C,), (C, L), (C, H, W) or (C, D, H, W)."""

    __slots__ = ()

    @property
    def channels(self) -> int:
        return self[0]

    @property
    def sizes(self) -> tuple[int, ...]:
        return self[1:]

    @property
    def rank(self) -> int:
        """The number of spatial axes: 0 for a vector, 2 for a feature map of an image."""
        return len(self) - 1

    @property
    def known(self) -> bool:
        return UNKNOWN not in self

    @property
    def elements(self) -> int:
        return prod(self)


# the rules that a shape can break
SIZE_NOT_WHOLE, POOL_NOT_DIVISIBLE = "size-not-whole", "pool-not-divisible"
WINDOW_TOO_LARGE, BAD_PADDING = "window-too-large", "bad-padding"
GROUPS_NOT_DIVISIBLE, SHAPE_MISMATCH = "groups-not-divisible", "shape-mismatch"
SHARE_MISMATCH = "share-mismatch"
NEEDS_FLATTEN, WRONG_RANK, EXPECT_MISMATCH = "needs-flatten", "wrong-rank", "expect-mismatch"
NOT_WHOLE = (SIZE_NOT_WHOLE, POOL_NOT_DIVISIBLE)  # rounding down would give a natural number
# what an error is about
SIZES, CHANNELS = "sizes", "channels"


class ShapeError(Exception):
    """The bare fact that a layer cannot have these inputs; whoever catches it knows the layer and its place.

    `field` names the field of the layer at fault. `about` is what is wrong: SIZES, CHANNELS, both or neither.
    `axes` are the spatial axes along which a size is wrong, counted from 0; empty where that is not known.
    `floored` is the shape that computing goes on with, where rounding down would give one; `loses_pixels`
    says whether that rounding drops input pixels.
    """

    def __init__(
        self,
        rule: str,
        template: str,
        field: str = "",
        pointer: str = "",
        floored: Shape | None = None,
        loses_pixels: bool = True,
        about: tuple[str, ...] = (),
        along: tuple[int, ...] = (),
        **facts: Any,
    ) -> None:
        super().__init__(template)
        self.rule, self.template, self.field, self.pointer = rule, template, field, pointer
        self.floored, self.loses_pixels, self.facts = floored, loses_pixels, facts
        self._about, self._axes = about, along

    @property
    def about(self) -> tuple[str, ...]:
        return self._about

    @property
    def axes(self) -> tuple[int, ...]:
        return self._axes


class Window:
    """A window that slides along one axis: a convolution and a pooling are the same one.

    `before` and `after` are the padding at the two ends; `extent` is what the dilated kernel covers,
    dilation*(kernel_size - 1) + 1.
    """

    __slots__ = ("after", "before", "dilation", "extent", "kernel_size", "stride")

    def __init__(self, kernel_size: int, stride: int = 1, before: int = 0, after: int = 0, dilation: int = 1):
        self.kernel_size, self.stride, self.dilation = kernel_size, stride, dilation
        self.before, self.after = before, after
        self.extent = dilation * (kernel_size - 1) + 1

    def output(self, size: int, rounding: str = FLOOR) -> int:
        """(size + padding - extent)/stride + 1, rounded down, or up with PyTorch's clip; below 1: none."""
        reach = size + self.before + self.after - self.extent
        if rounding != CEIL:
            return reach // self.stride + 1 if reach >= 0 else 0
        steps = -(-reach // self.stride) + 1
        # the last window must start inside the input or its left padding (Pool.h, pooling_output_shape)
        return steps - 1 if (steps - 1) * self.stride >= size + self.before else steps

    def rest(self, size: int) -> int:
        """What is left over when the window has made its last whole step."""
        return (size + self.before + self.after - self.extent) % self.stride

    def drops(self, size: int) -> int:
        """The input pixels at the end that no window reads although a longer input would have them read."""
        lost = self.rest(size) - self.after
        return lost if lost > 0 and self.extent >= self.stride else 0

    @property
    def is_tiling(self) -> bool:
        """Side by side without gap, overlap or padding: size / kernel_size."""
        return self.stride == self.extent > 1 and self.dilation == 1 and not (self.before or self.after)

    def formula(self, size: int, rounding: str = EXACT) -> str:
        """The arithmetic with its numbers put in: `(28 + 2*0 - 5)/1 + 1 = 24`."""
        rest, output = self.rest(size), self.output(size, rounding)
        reach = size + self.before + self.after - self.extent
        if self.is_tiling:
            division = f"{size} / {self.stride}"
            return f"{division} = {output}" if not rest else self._rounded(division, size, rounding, output)
        inside = f"{size} + {self.padding_text} - {self.extent_text}"
        if not rest:
            text = f"({inside})/{self.stride} + 1"
        elif rounding == EXACT:
            return f"({inside})/{self.stride} + 1 = {self.quotient(size)}"
        else:
            text = f"{rounding}(({inside})/{self.stride}) + 1"
            if rounding == CEIL and output == -(-reach // self.stride):
                text += " - 1"
        if rounding == CEIL and not rest and output == reach // self.stride:
            text += " - 1"
        return f"{text} = {output}"

    def quotient(self, size: int) -> str:
        """(size + padding - extent)/stride + 1 before it is rounded: `12.5`."""
        reach = size + self.before + self.after - self.extent
        return ratio(reach + self.stride, self.stride)

    def _rounded(self, division: str, size: int, rounding: str, output: int) -> str:
        if rounding == EXACT:
            return f"{division} = {self.quotient(size)}"
        return f"{rounding}({division}) = {output}"

    @property
    def padding_text(self) -> str:
        return f"2*{self.before}" if self.before == self.after else f"{self.before} + {self.after}"

    @property
    def extent_text(self) -> str:
        if self.dilation == 1:
            return str(self.kernel_size)
        return f"({self.dilation}*({self.kernel_size} - 1) + 1)"


def ratio(numerator: int, denominator: int) -> str:
    """`12.5`, or `12.33...` where two decimals do not say all. Shown, never computed with.

    Where the first two are zeros, so many more are written that one is not.
    """
    sign = "-" if numerator < 0 else ""
    whole, part = divmod(abs(numerator), denominator)
    digits = 2
    while part and part * 10**digits < denominator:
        digits += 1
    decimals, rest = divmod(part * 10**digits, denominator)
    text = f"{sign}{whole}.{decimals:0{digits}d}"
    if rest:
        return f"{text}..."
    return text.rstrip("0").rstrip(".")


def same_padding(size: int, stride: int, extent: int) -> tuple[int, int]:
    """TensorFlow's `same`: output ceil(size/stride), the odd pixel of padding at the end."""
    output = -(-size // stride)
    total = max(0, (output - 1) * stride + extent - size)
    return total // 2, total - total // 2


def half_padding(kernel_size: int, dilation: int) -> int:
    """`half`: (extent - 1)//2 on both sides, which keeps a size at stride 1 and odd kernels."""
    return dilation * (kernel_size - 1) // 2


def per_axis(texts: Sequence[str]) -> str:
    """One text where all axes agree, else all of them."""
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def ending(count: int) -> str:
    """What a noun of so many ends in: nothing, or s."""
    return "" if count == 1 else "s"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return words[0] if words else ""
    template = "{first} and {last}" if last == "and" else "{first} or {last}"
    return say(template, first=chained(words[:-1]), last=words[-1])


def slices(counts: Sequence[int], one: str = "one") -> str:
    """Pixels along each axis as slices of the feature map: `one row and 2 columns`."""
    return listed(
        [
            say(f"{one} {name}") if count == 1 else say(f"{{count}} {name}s", count=count)
            for name, count in zip(SLICE_NAMES[len(counts)], counts, strict=True)
            if count
        ]
    )


def left_over(rests: Sequence[int]) -> str:
    """`one row and one column are left over`."""
    return _left_over(tuple(rests))


@lru_cache(maxsize=256)
def _left_over(rests: tuple[int, ...]) -> str:
    if sum(rests) == 1:
        return say("{slices} is left over", slices=slices(rests))
    return say("{slices} are left over", slices=slices(rests))


def transposed_output(size: int, window: Window, output_padding: int) -> int:
    """(size - 1)*stride - padding + extent + output_padding: a convolution run backwards."""
    return (size - 1) * window.stride - window.before - window.after + window.extent + output_padding
