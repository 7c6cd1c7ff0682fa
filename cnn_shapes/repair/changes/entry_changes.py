"""Changes that bring in an entry: a flatten before a dense layer, a pad or crop, a projection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnn_shapes.diagnostics import Findings
from cnn_shapes.edit.patches import AddFields, InsertBefore, Patch
from cnn_shapes.edit.writing import text_of
from cnn_shapes.language.building import BadSetting, LayerPool, build
from cnn_shapes.language.entry import BLOCK, LAYER, Item, Setting
from cnn_shapes.language.overlay import entries_of
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.network import Node
from cnn_shapes.repair.changes.change import Change, Wording
from cnn_shapes.repair.changes.costs import COSTS
from cnn_shapes.repair.trial import Outcome
from cnn_shapes.shapes import NEEDS_FLATTEN, SHAPE_MISMATCH, WRONG_RANK, Shape, ShapeError
from cnn_shapes.source import Scalar
from cnn_shapes.words import say

_MOST_FEATURES = 16_384  # of a map that people still flatten: the pixels of more are pooled
_IN_FLOW = re.compile(r"[\w.+*/ ()-]+")  # an expression that flow style takes as it is


class EntryChanges:
    """Makes the entries that may mend an error, each once."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._known: dict[tuple[Any, ...], EntryChange | None] = {}

    def of(self, outcome: Outcome) -> list[Change]:
        """Every entry that may mend this outcome's error."""
        node, error = outcome.node, outcome.error
        if node is None or error is None or node.owner is not None or not isinstance(node.place, Item):
            return []
        layer = node.layer
        if error.rule == NEEDS_FLATTEN:
            found = self._flattening(outcome, node, node.place)
        elif error.rule != SHAPE_MISMATCH or layer is None or not layer.joins:
            return []
        elif layer.is_shortcut:
            found = self._projection(outcome, node, node.place)
        else:
            found = self._resizing(outcome, node, node.place, error)
        return [change for change in found if change is not None]

    def _flattening(self, outcome: Outcome, node: Node, item: Item) -> Iterator[EntryChange | None]:
        x = outcome.shape(node.inputs[0])
        if x is not None:
            outer = [(place, None) for place in self._around(node, item)]
            for place, rank in ((item, x.rank), *outer):
                many = x.elements > _MOST_FEATURES and max(x.sizes) > 1
                yield self._before(place, "flatten", rank, "layer of many" if many else "layer")
                yield self._before(place, "global_avgpool", rank, "inserted pooling")

    def _around(self, node: Node, item: Item) -> Iterator[Item]:
        """The structures and calls that begin with an entry, the inner ones first."""
        group = node.group
        while group is not None:
            outer = group.place
            if isinstance(outer, Item) and outer is not item:
                block = self.spec.blocks.get(outer.kind) if outer.form == BLOCK else None
                lists = [block.items] if block is not None else list(outer.lists.values())
                if not any(items and items[0] is item for items in lists):
                    return
                yield outer
                item = outer
            group = group.parent

    def _projection(self, outcome: Outcome, node: Node, item: Item) -> Iterator[EntryChange | None]:
        """A 1x1 convolution on an identity shortcut, with the stride and the filters of the main way.

        Where these have names, by their names: then it fits every call of a block.
        """
        main, side = outcome.shape(node.inputs[0]), outcome.shape(node.inputs[1])
        if item.lists.get("shortcut") or main is None or side is None or main.rank != side.rank:
            return
        if not (main.known and side.known):
            return
        if (named := _named_projection(item.lists.get("layers", []))) is not None:
            yield self._shortcut(item, named, None)
        strides = [-(-old // new) for old, new in zip(side.sizes, main.sizes, strict=True)]
        stride = str(strides[0]) if len(set(strides)) == 1 else text_of(strides)
        yield self._shortcut(item, _convolution(str(main.channels), stride), main.rank)

    def _shortcut(self, item: Item, written: str, rank: int | None) -> EntryChange | None:
        key = (id(item), written, rank)
        if key not in self._known:
            shorthand = STRUCTURES[item.kind].shorthand
            patch = Patch(item, AddFields({"shortcut": f"[{written}]"}, shorthand, alone=False))
            title = (f"shortcut: [{written}]", "on")
            self._known[key] = self._written(item, written, 1, rank, patch, "layer", title)
        return self._known[key]

    def _resizing(
        self, outcome: Outcome, node: Node, item: Item, error: ShapeError
    ) -> Iterator[EntryChange | None]:
        """A pad or crop before the join, where `prev` is one of its inputs, along the axes that differ."""
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
        pairs_of_sizes = enumerate(zip(have.sizes, others[0].sizes, strict=True))
        gaps = [new - old if axis in error.axes else 0 for axis, (old, new) in pairs_of_sizes]
        if min(gaps) < 0 < max(gaps) or not any(gaps):
            return
        kind = "pad" if max(gaps) > 0 else "crop"
        amounts = [abs(gap) for gap in gaps]
        pairs = [[amount // 2, amount - amount // 2] for amount in amounts]
        alike = all(begin == end for begin, end in pairs) and len({begin for begin, _ in pairs}) == 1
        written = str(pairs[0][0]) if alike else text_of(pairs)
        yield self._before(item, f"{kind}: {written}", have.rank, "layer", place)

    def _before(
        self, item: Item, written: str, rank: int | None, row: str, place: int = 0
    ) -> EntryChange | None:
        """An entry in front of another one; None where that does not take it in, or the text has no room."""
        key = (id(item), written, rank)
        if key not in self._known:
            feeds = item.sources is None or "prev" in [source.text for source in item.sources]
            patch, title = Patch(item, InsertBefore(written)), (say("insert {text}", text=written), "before")
            self._known[key] = self._written(item, written, place, rank, patch, row, title) if feeds else None
        return self._known[key]

    def _written(
        self,
        item: Item,
        written: str,
        place: int,
        rank: int | None,
        patch: Patch,
        row: str,
        title: tuple[str, str],
    ) -> EntryChange | None:
        """The change, where the text has a place for it."""
        if patch.edits(self.spec.source) is None:
            return None
        try:
            return EntryChange(self.spec, item, written, place, rank, patch, row, title)
        except BadSetting:  # a number beyond the bounds of its field
            return None


def _convolution(filters: str, stride: str) -> str:
    fields = f"filters: {filters}" + (f", stride: {stride}" if stride != "1" else "")
    return f"conv: {{{fields}}}"


def _named_projection(items: list[Item]) -> str | None:
    """The projection in the words of the main way; None where it has no names, or no simple ones."""
    filters = [item.settings["filters"] for item in items if "filters" in item.settings]
    strides = [item.settings["stride"] for item in items if "stride" in item.settings]
    strides = [stride for stride in strides if stride.value.raw != 1]
    if not filters or len(strides) > 1 or any(item.form != LAYER for item in items):
        return None
    settings = [filters[-1], *strides]
    texts = [_text_in_flow(setting) for setting in settings]
    if all(setting.value.constant for setting in settings) or None in texts:
        return None
    return _convolution(*map(str, [*texts, "1"][:2]))


def _text_in_flow(setting: Setting) -> str | None:
    node = setting.value.node
    if isinstance(node, Scalar) and node.plain and _IN_FLOW.fullmatch(node.text):
        return node.text
    return None


class Fed(Layer):
    """A layer one of whose inputs goes through another layer first."""

    def __init__(self, layer: Layer, before: Layer, position: int) -> None:
        self.layer, self.before, self.position = layer, before, position
        super().__init__(layer.rank)

    def signature(self) -> tuple[Any, ...]:
        return (self.layer.signature(), self.position, self.before.describe())

    def shape(self, *inputs: Shape) -> Shape:
        if self.before.keeps_axes and inputs[self.position].rank != self.before.rank:  # in another call
            raise ShapeError(WRONG_RANK, "")
        through = self.before.shape(inputs[self.position])
        return self.layer.shape(*inputs[: self.position], through, *inputs[self.position + 1 :])


class EntryChange(Change):
    """A new entry in front of another one, or as the shortcut of a residual: what its input goes through.

    With a `rank` it is one layer, which can be tried on a network as it is; None: the network unfolds anew.
    """

    meets_all = adds_layer = True

    def __init__(
        self,
        spec: Spec,
        item: Item,
        written: str,
        position: int,
        rank: int | None,
        patch: Patch,
        row: str,
        title: tuple[str, str],
    ) -> None:
        self.item, self.written, self.position, self.row = item, written, position, row
        self.patch, self.heading = patch, title
        self.cost, self.place = COSTS[row].flat, item.key.start
        self.slots = frozenset({("entry", id(item))})
        (self.entry,) = entries_of(spec, f"- {written}", Findings())
        self.spatial = rank is not None
        self.layer = None
        if rank is not None:
            self.layer = build(self.entry, {}, rank, spec.layout, spec.rounding, LayerPool())

    @property
    def key(self) -> int:
        return hash((id(self.item), self.entry.kind, self.spatial))  # whatever it pads or crops by

    def field_names(self) -> tuple[str, ...]:
        return ("layer", self.row)

    def feeding(self, layer: Layer, through: Layer) -> Layer:
        """The layer of the entry, fed through the new one as it has become."""
        return Fed(layer, through, self.position)

    def patches(self, spec: Spec) -> list[Patch]:
        return [self.patch]

    def wording(self, spec: Spec) -> Wording:
        what, preposition = self.heading
        if spec.source.is_derived:
            return Wording(what, place=_beside(preposition, spec.source.line_of(self.place, "layer")))
        line, column = spec.source.position(self.place)
        begins = spec.source.line_text(line)[: column - 1].strip(" \t-{\"'?") == ""
        return Wording(what, place=_beside(preposition, line, None if begins else column))


def _beside(preposition: str, line: int | str, column: int | None = None) -> str:
    template = f" {preposition} line {{line}}"
    return say(template if column is None else template + ", column {column}", line=line, column=column)
