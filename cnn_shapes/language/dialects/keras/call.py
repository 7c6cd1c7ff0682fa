"""A call of a layer or operation of Keras, and the layers of the language that it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, closest
from cnn_shapes.shapes import AXIS_NAMES

MOST_AXES = 4  # of a tensor without its batch
Sizes = tuple[int, ...]  # in Keras' order, without the batch


class Unsayable(Exception):
    """The language cannot say a call: why."""


class UnknownSetting(Unsayable):
    """A setting that no layer of this class has: its name, and the nearest that one may have."""

    def __init__(self, word: str, value: Any, near: str | None) -> None:
        super().__init__(f"its {word} is {shown(value)}, which is not known")
        self.word, self.near = word, near


class Tensor(NamedTuple):
    """An argument that is one of a call's inputs, by its place among them."""

    place: int


class Variable(NamedTuple):
    """An argument that is a variable or a constant, of this shape; `number` tells variables apart."""

    shape: Sizes
    learned: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class KerasCall:
    """What a config says of one call. The batch is not in the sizes.

    `config` are the settings in Keras' words, `arguments` and `named` those of the call, in which the inputs
    are `Tensor`s. `outputs` are None where nothing says them, as in a file. `layout` is the model's.
    """

    class_name: str
    config: Mapping[str, Any]
    inputs: tuple[Sizes, ...]
    outputs: tuple[Sizes, ...] | None = None
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    layout: str = CHANNELS_LAST
    batch: int | None = None

    @property
    def rank(self) -> int:
        """The spatial axes of the first input."""
        return len(self.inputs[0]) - 1

    @property
    def class_rank(self) -> int:
        """The spatial axes in the name of the class: 2 of Conv2D; 0 where it names none."""
        found = re.search(r"([123])D", self.class_name)
        return int(found[1]) if found else 0

    @property
    def channels_axis(self) -> int:
        """The axis of the channels, counted without the batch."""
        return 0 if self.layout == CHANNELS_FIRST else self.rank

    def axis(self, number: Any, place: int = 0) -> int:
        """An axis as Keras counts it, with the batch, counted without that. Raises Unsayable."""
        axes = len(self.inputs[place])
        if isinstance(number, list | tuple) and len(number) == 1:
            number = number[0]
        if type(number) is not int or not -axes <= number <= axes or not number:
            raise Unsayable(f"its axis is {shown(number)}")
        return number % (axes + 1) - 1

    def axis_name(self, axis: int, rank: int | None = None) -> str:
        """The language's name of an axis that is counted without the batch."""
        rank = self.rank if rank is None else rank
        if axis == (0 if self.layout == CHANNELS_FIRST else rank):
            return "channels"
        names = AXIS_NAMES.get(rank)
        if names is None:
            raise Unsayable(f"a tensor of {rank + 1} axes")
        return names[axis - 1 if self.layout == CHANNELS_FIRST else axis]


@dataclass(frozen=True, slots=True)
class SaidLayer:
    """One layer. `takes` are the inputs of the call that it reads, by place; None: all, in their order.

    `words` are Keras' for the fields, where these are its arguments. A layer after another reads that: of
    each but the last, `sizes` come out.
    """

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    takes: tuple[int, ...] | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    parts: int = 1
    sizes: Sizes = ()


def one_or_each(value: Any) -> Any:
    """A value of each axis as one number where all have the same."""
    if isinstance(value, list | tuple):
        values = [one_or_each(one) for one in value]
        return values[0] if values and all(one == values[0] for one in values) else values
    return value


def shown(value: Any) -> str:
    """A setting in a message, in a few letters."""
    if isinstance(value, Mapping):
        value = value.get("class_name") or value.get("other") or "an object"
    text = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def meant(value: Any, words: Iterable[str]) -> str:
    """A word that is not known, and which of the known ones it is likely to be."""
    near = closest(value, [*words]) if isinstance(value, str) else None
    return f"{shown(value)}: did you mean {near}?" if near else shown(value)


def sizes_left(sizes: Sequence[int], axes: Sequence[int]) -> list[int]:
    """Sizes without those of some axes."""
    return [size for axis, size in enumerate(sizes) if axis not in axes]
