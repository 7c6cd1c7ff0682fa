"""What a folded model is made of: layers, structures and calls of blocks, each reading values by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.importing.traced_model import LayerShape

CALL, RESIDUAL, PARALLEL, GATE, REPEAT = "call", "residual", "parallel", "gate", "repeat"
REFERENCES = ("like", "share")  # fields whose value is the name of a layer
BEGINNING, PREVIOUS_END = 0, -1


class Missing:
    """The value of a field in a group that has not this layer: any value is as right."""

    def __repr__(self) -> str:
        return "-"


MISSING = Missing()
Reference = tuple[Any, ...]  # ("prev",), ("input", number) or ("node", a node, the number of its output)
PREV: Reference = ("prev",)
Column = list[Any]


@dataclass(slots=True, eq=False)
class FoldedItem:
    """One entry of a list. `inputs` and `outputs` are names of values, which are unique in a model.

    `lists` are those of a structure: `layers` and `shortcut`, or the branches by their number; each begins
    with the value `inputs[0]`. `first` and `last` are the places of its first and last layer in the model.
    Of a call of several passes, `fields` has the arguments of the first, and under `name@rest` of the rest.
    `depth` is how many structures lie inside one another.
    `modules` are those that run around it, `path` is that of its own module, `title` that of the outermost
    one whose last layer it is.
    """

    kind: str
    fields: dict[str, Any]
    inputs: list[str]
    outputs: list[str]
    lists: dict[str, list[FoldedItem]] = field(default_factory=dict)
    modules: tuple[ModuleCall, ...] = ()
    path: str = ""
    title: str = ""
    first: int = 0
    last: int = 0
    block: FoldedBlock | None = None
    depth: int = 0

    @property
    def previous(self) -> str:
        """What `prev` means after it: of a split the last part, of a call the first output."""
        return self.outputs[PREVIOUS_END if self.kind == "split" else BEGINNING]

    @property
    def reads(self) -> list[str]:
        """Its own inputs, and the layers that its fields name."""
        return [*self.inputs, *(self.fields[name] for name in REFERENCES if name in self.fields)]

    def everything(self) -> Iterator[FoldedItem]:
        """Itself, and all that is inside of it."""
        yield self
        for items in self.lists.values():
            for item in items:
                yield from item.everything()


@dataclass(slots=True, eq=False)
class PatternNode:
    """An item of a pattern. `columns` have one value for each group, and `present` whether it has the item.

    `texts` are what is written for each column, `condition` for `present` where that differs.
    """

    kind: str
    block: FoldedBlock | None
    columns: dict[str, Column]
    fixed: dict[str, Any]
    inputs: list[Reference]
    outputs: int
    lists: dict[str, list[PatternNode]]
    present: list[bool]
    path: str
    title: str = ""
    references: dict[str, Reference] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)  # the names of its outputs in the first group
    texts: dict[str, str] = field(default_factory=dict)
    condition: str = ""

    def everything(self) -> Iterator[PatternNode]:
        yield self
        for nodes in self.lists.values():
            for node in nodes:
                yield from node.everything()

    @property
    def previous(self) -> int:
        """Which of its outputs `prev` means after it."""
        return self.outputs - 1 if self.kind == "split" else 0


@dataclass(slots=True, eq=False)
class Param:
    """A value in which the groups of a block differ. `field` is what it is a value of."""

    field: str
    values: Column
    path: str = ""
    name: str = ""
    default: Any = MISSING  # a value that a call need not say
    role: str = ""


@dataclass(slots=True, eq=False)
class FoldedBlock:
    """A pattern with a name. `outputs` are given where its one output is not that of its last node."""

    name: str
    nodes: list[PatternNode]
    inputs: int
    outputs: list[Reference]
    params: list[Param] = field(default_factory=list)


class Values:
    """The values of a model: their shapes, which layer makes and which layers read each, by its place.

    Inputs have the place -1; an output of the model is read after the last layer. `shared_calls` are calls
    of modules that have the weights of another call, and which.
    """

    def __init__(self, inputs: Iterable[tuple[str, LayerShape]], outputs: Iterable[str]) -> None:
        self.inputs = dict(inputs)
        self.outputs = tuple(outputs)
        self.shapes: dict[str, LayerShape] = dict(self.inputs)
        self.made: dict[str, int] = dict.fromkeys(self.inputs, -1)
        self._last_read: dict[str, int] = {}
        self.uses: dict[str, int] = {}
        self._shared: set[str] = set()
        self.shared_calls: dict[tuple[str, int], tuple[str, int]] = {}

    def add(self, items: Iterable[FoldedItem], shapes: Mapping[str, LayerShape]) -> None:
        """Take in all layers, in their order."""
        last = -1
        self.shapes.update(shapes)
        for last, item in enumerate(items):
            item.first = item.last = last
            for value in item.outputs:
                self.made[value] = last
            for value in item.reads:
                self._read(value, last)
            if "share" in item.fields:
                self._shared |= {item.outputs[0], item.fields["share"]}
        for value in self.outputs:
            self._read(value, last + 1)

    def _read(self, value: str, place: int) -> None:
        self._last_read[value] = max(place, self._last_read.get(value, -1))
        self.uses[value] = self.uses.get(value, 0) + 1

    def read_after(self, value: str, place: int) -> bool:
        """Whether any layer after that place reads it."""
        return self._last_read.get(value, -1) > place

    def share(self, item: FoldedItem, other: FoldedItem) -> None:
        """Give a call the weights of an earlier one."""
        item.fields["share"] = other.outputs[0]
        self._shared |= {item.outputs[0], other.outputs[0]}

    def shares(self, item: FoldedItem) -> bool:
        """Whether it has the weights of another layer, or another has its."""
        return not self._shared.isdisjoint(item.outputs)

    def channels(self, value: str) -> int:
        return self.shapes[value][0]
