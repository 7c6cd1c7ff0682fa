"""A new entry as a change of its own: what goes into a layer goes through the entry first."""

from __future__ import annotations

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.entry import Item, build
from cnn_shapes.language.reading.document import Spec
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.costs import COSTS
from cnn_shapes.repair.changes.patch import Patch, Undo
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit, Source, read_yaml


class Fed(Layer):
    """A layer one of whose inputs goes through another layer first."""

    def __init__(self, layer: Layer, before: Layer, position: int) -> None:
        self.layer, self.before, self.position = layer, before, position
        super().__init__(layer.rank)

    def shape(self, *inputs: Shape) -> Shape:
        through = self.before.shape(inputs[self.position])
        return self.layer.shape(*inputs[: self.position], through, *inputs[self.position + 1 :])


class EntryPatch(Patch):
    """A new entry in front of another one, or as the shortcut of a residual: what its input goes through.

    With a `rank` it is one layer, which can be tried on a network as it is; None: the network unfolds anew.
    """

    def __init__(
        self,
        spec: Spec,
        item: Item,
        written: str,
        position: int,
        rank: int | None,
        edits: list[Edit],
        row: str,
        title: str,
    ) -> None:
        self.item, self.written, self.position, self.row = item, written, position, row
        self.own_edits, self.heading = edits, title
        self.cost, self.place = COSTS[row].flat, item.key.start
        self.slots = frozenset({("entry", id(item))})
        self.entry = _read(written)
        self.spatial = rank is not None
        self.layer = build(self.entry, {}, rank, spec.layout, spec.rounding) if rank is not None else None

    @property
    def key(self) -> int:
        return hash((id(self.item), self.entry.kind, self.spatial))  # whatever it pads or crops by

    def field_names(self) -> tuple[str, ...]:
        return ("layer", self.row)

    def feeding(self, layer: Layer, through: Layer) -> Layer:
        """The layer of the entry, fed through the new one as it has become."""
        return Fed(layer, through, self.position)

    def apply(self, spec: Spec) -> Undo:
        items = _list_of(spec, self.item)
        place = next(place for place, item in enumerate(items) if item is self.item)
        items.insert(place, self.entry)

        def undo() -> None:
            del items[place]

        return undo

    def edits(self, spec: Spec) -> list[Edit]:
        return self.own_edits

    def title(self, spec: Spec) -> str:
        line, column = spec.source.position(self.place)
        begins = spec.source.line_text(line)[: column - 1].strip(" \t-{\"'?") == ""
        return f"{self.heading} line {line}" + ("" if begins else f", column {column}")


class ShortcutPatch(EntryPatch):
    """A new entry as the shortcut of a residual that has none."""

    def apply(self, spec: Spec) -> Undo:
        item, before = self.item, self.item.lists
        item.lists = {**before, "shortcut": [self.entry]}

        def undo() -> None:
            item.lists = before

        return undo


def _read(written: str) -> Item:
    """The entry that a text of ours is."""
    source = Source("", f"- {written}\n")
    root = read_yaml(source).root
    assert root is not None
    return EntryReader(source, Findings(), {}).entries(root, "layers")[0]


def _list_of(spec: Spec, item: Item) -> list[Item]:
    """The list that an entry stands in."""
    waiting = [spec.items, *(block.items for block in spec.blocks.values())]
    while waiting:
        items = waiting.pop()
        if any(other is item for other in items):
            return items
        waiting += [inner for other in items for inner in other.lists.values()]
    raise LookupError(item.text)
