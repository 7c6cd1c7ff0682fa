"""Changes of what is not a field of a layer: the input, rounding, `from`, a number of a block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.edit.patches import Patch, Replace, Rewrite, SetTop
from cnn_shapes.language.entry import Item
from cnn_shapes.language.field_patches import NewValue
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.change import Change
from cnn_shapes.repair.changes.costs import COSTS, ROLES
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.shapes import FLOOR, NOT_WHOLE, Shape, ShapeError
from cnn_shapes.source import Scalar


class InputChange(Change):
    """Another input size."""

    spatial = True
    row = "input"
    value_place = "input"

    def __init__(self, shape: Shape, axes: tuple[int, ...], cost: int) -> None:
        self.shape, self.axes, self.cost = shape, axes, cost
        self.slots = frozenset(("input", axis) for axis in axes)

    def with_axes_of(self, other: InputChange) -> InputChange:
        sizes = [
            there if axis in other.axes else here
            for axis, (here, there) in enumerate(zip(self.shape.sizes, other.shape.sizes, strict=True))
        ]
        shape = Shape((self.shape[0], *sizes))
        return InputChange(shape, (*self.axes, *other.axes), self.cost + other.cost)

    def patches(self, spec: Spec) -> list[Patch]:
        node = spec.input_node
        assert node is not None
        sizes = in_layout(self.shape, spec.layout)
        as_text = isinstance(node, Scalar) and isinstance(node.value, str)
        return [Patch(node, Replace("x".join(map(str, sizes)) if as_text else list(sizes)))]

    def title(self, spec: Spec) -> str:
        line = spec.source.position(spec.span.start)[0]
        return f"input: {'x'.join(map(str, in_layout(self.shape, spec.layout)))} on line {line}"


class RoundingChange(Change):
    """Rounding down: of one layer, or of the whole file. `harmless`: taken only where no pixel is lost."""

    spatial = True

    def __init__(self, item: Item | None, harmless: bool = False) -> None:
        self.item, self.harmless = item, harmless
        self.row = "rounding" if item is not None else "harmless rounding" if harmless else "file rounding"
        self.cost = COSTS[self.row].flat
        self.place = item.key.start if item is not None else 0
        self.slots = frozenset({("rounding", id(item)), ("rounding", None)} if item else {("rounding", None)})
        self.rounds_file = self.meets_all = item is None

    def values(self) -> Iterator[tuple[Item, str, Any, tuple[int, ...]]]:
        return iter([(self.item, "rounding", FLOOR, ())] if self.item is not None else [])

    def field_names(self) -> tuple[str, ...]:
        return ("rounding", self.row)

    def field(self, spec: Spec) -> tuple[Item, str, NewValue] | None:
        return None if self.item is None else (self.item, "rounding", NewValue(FLOOR, alone=True))

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(spec.root, SetTop("rounding", FLOOR))]

    def title(self, spec: Spec) -> str:
        if self.item is None:
            return "rounding: floor for the whole file"
        return f"rounding: floor on line {spec.source.position(self.item.key.start)[0]}"


class Lossless(Layer):
    """A layer that rounds down, but only where no pixel gets lost."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        super().__init__(layer.rank)

    def signature(self) -> tuple[Any, ...]:
        return self.layer.altered(rounding=FLOOR).signature()

    def shape(self, *inputs: Shape) -> Shape:
        try:
            return self.layer.shape(*inputs)
        except ShapeError as error:
            if error.rule in NOT_WHOLE and error.floored is not None and not error.loses_pixels:
                return error.floored
            raise


class SourceChange(Change):
    """Another name in the `from` of an entry."""

    row = "from"

    def __init__(self, item: Item, position: int, name: str) -> None:
        self.item, self.position, self.name = item, position, name
        assert item.sources is not None
        self.cost = COSTS["from"].flat
        self.source = item.sources[position]
        self.place = self.source.start
        self.slots = frozenset({("from", id(item), position)})

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(self.source, Rewrite(self.name))]

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.source.start)[0]
        return f"{self.name} instead of {self.source.text} on line {line}"


class NumberChange(Change):
    """Another number in an argument, a param, a local name, or inside an expression."""

    def __init__(self, site: Site, number: int, cost: int, row: str, familiar: bool = False) -> None:
        self.site, self.number, self.cost, self.row, self.familiar = site, number, cost, row, familiar
        self.place = site.span.start
        self.slots = frozenset({("number", id(site.node), site.start)})

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(self.site.node, self.site.rewrite(self.number))]

    def field_names(self) -> tuple[str, ...]:
        return (ROLES[self.site.role], self.row, self.site.name)

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.site.span.start)[0]
        text = self.site.rewrite(self.number).rewritten(self.site.node.text)
        return f"{self.site.name}: {text} on line {line}"
