"""Changes of what is not a field of a layer: the input, rounding, `from`, a number of a block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import closest, in_layout
from cnn_shapes.edit.patches import Patch, Replace, Rewrite, SetTop
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.field_patches import NewValue
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.change import Change, Wording
from cnn_shapes.repair.changes.costs import (
    ALIKE,
    BEFORE_ERROR,
    COSTS,
    FOR_PREV,
    FOR_UNKNOWN,
    IN_EXPRESSION,
    LEFT_UNREAD,
    ROLES,
    UNREAD,
    cost_of,
)
from cnn_shapes.repair.changes.numbers import Site
from cnn_shapes.shapes import FLOOR, NOT_WHOLE, Shape, ShapeError
from cnn_shapes.source import Edit, Scalar, Span
from cnn_shapes.words import say


class AnotherInput(Change):
    """Another shape of the input."""

    shape: Shape

    def patches(self, spec: Spec) -> list[Patch]:
        node = spec.input_node
        assert node is not None
        sizes = in_layout(self.shape, spec.layout)
        as_text = isinstance(node, Scalar) and isinstance(node.value, str)
        return [Patch(node, Replace("x".join(map(str, sizes)) if as_text else list(sizes)))]

    def wording(self, spec: Spec) -> Wording:
        sizes = "x".join(map(str, in_layout(self.shape, spec.layout)))
        if spec.source.is_derived:
            return Wording(f"--input {sizes}", value=sizes)
        line = spec.source.line_of(spec.span.start)
        return Wording(f"input: {sizes}", "", say(" on line {line}", line=line), sizes)

    def field_names(self) -> tuple[str, ...]:
        return ("input", self.row)


class InputChange(AnotherInput):
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


class InputChannels(AnotherInput):
    """Other channels of the input."""

    row = "input channels"

    def __init__(self, shape: Shape) -> None:
        self.shape, self.cost = shape, COSTS[self.row].flat
        self.slots = frozenset({("input", "channels")})


class RoundingChange(Change):
    """Rounding down: of one layer, or of the whole file. `harmless`: taken only where no pixel is lost.

    `back`: another word in the place of the one that a layer states itself.
    """

    spatial = True

    def __init__(self, item: Item | None, harmless: bool = False, back: str = "") -> None:
        self.item, self.harmless, self.word = item, harmless, back or FLOOR
        self.row = "rounding" if item is not None else "harmless rounding" if harmless else "file rounding"
        self.row = "rounding back" if back else self.row
        self.cost = COSTS[self.row].flat
        self.place = item.key.start if item is not None else 0
        self.slots = frozenset({("rounding", id(item)), ("rounding", None)} if item else {("rounding", None)})
        self.rounds_file = self.meets_all = item is None

    def values(self) -> Iterator[tuple[Item, str, Any, tuple[int, ...]]]:
        return iter([(self.item, "rounding", self.word, ())] if self.item is not None else [])

    def field_names(self) -> tuple[str, ...]:
        return ("rounding", self.row)

    def field(self, spec: Spec) -> tuple[Item, str, NewValue] | None:
        return None if self.item is None else (self.item, "rounding", NewValue(self.word, alone=True))

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(spec.root, SetTop("rounding", FLOOR))]

    def wording(self, spec: Spec) -> Wording:
        what = f"rounding: {self.word}"
        if self.item is None:
            return Wording(what, say(" for the whole file"), value=self.word)
        line = spec.source.line_of(self.item.key.start)
        return Wording(what, "", say(" on line {line}", line=line), self.word)


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


NOTHING_READ: Mapping[str, int] = {}


def from_cost(old: str, new: str, read: Mapping[str, int], steps: int = 0) -> int:
    """What another name in a `from` costs, where `read` says how often each name is read in the file.

    `steps` are the layers between the two, where a name is the number of a layer.
    """
    unread = bool(read) and new != "prev" and not read.get(new)
    left = old != "prev" and read.get(old) == 1
    return cost_of("from", steps, UNREAD * unread, LEFT_UNREAD * left, FOR_PREV * (old == "prev"))


class SourceChange(Change):
    """Another name in the `from` of an entry."""

    row = "from"

    def __init__(
        self,
        item: Item,
        position: int,
        name: str,
        read: Mapping[str, int] = NOTHING_READ,
        before_error: bool = False,
        steps: int = 0,
    ) -> None:
        self.item, self.position, self.name = item, position, name
        assert item.sources is not None
        self.cost = from_cost(item.sources[position].text, name, read, steps) + BEFORE_ERROR * before_error
        self.source = item.sources[position]
        self.place = self.source.start
        self.slots = frozenset({("from", id(item), position)})

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(self.source, Rewrite(self.name))]

    def wording(self, spec: Spec) -> Wording:
        line = spec.source.line_of(self.source.start)
        what = say("{new} instead of {old}", new=self.name, old=self.source.text)
        return Wording(what, "", say(" on line {line}", line=line), self.name)


class NumberChange(Change):
    """Another number in an argument, a param, a local name, or inside an expression."""

    def __init__(self, site: Site, number: int, cost: int, row: str, familiar: bool = False) -> None:
        self.site, self.number, self.row, self.familiar = site, number, row, familiar
        self.cost = cost + IN_EXPRESSION * (site.end - site.start < len(site.node.text))
        self.place = site.span.start
        self.slots = frozenset({("number", id(site.node), site.start)})

    def patches(self, spec: Spec) -> list[Patch]:
        return [Patch(self.site.node, self.site.rewrite(self.number))]

    def field_names(self) -> tuple[str, ...]:
        return (ROLES[self.site.role], self.row, self.site.name)

    def wording(self, spec: Spec) -> Wording:
        line = spec.source.line_of(self.site.span.start)
        site, all_of_it = self.site, spec.source.text
        text = site.rewrite(self.number).rewritten(site.node.text)
        if site.within is not None:
            within, node = site.within, site.node
            text = all_of_it[within.start : node.start] + text + all_of_it[node.end : within.end]
        return Wording(f"{self.site.name}: {text}", "", say(" on line {line}", line=line), text)


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


def read_names(spec: Spec) -> Counter[str]:
    """How often a `from`, a `like` or the outputs read each name, anywhere in the file.

    Nothing is known of a network in another language: there all layers have names.
    """
    if spec.source.is_translated:
        return Counter()
    read = Counter(node.text for node in spec.outputs)
    for item in spec.entries:
        read.update(source.text for source in item.sources or ())
        if "like" in item.settings:
            read[str(item.settings["like"].value.raw)] += 1
    return read


class Rename(NamedTuple):
    """Another name for one that is unknown: what the change is called, its edits and its cost."""

    title: str
    edits: list[Edit]
    cost: int


def renames(report: CheckResult) -> list[Rename]:
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
                near, read = closest(source.text, names), read_names(spec)
                costs = {
                    name: from_cost("", name, read) + FOR_UNKNOWN + ALIKE * (name == near) for name in names
                }
                names.sort(key=lambda name: costs[name])
                line = report.source.line_of(source.start)
                spans = _said_together(spec, source)
                return [
                    Rename(
                        say("{new} instead of {old} on line {line}", new=name, old=source.text, line=line),
                        [Edit(span, name) for span in spans],
                        costs[name],
                    )
                    for name in names[:_MOST_NAMES]
                ]
    return []
