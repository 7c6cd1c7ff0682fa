"""Layers that join several inputs, or split one into parts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from cnn_shapes.layers.axes import CHANNELS_AXIS, Axis, axis_of
from cnn_shapes.layers.base import KERAS, ClassNames, Division, Layer
from cnn_shapes.layers.list_fields import REST, Parts
from cnn_shapes.receptive_field import View, through_window
from cnn_shapes.shapes import (
    AXIS_NAMES,
    CHANNELS,
    GROUPS_NOT_DIVISIBLE,
    SHAPE_MISMATCH,
    SIZES,
    UNKNOWN,
    Shape,
    ShapeError,
    Window,
)
from cnn_shapes.words import say

_JOINED = (
    "- conv: {{filters: 8, kernel_size: 3, padding: half, activation: relu, name: features}}\n"
    "- {}: {{from: [input, features], expect: [28, 28, 8]}}\n"
)


class Join(Layer):
    """What the joins share. Their inputs are in `from`."""

    family = "joins and splits"
    joins = True
    shorthand = "from"

    def describe(self) -> str:
        return self.kind


class Elementwise(Join):
    """Equal shapes, or axes of size 1 that are broadcast."""

    is_elementwise = True

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        if inputs.count(first) == len(inputs):
            return first
        axes = max(map(len, inputs))
        aligned = [x if len(x) == axes else self.widen(x, axes) for x in inputs]
        if any(x is None for x in aligned):
            raise JoinMismatch(self, inputs, "their ranks differ")
        sizes = []
        for column in zip(*(x for x in aligned if x is not None), strict=True):
            size = max(column)
            if any(item not in (1, size) for item in column):
                raise JoinMismatch(self, inputs)
            sizes.append(size)
        return Shape(sizes)

    def widen(self, x: Shape, axes: int) -> Shape | None:
        """A vector among feature maps, with axes of size 1; None where that has no meaning."""
        return None

    def guess(self, *inputs: Shape | None) -> Shape | None:
        known = [x for x in inputs if x is not None]
        if not known or len({len(x) for x in known}) > 1:
            return known[0] if known else None
        return Shape(
            column[0] if len(known) == len(inputs) and len(set(column)) == 1 else UNKNOWN
            for column in zip(*known, strict=True)
        )


class Add(Elementwise):
    """The sum of its inputs, element by element."""

    kind = "add"
    verb = "add"
    in_place = True
    class_names = (ClassNames(KERAS, {"Add": None}),)
    example = (
        "- conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: features}\n"
        "- add: [input, features]\n"
    )


class Subtract(Elementwise):
    """The first input less all others, element by element."""

    kind = "subtract"
    verb = "subtract"
    in_place = True
    class_names = (ClassNames(KERAS, {"Subtract": None}),)
    example = _JOINED.format("subtract")


class Average(Elementwise):
    """The mean of its inputs, element by element."""

    kind = "average"
    verb = "average"
    in_place = True
    class_names = (ClassNames(KERAS, {"Average": None}),)
    example = _JOINED.format("average")


class Maximum(Elementwise):
    """The greatest of its inputs, element by element."""

    kind = "maximum"
    gradient_needs_input = True
    verb = "take the maximum of"
    in_place = True
    class_names = (ClassNames(KERAS, {"Maximum": None}),)
    example = _JOINED.format("maximum")


class Minimum(Elementwise):
    """The least of its inputs, element by element."""

    kind = "minimum"
    gradient_needs_input = True
    verb = "take the minimum of"
    in_place = True
    class_names = (ClassNames(KERAS, {"Minimum": None}),)
    example = _JOINED.format("minimum")


class ShortcutAdd(Add):
    """The addition of a residual: unlike `add` it broadcasts nothing."""

    kind = "add"
    is_shortcut = True

    def shape(self, *inputs: Shape) -> Shape:
        if inputs.count(inputs[0]) < len(inputs):
            raise JoinMismatch(self, inputs)
        return inputs[0]


class Multiply(Elementwise):
    """The product of its inputs, element by element."""

    kind = "multiply"
    verb = "multiply"
    is_product = True
    gradient_needs_input = True
    class_names = (ClassNames(KERAS, {"Multiply": None}),)
    example = (
        "- conv: {filters: 8, kernel_size: 3, padding: half, activation: sigmoid, name: mask}\n"
        "- multiply: [input, mask]\n"
    )

    def widen(self, x: Shape, axes: int) -> Shape | None:
        return Shape((*x, *(1,) * (axes - 1))) if len(x) == 1 else None

    def seen_inputs(self, inputs: tuple[Shape | None, ...], output: Shape | None) -> Sequence[int]:
        """Those that are not stretched: what scales a map is like the branch of a gate."""
        full = [place for place, x in enumerate(inputs) if x is not None and x == output]
        return full or super().seen_inputs(inputs, output)


class GateMultiply(Multiply):
    """The multiplication of a gate: the branch is stretched to the input, never the input to the branch."""

    kind = "multiply"
    is_gate = True

    def shape(self, *inputs: Shape) -> Shape:
        if super().shape(*inputs) != inputs[0]:
            raise JoinMismatch(self, inputs, "a gate keeps the shape of its input")
        return inputs[0]

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return inputs[0]

    def seen_inputs(self, inputs: tuple[Shape | None, ...], output: Shape | None) -> Sequence[int]:
        return (0,)


class Concat(Join):
    """The channels of all inputs, or another axis, one after the other; the other axes must be equal."""

    kind = "concat"
    verb = "concatenate"
    class_names = (ClassNames(KERAS, {"Concatenate": None}, ("axis",)),)
    example = (
        "- conv: {filters: 4, kernel_size: 3, padding: half, activation: relu, name: features}\n"
        "- concat: [input, features]\n"
    )
    counts_axes = True
    axis = Axis("the axis along which they are put", CHANNELS_AXIS)

    @property
    def treats_axes_apart(self) -> bool:
        return self.axis != CHANNELS_AXIS

    def describe(self) -> str:
        return f"{self.kind}, axis {self.axis}" if self.treats_axes_apart else self.kind

    def shape(self, *inputs: Shape) -> Shape:
        if self.axis != CHANNELS_AXIS:
            return self._along_an_axis(inputs)
        sizes = inputs[0][1:]
        channels = 0
        for x in inputs:
            if x[1:] != sizes:
                raise JoinMismatch(self, inputs, say("all but the channels must be equal"))
            channels += x[0]
        return Shape((channels, *sizes))

    def _along_an_axis(self, inputs: tuple[Shape, ...]) -> Shape:
        first = inputs[0]
        along = axis_of(self.axis, first)
        why = say("all but the {axis} must be equal", axis=say(self.axis))
        for x in inputs:
            if len(x) != len(first):
                raise JoinMismatch(self, inputs, why, along)
            if any(size != first[axis] for axis, size in enumerate(x) if axis != along):
                raise JoinMismatch(self, inputs, why, along)
        return Shape((*first[:along], sum(x[along] for x in inputs), *first[along + 1 :]))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        if any(x is None for x in inputs):
            return None
        known = [x for x in inputs if x is not None]
        if self.axis != CHANNELS_AXIS:
            channels = known[0][0] if len({x[0] for x in known}) == 1 else UNKNOWN
            return Shape((channels, *(UNKNOWN,) * known[0].rank))
        numbers = [x[0] for x in known]
        total = UNKNOWN if UNKNOWN in numbers else sum(numbers)
        if len({x[1:] for x in known}) == 1:
            return Shape((total, *known[0][1:]))
        return Shape((total, *(UNKNOWN,) * known[0].rank))

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        if not self.treats_axes_apart:
            return views
        # along the axis the second input begins where the first ends: that is no one view
        along = axis_of(self.axis, inputs[0])
        return tuple(None if axis == along else view for axis, view in enumerate(views, 1))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        axis = axis_of(self.axis, inputs[0])
        sizes = [x[axis] for x in inputs]
        unit = f" {CHANNELS_AXIS}" if self.axis == CHANNELS_AXIS else ""
        return f"{' + '.join(map(str, sizes))} = {sum(sizes)}{unit}"


class JoinMismatch(ShapeError):
    """The inputs of a join do not fit. What differs is worked out where it is asked for."""

    def __init__(
        self, join: Join, inputs: tuple[Shape, ...], why: str = "", along: int | None = None
    ) -> None:
        template = "cannot {verb} {inputs}" + (": {why}" if why else "")
        super().__init__(SHAPE_MISMATCH, template, verb=say(join.verb), inputs=inputs, why=why)
        self._inputs, self._stretches, self._along = inputs, join.is_elementwise, along

    @property
    def about(self) -> tuple[str, ...]:
        sizes = (SIZES,) if len({self._joined(x) for x in self._inputs}) > 1 else ()
        return (*sizes, CHANNELS) if len({x[0] for x in self._inputs}) > 1 else sizes

    def _joined(self, x: Shape) -> tuple[int, ...]:
        """The sizes without that along which the inputs are put one after the other."""
        return tuple(size for axis, size in enumerate(x) if axis and axis != self._along)

    @property
    def axes(self) -> tuple[int, ...]:
        if len({len(x) for x in self._inputs}) > 1:
            return ()
        stretched = {1} if self._stretches else set()
        columns = zip(*(x.sizes for x in self._inputs), strict=True)
        return tuple(
            axis
            for axis, sizes in enumerate(columns)
            if len(set(sizes) - stretched) > 1 and axis + 1 != self._along
        )


class Split(Layer):
    """Cuts the channels, or another axis, into parts: equal ones by names, or of given sizes by a mapping."""

    splits = True
    kind = "split"
    family = "joins and splits"
    shorthand = "into"
    example = "- split: [left, right]\n- concat: [right, left]\n"
    is_linear = True
    counts_axes = True
    into = Parts("names of equal parts, or a mapping from name to size, one of them -1 for the rest")
    axis = Axis("the axis that is cut", CHANNELS_AXIS)

    @property
    def treats_axes_apart(self) -> bool:
        return self.axis != CHANNELS_AXIS

    def parts(self) -> list[tuple[str, Layer]]:
        return [
            (name, SplitPart(self.rank, {"split": self, "position": position}))
            for position, (name, _) in enumerate(self.into)
        ]

    # what all parts have in common is worked out once: each of a thousand asks for it
    @cached_property
    def _before(self) -> list[int]:
        """The stated sizes before each part, and of all of them."""
        sizes = [0 if size is None or size == REST else size for _, size in self.into]
        return [0, *accumulate(sizes)]

    @property
    def known(self) -> int:
        """The stated sizes together."""
        return self._before[-1]

    @property
    def is_equal(self) -> bool:
        return self.into[0][1] is None

    @cached_property
    def rest_at(self) -> int | None:
        """The part that has what is left of all others."""
        return next((place for place, (_, size) in enumerate(self.into) if size == REST), None)

    def size_of(self, position: int, x: Shape) -> int:
        """The size of a part along the axis, of an input that can be split so."""
        total = x[axis_of(self.axis, x)]
        if self.is_equal:
            return total // len(self.into)
        size = self.into[position][1]
        return total - self.known if size is None or size == REST else size

    def sizes(self, x: Shape) -> list[int]:
        """The sizes of all parts along the axis, of an input that can be split so."""
        return [self.size_of(position, x) for position in range(len(self.into))]

    def size_before(self, position: int, x: Shape) -> int:
        """The sizes of the parts before one, together."""
        if self.is_equal:
            return position * self.size_of(0, x)
        rest = self.rest_at is not None and self.rest_at < position
        return self._before[position] + (x[axis_of(self.axis, x)] - self.known if rest else 0)


class SplitPart(Layer):
    """One part of a split: a layer of its own in every report."""

    kind = "split"
    family = ""
    is_part = True
    is_linear = True
    split: Split
    position: int

    def __init__(self, rank: int, values: dict[str, Any]) -> None:
        self.split, self.position = values["split"], values["position"]
        super().__init__(rank)

    @property
    def treats_axes_apart(self) -> bool:
        return self.split.treats_axes_apart

    @property
    def needs_whole_quotient(self) -> bool:
        return self.treats_axes_apart and self.split.into[self.position][1] is None

    def divides(self, x: Shape) -> tuple[Division, ...]:
        parts = self.split.into
        size = x[axis_of(self.split.axis, x)]
        return (Division("into", len(parts), size, power=0),) if parts[self.position][1] is None else ()

    def not_divisible(self, division: Division) -> ShapeError:
        size, parts = division.number, division.divisor
        return ShapeError(
            GROUPS_NOT_DIVISIBLE,
            f"{self._counted} cannot be split into {{parts}} equal parts: "
            "{size} = {parts}*{whole} + {rest}",
            field="into",
            about=self._about,
            along=self._axes,
            axis=self.split.axis,
            channels=size,
            size=size,
            parts=parts,
            whole=size // parts,
            rest=size % parts,
        )

    def signature(self) -> tuple[Any, ...]:
        return (self.split.into, self.split.axis, self.position)

    def numbers(self, name: str) -> Any:
        return self.split.numbers(name)

    def shape(self, *inputs: Shape) -> Shape:
        x, split = inputs[0], self.split
        axis, known = axis_of(split.axis, x), split.known
        self.check_divisions(x)
        if split.rest_at is not None:
            self._check_rest(x[axis], known)
        elif not split.is_equal and known != x[axis]:
            raise self._mismatch(
                "the parts have {together} together ({sum}), but the input has {size}", known, x[axis]
            )
        return Shape((*x[:axis], split.size_of(self.position, x), *x[axis + 1 :]))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x, parts = inputs[0], self.split.into
        if x is None:
            return None
        axis = axis_of(self.split.axis, x)
        count, size = parts[self.position][1], UNKNOWN
        if count is None and x[axis] % len(parts) == 0:
            size = x[axis] // len(parts)
        elif count is not None and count != REST:
            size = count
        return Shape((*x[:axis], size, *x[axis + 1 :]))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        parts, x = self.split.into, inputs[0]
        size = x[axis_of(self.split.axis, x)]
        unit = f" {CHANNELS_AXIS}" if self.split.axis == CHANNELS_AXIS else ""
        count = parts[self.position][1]
        if count is None:
            return f"{size} / {len(parts)} = {size // len(parts)}{unit}"
        if count == REST:
            others = [part for _, part in parts if part != REST]
            return f"{' - '.join(map(str, (size, *others)))} = {size - sum(others)}{unit}"
        return ""

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        if not self.treats_axes_apart:
            return views
        x = inputs[0]
        along = axis_of(self.split.axis, x)
        before = self.split.size_before(self.position, x)
        return tuple(
            through_window(view, Window(1, 1, -before)) if axis == along else view
            for axis, view in enumerate(views, 1)
        )

    def describe(self) -> str:
        axis = f", axis {self.split.axis}" if self.treats_axes_apart else ""
        return f"split: {self.split.into[self.position][0]}{axis}"

    def _check_rest(self, size: int, known: int) -> None:
        if known >= size:
            template = "the other parts have {together} together ({sum}), which leaves nothing of {size}"
            raise self._mismatch(template, known, size)

    def _mismatch(self, template: str, known: int, size: int) -> ShapeError:
        return ShapeError(
            SHAPE_MISMATCH,
            template,
            field="into",
            about=self._about,
            along=self._axes,
            total=known,
            sum=" + ".join(str(part) for _, part in self.split.into if part != REST),
            together=say("{axis} {size}", axis=say(self.split.axis), size=known)
            if self.treats_axes_apart
            else say("{size} channels", size=known),
            channels=size,
            size=size,
        )

    @property
    def _counted(self) -> str:
        return "{axis} {size}" if self.treats_axes_apart else "{size} channels"

    @property
    def _about(self) -> tuple[str, ...]:
        return (CHANNELS,) if self.split.axis == CHANNELS_AXIS else (SIZES,)

    @property
    def _axes(self) -> tuple[int, ...]:
        names = AXIS_NAMES.get(self.rank, ())
        return (names.index(self.split.axis),) if self.split.axis in names else ()
