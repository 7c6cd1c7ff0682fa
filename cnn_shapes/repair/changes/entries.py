"""A new entry as a change of its own: what goes into a layer goes through the entry first."""

from __future__ import annotations

from cnn_shapes.diagnostics import Findings
from cnn_shapes.edit import Patch
from cnn_shapes.language.building import LayerPool, build
from cnn_shapes.language.entry import Item
from cnn_shapes.language.overlay import entries_of
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.change import Change
from cnn_shapes.repair.changes.costs import COSTS
from cnn_shapes.shapes import Shape


class Fed(Layer):
    """A layer one of whose inputs goes through another layer first."""

    def __init__(self, layer: Layer, before: Layer, position: int) -> None:
        self.layer, self.before, self.position = layer, before, position
        super().__init__(layer.rank)

    def shape(self, *inputs: Shape) -> Shape:
        through = self.before.shape(inputs[self.position])
        return self.layer.shape(*inputs[: self.position], through, *inputs[self.position + 1 :])


class EntryChange(Change):
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
        patch: Patch,
        row: str,
        title: str,
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

    def title(self, spec: Spec) -> str:
        line, column = spec.source.position(self.place)
        begins = spec.source.line_text(line)[: column - 1].strip(" \t-{\"'?") == ""
        return f"{self.heading} line {line}" + ("" if begins else f", column {column}")
