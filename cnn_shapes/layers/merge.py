"""Layers that join several inputs, or split one into parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnn_shapes.layers.base import KERAS, ClassNames, Division, Layer
from cnn_shapes.layers.list_fields import Parts
from cnn_shapes.shapes import (
    CHANNELS,
    GROUPS_NOT_DIVISIBLE,
    SHAPE_MISMATCH,
    SIZES,
    UNKNOWN,
    Shape,
    ShapeError,
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
    """The channels of all inputs, one after the other; the other axes must be equal."""

    kind = "concat"
    verb = "concatenate"
    class_names = (ClassNames(KERAS, {"Concatenate": None}),)
    example = (
        "- conv: {filters: 4, kernel_size: 3, padding: half, activation: relu, name: features}\n"
        "- concat: [input, features]\n"
    )

    def shape(self, *inputs: Shape) -> Shape:
        sizes = inputs[0][1:]
        channels = 0
        for x in inputs:
            if x[1:] != sizes:
                raise JoinMismatch(self, inputs, "all but the channels must be equal")
            channels += x[0]
        return Shape((channels, *sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        if any(x is None for x in inputs):
            return None
        known = [x for x in inputs if x is not None]
        channels = [x[0] for x in known]
        total = UNKNOWN if UNKNOWN in channels else sum(channels)
        if len({x[1:] for x in known}) == 1:
            return Shape((total, *known[0][1:]))
        return Shape((total, *(UNKNOWN,) * known[0].rank))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        return f"{' + '.join(str(x[0]) for x in inputs)} = {sum(x[0] for x in inputs)} channels"


class JoinMismatch(ShapeError):
    """The inputs of a join do not fit. What differs is worked out where it is asked for."""

    def __init__(self, join: Join, inputs: tuple[Shape, ...], why: str = "") -> None:
        template = "cannot {verb} {inputs}" + (": {why}" if why else "")
        super().__init__(SHAPE_MISMATCH, template, verb=join.verb, inputs=inputs, why=why)
        self._inputs, self._stretches = inputs, join.is_elementwise

    @property
    def about(self) -> tuple[str, ...]:
        sizes = (SIZES,) if len({x[1:] for x in self._inputs}) > 1 else ()
        return (*sizes, CHANNELS) if len({x[0] for x in self._inputs}) > 1 else sizes

    @property
    def axes(self) -> tuple[int, ...]:
        if len({len(x) for x in self._inputs}) > 1:
            return ()
        stretched = {1} if self._stretches else set()
        columns = zip(*(x.sizes for x in self._inputs), strict=True)
        return tuple(axis for axis, sizes in enumerate(columns) if len(set(sizes) - stretched) > 1)


class Split(Layer):
    """Cuts the channels into parts: equal ones by a list of names, or of given sizes by a mapping."""

    splits = True
    kind = "split"
    family = "joins and splits"
    shorthand = "into"
    example = "- split: [left, right]\n- concat: [right, left]\n"
    is_linear = True
    into = Parts("names of equal parts, or a mapping from name to channel count")

    def parts(self) -> list[tuple[str, Layer]]:
        return [
            (name, SplitPart(self.rank, {"split": self, "position": position}))
            for position, (name, _) in enumerate(self.into)
        ]


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

    def divides(self, x: Shape) -> tuple[Division, ...]:
        parts = self.split.into
        return (Division("into", len(parts), x[0], power=0),) if parts[self.position][1] is None else ()

    def not_divisible(self, division: Division) -> ShapeError:
        channels, parts = division.number, division.divisor
        return ShapeError(
            GROUPS_NOT_DIVISIBLE,
            "{channels} channels cannot be split into {parts} equal parts: "
            "{channels} = {parts}*{whole} + {rest}",
            field="into",
            about=(CHANNELS,),
            channels=channels,
            parts=parts,
            whole=channels // parts,
            rest=channels % parts,
        )

    def signature(self) -> tuple[Any, ...]:
        return (self.split.into, self.position)

    def numbers(self, name: str) -> Any:
        return self.split.numbers(name)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        parts = self.split.into
        count = parts[self.position][1]
        if count is None:
            self.check_divisions(x)
            count = x[0] // len(parts)
        elif (total := sum(size for _, size in parts)) != x[0]:
            raise ShapeError(
                SHAPE_MISMATCH,
                "the parts have {total} channels together ({sum}), but the input has {channels}",
                field="into",
                about=(CHANNELS,),
                total=total,
                sum=" + ".join(str(size) for _, size in parts),
                channels=x[0],
            )
        return Shape((count, *x.sizes))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x, parts = inputs[0], self.split.into
        if x is None:
            return None
        whole = x[0] // len(parts) if x[0] % len(parts) == 0 else UNKNOWN
        return Shape((parts[self.position][1] or whole, *x.sizes))

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        parts = self.split.into
        if parts[self.position][1] is None:
            return f"{inputs[0][0]} / {len(parts)} = {inputs[0][0] // len(parts)} channels"
        return ""

    def describe(self) -> str:
        return f"split: {self.split.into[self.position][0]}"
