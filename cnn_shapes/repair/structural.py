"""Entries that a repair puts in: a flatten before a dense layer, a pad or crop, a projection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnn_shapes.diagnostics import Findings
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.merge import Join, ShortcutAdd
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.network import Node
from cnn_shapes.placing import add_fields
from cnn_shapes.repair.costs import COSTS
from cnn_shapes.repair.patches import Patch, Undo
from cnn_shapes.repair.replay import Outcome
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Edit, Source, read_yaml
from cnn_shapes.spec.document import Spec
from cnn_shapes.spec.entries import EntryReader
from cnn_shapes.spec.items import Item, build
from cnn_shapes.writing import insert_before, text_of


class Fed(Layer):
    """A layer one of whose inputs goes through another layer first."""

    def __init__(self, layer: Layer, before: Layer, position: int) -> None:
        self.layer, self.before, self.position = layer, before, position
        super().__init__(layer.rank)

    def shape(self, *inputs: Shape) -> Shape:
        through = self.before.shape(inputs[self.position])
        return self.layer.shape(*inputs[: self.position], through, *inputs[self.position + 1 :])


class EntryPatch(Patch):
    """A new entry in front of another one, or as the shortcut of a residual: what its input goes through."""

    spatial = True

    def __init__(
        self,
        spec: Spec,
        item: Item,
        written: str,
        position: int,
        rank: int,
        edits: list[Edit],
        row: str,
        title: str,
    ) -> None:
        self.item, self.written, self.position, self.row = item, written, position, row
        self.own_edits, self.heading = edits, title
        self.cost, self.place = COSTS[row].flat, item.key.start
        self.slots = frozenset({("entry", id(item))})
        self.entry = _read(written)
        self.layer = build(self.entry, {}, rank, spec.layout, spec.rounding)

    @property
    def key(self) -> int:
        return hash((id(self.item), self.entry.kind))  # whatever it pads or crops by

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
        return f"{self.heading} line {spec.source.position(self.place)[0]}"


class ShortcutPatch(EntryPatch):
    """A new entry as the shortcut of a residual that has none."""

    def apply(self, spec: Spec) -> Undo:
        item, before = self.item, self.item.lists
        item.lists = {**before, "shortcut": [self.entry]}

        def undo() -> None:
            item.lists = before

        return undo


class Entries:
    """Makes the entries that may mend an error, each once."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._known: dict[tuple[Any, ...], EntryPatch | None] = {}

    def of(self, outcome: Outcome) -> list[Patch]:
        """Every entry that may mend this outcome's error."""
        node, error = outcome.node, outcome.error
        if node is None or error is None or node.owner is not None or not isinstance(node.place, Item):
            return []
        if error.rule == "needs-flatten":
            found = self._flattening(outcome, node, node.place)
        elif error.rule != "shape-mismatch" or not isinstance(node.layer, Join):
            return []
        elif isinstance(node.layer, ShortcutAdd):
            found = self._projection(outcome, node, node.place)
        else:
            found = self._resizing(outcome, node, node.place)
        return [patch for patch in found if patch is not None]

    def _flattening(self, outcome: Outcome, node: Node, item: Item) -> Iterator[EntryPatch | None]:
        x = outcome.shape(node.inputs[0])
        if x is not None:
            yield self._before(item, "flatten", x.rank, "layer")
            yield self._before(item, "global_avgpool", x.rank, "inserted pooling")

    def _projection(self, outcome: Outcome, node: Node, item: Item) -> Iterator[EntryPatch | None]:
        """A 1x1 convolution on an identity shortcut, with the stride and the filters of the main way."""
        main, side = outcome.shape(node.inputs[0]), outcome.shape(node.inputs[1])
        if item.lists.get("shortcut") or main is None or side is None or main.rank != side.rank:
            return
        if not (main.known and side.known):
            return
        strides = [-(-old // new) for old, new in zip(side.sizes, main.sizes, strict=True)]
        fields = [f"filters: {main.channels}"]
        if any(stride > 1 for stride in strides):
            fields.append(f"stride: {strides[0] if len(set(strides)) == 1 else text_of(strides)}")
        written = f"conv: {{{', '.join(fields)}}}"
        key = (id(item), written, main.rank)
        if key not in self._known:
            shorthand = STRUCTURES[item.kind].shorthand
            edits = add_fields(self.spec.source, item, [f"shortcut: [{written}]"], shorthand, alone=False)
            title = f"shortcut: [{written}] on"
            self._known[key] = None
            if edits is not None:
                self._known[key] = ShortcutPatch(
                    self.spec, item, written, 1, main.rank, edits, "layer", title
                )
        yield self._known[key]

    def _resizing(self, outcome: Outcome, node: Node, item: Item) -> Iterator[EntryPatch | None]:
        """A pad or crop before the join, where `prev` is one of its inputs."""
        sources = [source.text for source in item.sources or ()]
        if "prev" not in sources:
            return
        place = sources.index("prev")
        shapes = [outcome.shape(source) for source in node.inputs]
        have = shapes[place]
        others = [x for position, x in enumerate(shapes) if position != place and x is not None]
        if have is None or not have.rank or not others:
            return
        if any(x.rank != have.rank or not x.known for x in (have, *others)):
            return
        gaps = [new - old for old, new in zip(have.sizes, others[0].sizes, strict=True)]
        kind = "pad" if max(gaps) > 0 else "crop"
        if any(gap * (1 if kind == "pad" else -1) < 0 for gap in gaps):
            return
        amounts = [abs(gap) for gap in gaps]
        pairs = [[amount // 2, amount - amount // 2] for amount in amounts]
        alike = all(begin == end for begin, end in pairs) and len({begin for begin, _ in pairs}) == 1
        written = str(pairs[0][0]) if alike else text_of(pairs)
        yield self._before(item, f"{kind}: {written}", have.rank, "layer", place)

    def _before(self, item: Item, written: str, rank: int, row: str, place: int = 0) -> EntryPatch | None:
        """An entry in front of another one; None where that does not take it in, or the text has no room."""
        key = (id(item), written, rank)
        if key not in self._known:
            feeds = item.sources is None or "prev" in [source.text for source in item.sources]
            edit = insert_before(self.spec.source, item, written) if feeds else None
            title = f"insert {written} before"
            self._known[key] = edit and EntryPatch(self.spec, item, written, place, rank, [edit], row, title)
        return self._known[key]


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
