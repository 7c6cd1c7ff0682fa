"""Layers that join several inputs, or split one into parts."""

from __future__ import annotations

from typing import Any, ClassVar

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.list_fields import Parts
from cnn_shapes.shapes import UNKNOWN, Shape, ShapeError


class Join(Layer):
    """What the joins share. Their inputs stand in `from`."""

    family = "joins and splits"
    joins = True
    shorthand = "from"

    def describe(self) -> str:
        return self.kind


class Elementwise(Join):
    """Equal shapes, or axes of size 1 that are broadcast."""

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        if inputs.count(first) == len(inputs):
            return first
        axes = max(map(len, inputs))
        aligned = [x if len(x) == axes else self.widen(x, axes) for x in inputs]
        if any(x is None for x in aligned):
            raise mismatch(self, inputs, "their ranks differ")
        sizes = []
        for column in zip(*(x for x in aligned if x is not None), strict=True):
            size = max(column)
            if any(item not in (1, size) for item in column):
                raise mismatch(self, inputs, "")
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
    aliases: ClassVar = {"Add": None}


class ShortcutAdd(Add):
    """The addition of a residual: unlike `add` it broadcasts nothing."""

    kind = "add"

    def shape(self, *inputs: Shape) -> Shape:
        if inputs.count(inputs[0]) < len(inputs):
            raise mismatch(self, inputs, "")
        return inputs[0]


class Multiply(Elementwise):
    """The product of its inputs, element by element."""

    kind = "multiply"
    aliases: ClassVar = {"Multiply": None}

    def widen(self, x: Shape, axes: int) -> Shape | None:
        return Shape((*x, *(1,) * (axes - 1))) if len(x) == 1 else None


class GateMultiply(Multiply):
    """The multiplication of a gate: the branch is stretched to the input, never the input to the branch."""

    kind = "multiply"

    def shape(self, *inputs: Shape) -> Shape:
        if super().shape(*inputs) != inputs[0]:
            raise mismatch(self, inputs, "a gate keeps the shape of its input")
        return inputs[0]

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return inputs[0]


class Concat(Join):
    """The channels of all inputs, one behind the other; the other axes must be equal."""

    kind = "concat"
    aliases: ClassVar = {"Concatenate": None}

    def shape(self, *inputs: Shape) -> Shape:
        sizes = inputs[0][1:]
        channels = 0
        for x in inputs:
            if x[1:] != sizes:
                raise mismatch(self, inputs, "all but the channels must be equal")
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


def mismatch(layer: Layer, inputs: tuple[Shape, ...], why: str) -> ShapeError:
    return ShapeError(
        "shape-mismatch",
        "cannot {verb} {inputs}" + (": {why}" if why else ""),
        verb={"add": "add", "multiply": "multiply", "concat": "concatenate"}[layer.kind],
        inputs=inputs,
        why=why,
    )


class Split(Layer):
    """Cuts the channels into parts: equal ones by a list of names, or of given sizes by a mapping."""

    kind = "split"
    family = "joins and splits"
    shorthand = "into"
    into = Parts("names of equal parts, or a mapping from name to channel count")

    def part(self, position: int) -> SplitPart:
        return SplitPart(self.rank, {"split": self, "position": position})


class SplitPart(Layer):
    """One part of a split: a layer of its own in every report."""

    kind = "split"
    family = ""
    split: Split
    position: int

    def __init__(self, rank: int, values: dict[str, Any]) -> None:
        self.split, self.position = values["split"], values["position"]
        super().__init__(rank)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        parts = self.split.into
        count = parts[self.position][1]
        if count is None:
            if x[0] % len(parts):
                raise ShapeError(
                    "groups-not-divisible",
                    "{channels} channels cannot be split into {parts} equal parts: "
                    "{channels} = {parts}*{whole} + {rest}",
                    field="into",
                    channels=x[0],
                    parts=len(parts),
                    whole=x[0] // len(parts),
                    rest=x[0] % len(parts),
                )
            count = x[0] // len(parts)
        elif (total := sum(size for _, size in parts)) != x[0]:
            raise ShapeError(
                "shape-mismatch",
                "the parts have {total} channels together ({sum}), but the input has {channels}",
                field="into",
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
