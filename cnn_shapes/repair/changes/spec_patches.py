"""Changes that stand elsewhere than in a layer's field: the input, rounding, `from`, a number of a block."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import in_layout
from cnn_shapes.edit.writing import replace_node, set_top_level
from cnn_shapes.language.entry import OWN, Item, Setting
from cnn_shapes.language.reading.document import Spec
from cnn_shapes.language.values import Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.costs import COSTS
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.repair.changes.patch import Patch, Undo
from cnn_shapes.repair.changes.roles import ROLES
from cnn_shapes.shapes import FLOOR, NOT_WHOLE, Shape, ShapeError
from cnn_shapes.source import Edit, Scalar


class InputPatch(Patch):
    """Another input size."""

    spatial = True
    row = "input"
    value_place = "input"

    def __init__(self, shape: Shape, axes: tuple[int, ...], cost: int) -> None:
        self.shape, self.axes, self.cost = shape, axes, cost
        self.slots = frozenset(("input", axis) for axis in axes)

    def with_axes_of(self, other: InputPatch) -> InputPatch:
        sizes = [
            there if axis in other.axes else here
            for axis, (here, there) in enumerate(zip(self.shape.sizes, other.shape.sizes, strict=True))
        ]
        shape = Shape((self.shape[0], *sizes))
        return InputPatch(shape, (*self.axes, *other.axes), self.cost + other.cost)

    def apply(self, spec: Spec) -> Undo:
        before, spec.shape = spec.shape, self.shape

        def undo() -> None:
            spec.shape = before

        return undo

    def edits(self, spec: Spec) -> list[Edit]:
        node = spec.input_node
        assert node is not None
        sizes = in_layout(self.shape, spec.layout)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return [Edit(node.span, "x".join(map(str, sizes)))]
        return replace_node(node, list(sizes))

    def title(self, spec: Spec) -> str:
        line = spec.source.position(spec.span.start)[0]
        return f"input: {'x'.join(map(str, in_layout(self.shape, spec.layout)))} on line {line}"


class RoundingPatch(Patch):
    """Rounding down: of one layer, or of the whole file. `harmless`: taken only where no pixel is lost."""

    spatial = True

    def __init__(self, item: Item | None, harmless: bool = False) -> None:
        self.item, self.harmless = item, harmless
        self.row = "rounding" if item is not None else "harmless rounding" if harmless else "file rounding"
        self.cost = COSTS[self.row].flat
        self.place = item.key.start if item is not None else 0
        self.slots = frozenset({("rounding", id(item)), ("rounding", None)} if item else {("rounding", None)})

    def field_names(self) -> tuple[str, ...]:
        return ("rounding", self.row)

    def apply(self, spec: Spec) -> Undo:
        if self.item is not None:
            item, settings, cache = self.item, self.item.settings, self.item.cache
            item.settings = {**settings, "rounding": Setting(Value(item.key, FLOOR), None, OWN, "rounding")}
            item.cache = {}

            def undo_item() -> None:
                item.settings, item.cache = settings, cache

            return undo_item
        before, caches = spec.rounding, [(item, item.cache) for item in spec.reader.items]
        spec.rounding = FLOOR
        for item in spec.reader.items:
            item.cache = {}

        def undo() -> None:
            spec.rounding = before
            for item, cache in caches:
                item.cache = cache

        return undo

    def field(self, spec: Spec) -> tuple[Item, str, Any, bool] | None:
        return None if self.item is None else (self.item, "rounding", FLOOR, True)

    def edits(self, spec: Spec) -> list[Edit]:
        return [set_top_level(spec.source, spec.root, "rounding", FLOOR)]

    def title(self, spec: Spec) -> str:
        if self.item is None:
            return "rounding: floor for the whole file"
        return f"rounding: floor on line {spec.source.position(self.item.key.start)[0]}"


class Lossless(Layer):
    """A layer that rounds down, but only where no pixel gets lost."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        super().__init__(layer.rank)

    def shape(self, *inputs: Shape) -> Shape:
        try:
            return self.layer.shape(*inputs)
        except ShapeError as error:
            if error.rule in NOT_WHOLE and error.floored is not None and not error.loses_pixels:
                return error.floored
            raise


class SourcePatch(Patch):
    """Another name in the `from` of an entry."""

    row = "from"

    def __init__(self, item: Item, position: int, name: str) -> None:
        self.item, self.position, self.name = item, position, name
        assert item.sources is not None
        self.cost = COSTS["from"].flat
        self.source = item.sources[position]
        self.place = self.source.start
        self.slots = frozenset({("from", id(item), position)})

    def apply(self, spec: Spec) -> Undo:
        item, before = self.item, self.item.sources
        assert before is not None
        new = Scalar(self.name, self.source.start, self.source.end, True, self.name)
        item.sources = [new if place == self.position else old for place, old in enumerate(before)]

        def undo() -> None:
            item.sources = before

        return undo

    def edits(self, spec: Spec) -> list[Edit]:
        return [Edit(self.source.span, self.name)]

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.source.start)[0]
        return f"{self.name} instead of {self.source.text} on line {line}"


class NumberPatch(Patch):
    """Another number in an argument, a param, a local name, or inside an expression."""

    def __init__(self, site: Site, number: int, cost: int, row: str, familiar: bool = False) -> None:
        self.site, self.number, self.cost, self.row, self.familiar = site, number, cost, row, familiar
        self.place = site.span.start
        self.slots = frozenset({("number", id(site.node), site.start)})

    def apply(self, spec: Spec) -> Undo:
        return self.site.put(self.site.text_with(self.number))

    def edits(self, spec: Spec) -> list[Edit]:
        return [Edit(self.site.span, str(self.number))]

    def field_names(self) -> tuple[str, ...]:
        return (ROLES[self.site.role], self.row, self.site.name)

    def title(self, spec: Spec) -> str:
        line = spec.source.position(self.site.span.start)[0]
        text = self.site.text_with(self.number)
        return f"{self.site.name}: {text} on line {line}"
