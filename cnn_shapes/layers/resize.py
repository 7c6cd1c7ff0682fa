"""Layers that change the spatial sizes without weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from cnn_shapes.layers.base import (
    TORCH,
    ClassNames,
    Division,
    Layer,
    need_feature_map,
    unknown_sizes,
)
from cnn_shapes.layers.fields import BadValue, Count, Mode, Reference, Rounding
from cnn_shapes.layers.list_fields import AxisSizes, Scale
from cnn_shapes.layers.referring import need_like, with_numbers
from cnn_shapes.receptive_field import View, through_transposed, through_upsampling, through_window
from cnn_shapes.shapes import (
    AXIS_NAMES,
    CEIL,
    CHANNELS,
    EXACT,
    FLOOR,
    GROUPS_NOT_DIVISIBLE,
    SHAPE_MISMATCH,
    SIZE_NOT_WHOLE,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
    ShapeError,
    Window,
    per_axis,
    ratio,
)

if TYPE_CHECKING:
    from fractions import Fraction


LINEAR_MODES = {"bilinear": "linear", "trilinear": "linear"}  # other words for it
BICUBIC = "bicubic"
# on how many units to either side a unit looks that lies between two
_REACHES = {"nearest": 0, "linear": 1, BICUBIC: 2}


class Interpolation(Mode):
    """How values in between are found; `bicubic` is for images, as in every framework."""

    def __init__(self, default: str = "nearest", aliases: tuple[str, ...] = ()) -> None:
        doc = "how values in between are found"
        super().__init__(doc, (*_REACHES,), default, LINEAR_MODES, aliases)

    def read(self, raw: Any, rank: int, layout: str) -> str:
        if raw == BICUBIC and rank != 2:
            template = "mode: bicubic is for images, with a height and a width: write nearest or linear"
            raise BadValue(self.expected(rank), template=template)
        return super().read(raw, rank, layout)


class Resized(Layer):
    """What they share: every spatial axis by itself, the channels as they are."""

    family = "sizes"
    needs_feature_map = True
    is_linear = True

    def size(self, size: int, axis: int) -> int:
        raise NotImplementedError

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        return Shape((x[0], *(self.size(size, axis) for axis, size in enumerate(x.sizes))))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return unknown_sizes(x[0] if x else 0, x, self.rank)


class Upsample(Resized):
    """Enlarges by a factor (size * scale, an exact fraction) or to a size."""

    kind = "upsample"
    shorthand = "scale"
    class_names = (ClassNames(TORCH, {"Upsample": None}, ("size", "scale", "mode")),)
    example = "- upsample: {scale: 2, mode: bilinear}\n"
    one_of = ("scale", "size", "like")
    reference = "like"
    enlarges = True
    interpolates = True
    scale = Scale("factor, one number or one per axis", None, ("scale_factor",))
    target = AxisSizes("the size that comes out, instead of scale", None).called("size")
    like = Reference("a layer before it: its sizes come out, instead of scale", None)
    mode = Interpolation()
    rounding = Rounding((EXACT, FLOOR, CEIL))
    rule = SIZE_NOT_WHOLE

    def prepare(self) -> None:
        if self.rounding is None:
            self.rounding = EXACT

    def settled(self, x: Shape, other: Shape) -> Self:
        return with_numbers(self, target=self.shape(x, other).sizes)

    def factors(self, x: Shape) -> tuple[Fraction, ...]:
        if self.scale is not None:
            return self.scale
        from fractions import Fraction

        sizes = self.target
        return tuple(Fraction(new or old, old) for new, old in zip(sizes, x.sizes, strict=True))

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        return 1 / self.factors(x)[axis] if axis < self.rank else super().downsampling(axis, x)

    @property
    def needs_whole_quotient(self) -> bool:
        return self.rounding == EXACT and self.scale is not None

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        if self.like is not None and len(inputs) > 1:
            need_like(self, x, inputs[1])
            return Shape((x[0], *inputs[1].sizes))
        if self.scale is None:
            return Shape((x[0], *(new or old for new, old in zip(self.target, x.sizes, strict=True))))
        exact = [size * factor for size, factor in zip(x.sizes, self.scale, strict=True)]
        floored = Shape((x[0], *(-(-value // 1) if self.rounding == CEIL else value // 1 for value in exact)))
        if min(floored) < 1:
            raise ShapeError(
                WINDOW_TOO_LARGE,
                "a scale of {scale} leaves nothing of {size}: {formula}",
                field="scale",
                about=(SIZES,),
                scale=per_axis([_decimal(factor) for factor in self.scale]),
                size=x.sizes,
                formula=self.formula(inputs, None),
            )
        if self.rounding == EXACT and any(value.denominator != 1 for value in exact):
            raise ShapeError(
                self.rule,
                "the enlarged size is not a natural number: {formula}",
                field="scale",
                about=(SIZES,),
                floored=floored,
                loses_pixels=False,
                size=x.sizes,
                formula=self.formula(inputs, None),
            )
        return floored

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        channels = x[0] if x else 0
        sizes = [size for size in self.target or () if size is not None]
        if len(sizes) == self.rank:
            return Shape((channels, *sizes))
        return unknown_sizes(channels, x, self.rank)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return tuple(
            through_upsampling(view, factor.numerator, factor.denominator, _REACHES[self.mode])
            for view, factor in zip(views, self.factors(inputs[0]), strict=True)
        )

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        if self.scale is None:
            return ""
        texts = []
        for size, factor in zip(inputs[0].sizes, self.scale, strict=True):
            exact = size * factor
            product = f"{size} * {_decimal(factor)}"
            if exact.denominator == 1 or self.rounding == EXACT:
                texts.append(f"{product} = {ratio(exact.numerator, exact.denominator)}")
            else:
                rounded = -(-exact // 1) if self.rounding == CEIL else exact // 1
                texts.append(f"{self.rounding}({product}) = {rounded}")
        return per_axis(texts)


def _decimal(factor: Fraction) -> str:
    return f"{float(factor):g}"


class PixelShuffle(Resized):
    """Turns channels into pixels: C/factor**rank channels, every axis times factor."""

    kind = "pixel_shuffle"
    shorthand = "factor"
    class_names = (ClassNames(TORCH, {"PixelShuffle": 2}, ("factor",)),)
    example = "- pixel_shuffle: 2\n"
    enlarges = True
    factor = Count("how many times larger each axis becomes", aliases=("upscale_factor",))

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        from fractions import Fraction

        return Fraction(1, self.factor)

    def divides(self, x: Shape) -> tuple[Division, ...]:
        return (Division("factor", self.factor**x.rank, x[0], power=x.rank),)

    def not_divisible(self, division: Division) -> ShapeError:
        return ShapeError(
            GROUPS_NOT_DIVISIBLE,
            "a pixel_shuffle by {factor} needs a multiple of {factor}**{rank} = {needed} channels, "
            "found {channels}",
            field="factor",
            about=(CHANNELS,),
            channels=division.number,
            factor=self.factor,
            rank=division.power,
            needed=division.divisor,
        )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        self.check_divisions(x)
        return Shape((x[0] // self.factor**x.rank, *(size * self.factor for size in x.sizes)))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        channels = x[0] // self.factor**x.rank if x and x[0] % self.factor**x.rank == 0 else 0
        return unknown_sizes(channels, x, self.rank)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return tuple(through_upsampling(view, self.factor, 1, reach=0) for view in views)

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        return per_axis([f"{size} * {self.factor} = {size * self.factor}" for size in inputs[0].sizes])


class SpaceToDepth(Resized):
    """Turns pixels into channels: every axis divided by factor, C*factor**rank channels."""

    kind = "space_to_depth"
    shorthand = "factor"
    class_names = (ClassNames(TORCH, {"PixelUnshuffle": 2}, ("factor",)),)
    example = "- space_to_depth: 2\n"
    needs_whole_quotient = True
    strides = True
    merges_pixels = True
    factor = Count("how many times smaller each axis becomes", aliases=("downscale_factor",))

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        from fractions import Fraction

        return Fraction(self.factor)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        need_feature_map(self, x)
        floored = Shape((x[0] * self.factor**x.rank, *(size // self.factor for size in x.sizes)))
        if any(size % self.factor for size in x.sizes):
            raise ShapeError(
                SIZE_NOT_WHOLE,
                "a {size} feature map is not a multiple of the factor {factor}: {formula}",
                field="factor",
                about=(SIZES,),
                floored=floored if min(floored) else None,
                size=x.sizes,
                factor=self.factor,
                formula=self.formula(inputs, None),
            )
        return floored

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return unknown_sizes(x[0] * self.factor**x.rank if x else 0, x, self.rank)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return tuple(through_window(view, Window(self.factor, self.factor)) for view in views)

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        return per_axis([f"{size} / {self.factor} = {ratio(size, self.factor)}" for size in inputs[0].sizes])


class MaxUnpool(Resized):
    """Undoes a maxpool: each value goes back to where it was the greatest, with zeros around it.

    The size is that of what went into the pool. Source: torch.nn.MaxUnpool2d.
    """

    kind = "max_unpool"
    family = "sizes"
    shorthand = "like"
    reference = "like"
    undoes = ("maxpool", "adaptive_maxpool")
    enlarges = True
    example = "- maxpool: {kernel_size: 2, name: halved}\n- max_unpool: {like: halved, expect: [28, 28, 8]}\n"
    like = Reference("the pool that it undoes: what went into that comes out")

    def prepare(self) -> None:
        self.sizes: tuple[int, ...] = ()

    def settled(self, x: Shape, other: Shape) -> Self:
        return with_numbers(self, sizes=self.shape(x, other).sizes)

    def shape(self, *inputs: Shape) -> Shape:
        x, other, *pooled = inputs
        need_feature_map(self, x)
        need_like(self, x, other)
        if pooled and x != pooled[0]:
            raise ShapeError(
                SHAPE_MISMATCH,
                "max_unpool needs {pooled}, what came out of {name}, for each value goes back to its place, "
                "found {input}",
                pointer="gets {input}",
                field="like",
                about=(CHANNELS,) * (x[0] != pooled[0][0]) + (SIZES,) * (x.sizes != pooled[0].sizes),
                pooled=pooled[0],
                name=self.like,
                input=x,
                wanted=pooled[0][0],
                place=0,
            )
        for axis, (size, wanted) in enumerate(zip(x.sizes, other.sizes, strict=True)):
            if wanted < size:
                raise ShapeError(
                    SHAPE_MISMATCH,
                    "max_unpool cannot make {axis} {size} smaller: {wanted} went into {name}",
                    field="like",
                    about=(SIZES,),
                    along=(axis,),
                    axis=AXIS_NAMES[x.rank][axis],
                    size=size,
                    wanted=wanted,
                    name=self.like,
                )
        return Shape((x[0], *other.sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return unknown_sizes(x[0] if x else 0, x, self.rank)

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        from fractions import Fraction

        return Fraction(x.sizes[axis], self.sizes[axis]) if axis < len(self.sizes) else Fraction(1)

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        x, other = inputs[:2]
        factors = (max(1, large // small) for small, large in zip(x.sizes, other.sizes, strict=True))
        return tuple(
            through_transposed(view, Window(factor, factor))
            for view, factor in zip(views, factors, strict=True)
        )
