"""Changes of what is not a field of a layer: the input, rounding, `from`, a number of a block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import closest, in_layout
from cnn_shapes.edit.patches import Patch, Replace, Rewrite, SetTop
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.field_patches import NewValue
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.change import Change
from cnn_shapes.repair.changes.costs import COSTS, ROLES
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.shapes import FLOOR, NOT_WHOLE, Shape, ShapeError
from cnn_shapes.source import Edit, Scalar, Span


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
        sizes = "x".join(map(str, in_layout(self.shape, spec.layout)))
        if spec.source.is_derived:
            return f"--input {sizes}"
        return f"input: {sizes} on line {spec.source.line_of(spec.span.start)}"


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
        return f"rounding: floor on line {spec.source.line_of(self.item.key.start)}"


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
        line = spec.source.line_of(self.source.start)
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
        line = spec.source.line_of(self.site.span.start)
        text = self.site.rewrite(self.number).rewritten(self.site.node.text)
        return f"{self.site.name}: {text} on line {line}"


_MOST_NAMES = 40


def names_before(spec: Spec, item: Item) -> list[str]:
    """The names in scope at an entry, the nearest first; then its block's inputs, and prev."""
    lists = [(block.items, block.inputs) for block in spec.blocks.values()]
    for items, inputs in [*lists, (spec.items, [*spec.inputs])]:
        names = _seen_by(items, item)
        if names is not None:
            return [*names[::-1], *inputs, "prev"]
    return ["prev"]


def _seen_by(items: Sequence[Item], wanted: Item) -> list[str] | None:
    """The names in scope at an entry, in the order of the text; None where it is not in these lists."""
    names: list[str] = []
    for item in items:
        if item is wanted:
            return names
        for inner in item.lists.values():
            found = _seen_by(inner, wanted)
            if found is not None:
                return [*names, *(name.text for name in item.inputs), *found]
        names += [name.text for name in item.into]
        if item.name is not None:
            names.append(item.name)
    return None


def _said_together(spec: Spec, source: Scalar) -> list[Span]:
    """Where a name is read that the user wrote at one place."""
    if not spec.source.is_translated:
        return [source.span]
    place = spec.source.written(source.span)[1]
    same = [one for item in spec.entries for one in item.sources or () if one.text == source.text]
    return [one.span for one in same if spec.source.written(one.span)[1] == place]


def _read_names(spec: Spec) -> set[str]:
    """The names that a `from`, a `like` or the outputs read, anywhere in the file."""
    read = {node.text for node in spec.outputs}
    for item in spec.entries:
        read.update(source.text for source in item.sources or ())
        if "like" in item.settings:
            read.add(str(item.settings["like"].value.raw))
    return read


def renames(report: CheckResult) -> list[tuple[str, list[Edit]]]:
    """Other names for one that `from` does not find: those in scope, the nearest in spelling first.

    Each with what the change is called; all that is said at the same place of the user's text has the name.
    """
    spec = report.spec
    found = next((found for found in report.errors if found.rule == UNKNOWN_NAME), None)
    if spec is None or found is None:
        return []
    for item in spec.entries:
        for source in item.sources or ():
            if source.span == found.span:
                taken = [other.text for other in item.sources or ()]
                names = [name for name in names_before(spec, item) if name not in taken]
                near, read = closest(source.text, names), _read_names(spec)
                # what is spelled alike is meant, or what nothing reads
                names.sort(key=lambda name: (name != near, name in read or name == "prev"))
                line = report.source.line_of(source.start)
                spans = _said_together(spec, source)
                return [
                    (f"{name} instead of {source.text} on line {line}", [Edit(span, name) for span in spans])
                    for name in names[:_MOST_NAMES]
                ]
    return []
