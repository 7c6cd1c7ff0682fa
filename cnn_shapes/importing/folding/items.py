"""What a folded model is made of: layers, structures and calls of blocks, each reading values by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.importing.traced_model import LayerShape

if TYPE_CHECKING:
    from cnn_shapes.importing.folding.blocks import Block

CALL, RESIDUAL, PARALLEL, GATE, REPEAT = "call", "residual", "parallel", "gate", "repeat"
REFERENCES = ("like", "share")  # fields whose value is the name of a layer
BEGINNING, PREVIOUS_END = 0, -1


@dataclass(slots=True, eq=False)
class Item:
    """One entry of a list. `inputs` and `outputs` are names of values, which are unique in a model.

    `lists` are those of a structure: `layers` and `shortcut`, or the branches by their number; each begins
    with the value `inputs[0]`. `first` and `last` are the places of its first and last layer in the model.
    Of a call of several passes, `fields` has the arguments of the first, and under `name@rest` of the rest.
    `modules` are those that run around it, `path` is that of its own module.
    """

    kind: str
    fields: dict[str, Any]
    inputs: list[str]
    outputs: list[str]
    lists: dict[str, list[Item]] = field(default_factory=dict)
    modules: tuple[ModuleCall, ...] = ()
    path: str = ""
    first: int = 0
    last: int = 0
    block: Block | None = None

    @property
    def previous(self) -> str:
        """What `prev` means after it: of a split the last part, of a call the first output."""
        return self.outputs[PREVIOUS_END if self.kind == "split" else BEGINNING]

    @property
    def reads(self) -> list[str]:
        """Its own inputs, and the layers that its fields name."""
        return [*self.inputs, *(self.fields[name] for name in REFERENCES if name in self.fields)]

    def everything(self) -> Iterator[Item]:
        """Itself, and all that is inside of it."""
        yield self
        for items in self.lists.values():
            for item in items:
                yield from item.everything()


class Values:
    """The values of a model: their shapes, which layer makes and which layers read each, by its place.

    Inputs have the place -1; an output of the model is read after the last layer.
    """

    def __init__(self, inputs: Iterable[tuple[str, LayerShape]], outputs: Iterable[str]) -> None:
        self.inputs = dict(inputs)
        self.outputs = tuple(outputs)
        self.shapes: dict[str, LayerShape] = dict(self.inputs)
        self.made: dict[str, int] = dict.fromkeys(self.inputs, -1)
        self._last_read: dict[str, int] = {}
        self.uses: dict[str, int] = {}
        self._shared: set[str] = set()

    def add(self, items: Iterable[Item], shapes: Mapping[str, LayerShape]) -> None:
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

    def shares(self, item: Item) -> bool:
        """Whether it has the weights of another layer, or another has its."""
        return not self._shared.isdisjoint(item.outputs)

    def channels(self, value: str) -> int:
        return self.shapes[value][0]


def written_fields(item: Item) -> dict[str, Any]:
    """The fields of an item without those that name other layers."""
    return {name: value for name, value in item.fields.items() if name not in REFERENCES}
