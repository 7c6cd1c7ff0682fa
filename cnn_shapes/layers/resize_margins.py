"""Layers that put values around the feature map, or cut its ends off."""

from __future__ import annotations

from typing import ClassVar, Self

from cnn_shapes.layers.base import KERAS, ClassNames, need_feature_map, ranked
from cnn_shapes.layers.fields import Mode, Reference
from cnn_shapes.layers.list_fields import Ends, PerAxis
from cnn_shapes.layers.referring import need_like, with_numbers
from cnn_shapes.layers.resize import Resized
from cnn_shapes.receptive_field import View, through_window
from cnn_shapes.shapes import (
    AXIS_NAMES,
    BAD_PADDING,
    SIZES,
    WINDOW_TOO_LARGE,
    Shape,
    ShapeError,
    Window,
    per_axis,
)


class Margins(Resized):
    """What is put around the map, or cut off: given amounts, or what makes it as large as another."""

    adds_margins = True
    shorthand = "amount"
    one_of = ("amount", "like")
    reference = "like"
    sign: ClassVar[str] = "+"  # how the amount counts in the arithmetic
    amount = Ends("one number, one per axis, or begin/end pairs per axis", None, ("padding",))
    like = Reference("a layer before it: its sizes come out, the odd pixel at the end", None)

    def shape(self, *inputs: Shape) -> Shape:
        if self.like is None or len(inputs) == 1:
            return super().shape(*inputs)
        x, other = inputs
        need_feature_map(self, x)
        need_like(self, x, other)
        for axis, (size, wanted) in enumerate(zip(x.sizes, other.sizes, strict=True)):
            self.need_fit(size, wanted, axis)
        return Shape((x[0], *other.sizes))

    def need_fit(self, size: int, wanted: int, axis: int) -> None:
        """Raise where an axis cannot get the wanted size."""
        raise NotImplementedError

    def settled(self, x: Shape, other: Shape) -> Self:
        self.shape(x, other)
        return with_numbers(self, amount=tuple(map(self.ends, x.sizes, other.sizes)))

    def ends(self, size: int, wanted: int) -> tuple[int, int]:
        """The pixels at both ends by which the sizes differ."""
        begin = abs(size - wanted) // 2
        return begin, abs(size - wanted) - begin

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        margins = self.margins(inputs[0])
        return tuple(
            through_window(view, Window(1, 1, begin, end))
            for view, (begin, end) in zip(views, margins, strict=True)
        )

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        if self.amount is None:  # no amount leads to `like` here
            return ""
        return per_axis(
            [
                f"{size} {self.sign} {begin} {self.sign} {end} = {size + sum(margin)}"
                for size, (begin, end), margin in zip(
                    inputs[0].sizes, self.amount, self.margins(inputs[0]), strict=True
                )
            ]
        )

    def not_as_large(self, size: int, wanted: int, axis: int, template: str) -> ShapeError:
        return ShapeError(
            WINDOW_TOO_LARGE,
            template,
            field="like",
            about=(SIZES,),
            along=(axis,),
            axis=AXIS_NAMES[self.rank][axis],
            size=size,
            wanted=wanted,
            name=self.like,
        )


class Pad(Margins):
    """Zeros around the feature map, or its own values: size + begin + end.

    `reflect` mirrors at the outermost value, which it does not repeat, `replicate` repeats that, `circular`
    goes on at the other end.
    """

    kind = "pad"
    class_names = (ClassNames(KERAS, ranked("ZeroPadding{}D"), ("amount",), {"amount": "1"}),)
    example = "- pad: [[1, 0], [1, 0]]\n"
    mode = Mode(
        "what is put there",
        ("zeros", "reflect", "replicate", "circular"),
        "zeros",
        {"constant": "zeros", "edge": "replicate", "wrap": "circular"},
    )

    def need_fit(self, size: int, wanted: int, axis: int) -> None:
        if wanted < size:
            template = "{axis} {size} cannot be padded to the {wanted} of {name}: it is larger already"
            raise self.not_as_large(size, wanted, axis, template)
        self.need_values(max(self.ends(size, wanted)), size, axis, "like")

    def need_values(self, most: int, size: int, axis: int, field: str = "amount") -> None:
        """Raise `bad-padding` where the mode takes more of an axis than there is."""
        if (self.mode == "reflect" and most >= size) or (self.mode == "circular" and most > size):
            raise ShapeError(
                BAD_PADDING,
                "a pad of {amount} with mode: {mode} is too much for {axis} {size}: at most {limit}, as many "
                "values as there are to take",
                field=field,
                about=(SIZES,),
                along=(axis,),
                amount=most,
                mode=self.mode,
                axis=AXIS_NAMES[self.rank][axis],
                size=size,
                limit=size - 1 if self.mode == "reflect" else size,
            )

    def size(self, size: int, axis: int) -> int:
        self.need_values(max(self.amount[axis]), size, axis)
        return size + sum(self.amount[axis])

    def margins(self, x: Shape) -> tuple[tuple[int, int], ...]:
        return self.amount


class Crop(Margins):
    """Cuts off the ends: size - begin - end."""

    kind = "crop"
    class_names = (ClassNames(KERAS, ranked("Cropping{}D"), ("amount",)),)
    example = "- crop: 2\n"
    sign = "-"
    needs: ClassVar = {"offset": ("like", None)}
    amount = Ends("one number, one per axis, or begin/end pairs per axis", None, ("cropping",))
    like = Reference("a layer before it: its sizes come out, from the middle of the map", None)
    offset = PerAxis("with like: where what is left begins, instead of in the middle", None, minimum=0)

    def settled(self, x: Shape, other: Shape) -> Self:
        copy = super().settled(x, other)
        if self.offset is None:
            return copy
        columns = zip(self.offset, x.sizes, other.sizes, strict=True)
        return with_numbers(copy, amount=tuple([(begin, size - begin - end) for begin, size, end in columns]))

    def need_fit(self, size: int, wanted: int, axis: int) -> None:
        begin = 0 if self.offset is None else self.offset[axis]
        if size < wanted + begin:
            template = "{axis} {size} cannot be cropped to the {wanted} of {name}: it is smaller"
            if begin:
                template = "{axis} {size} cannot be cropped to the {wanted} of {name}, from {begin} on"
            error = self.not_as_large(size, wanted, axis, template)
            error.facts["begin"] = begin
            raise error

    def size(self, size: int, axis: int) -> int:
        begin, end = self.amount[axis]
        left = size - begin - end
        if left < 1:
            raise ShapeError(
                WINDOW_TOO_LARGE,
                "a crop of {begin} + {end} leaves nothing of {axis} {size}",
                field="amount",
                about=(SIZES,),
                along=(axis,),
                begin=begin,
                end=end,
                axis=AXIS_NAMES[self.rank][axis],
                size=size,
            )
        return left

    def margins(self, x: Shape) -> tuple[tuple[int, int], ...]:
        return tuple((-begin, -end) for begin, end in self.amount)
