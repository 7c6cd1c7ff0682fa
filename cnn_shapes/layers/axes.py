"""The fields that name an axis of the input, or several: channels, height, width, length, depth."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST
from cnn_shapes.layers.fields import REQUIRED, BadValue, Field, Word, whole
from cnn_shapes.shapes import AXIS_NAMES, WRONG_RANK, Shape, ShapeError, listed
from cnn_shapes.words import say

CHANNELS_AXIS = "channels"


class TorchAxis(int):
    """An axis as PyTorch counts it: the batch is 0, the channels are 1."""


class Axis(Word):
    """One axis by its name, or by its number as Keras counts: with the batch, in the order of the layout.

    Under the alias `dim` the number is PyTorch's. The value is the name.
    """

    other_values = ("dim",)

    def __init__(self, doc: str, default: Any = REQUIRED, aliases: tuple[str, ...] = ("dim",)) -> None:
        words = (CHANNELS_AXIS, *dict.fromkeys(name for names in AXIS_NAMES.values() for name in names))
        super().__init__(doc, words, default, aliases)

    def translate(self, alias: str, raw: Any) -> Any:
        number = whole(raw)
        return raw if alias != "dim" or number is None else TorchAxis(number)

    def read(self, raw: Any, rank: int, layout: str) -> str:
        names = _names(rank)
        number = int(raw) if type(raw) is TorchAxis else whole(raw)
        if number is not None:
            first = type(raw) is TorchAxis or layout == CHANNELS_FIRST
            axes = ("", *names) if first else ("", *names[1:], names[0])
            if -len(axes) < number < len(axes) and number:
                return axes[number]
        elif isinstance(raw, str) and raw in names:
            return raw
        raise BadValue(_in_torch(names) if type(raw) is TorchAxis else self.expected(rank))

    def expected(self, rank: int) -> str:
        names = _names(rank)
        if not rank:
            return say("channels, the one axis of a vector")
        return say("one of {words}", words=", ".join(names))

    def expected_of_any(self, rank: int) -> str:
        return say("one of {words}", words=", ".join(self.words))

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "integer"], "examples": list(self.words)}


class SeveralAxes(Field[tuple[str, ...]]):
    """One axis or a list of them, each once. The value is a tuple of names in the engine's order."""

    other_values = ("dim",)

    def __init__(self, doc: str, default: str) -> None:
        super().__init__(doc, default, ("dim",))
        self._one = Axis(doc)
        self.words = self._one.words

    def initial(self, rank: int) -> tuple[str, ...]:
        return (self.default,)

    def translate(self, alias: str, raw: Any) -> Any:
        if isinstance(raw, list):
            return [self._one.translate(alias, item) for item in raw]
        return self._one.translate(alias, raw)

    def read(self, raw: Any, rank: int, layout: str) -> tuple[str, ...]:
        if not isinstance(raw, list):
            return (self._one.read(raw, rank, layout),)
        named = []
        for place, item in enumerate(raw):
            try:
                named.append(self._one.read(item, rank, layout))
            except BadValue as error:
                raise BadValue(error.expected, (place,)) from None
        if not named or len({*named}) < len(named):
            raise BadValue(self.expected(rank))
        return tuple(name for name in _names(rank) if name in named)

    def expected(self, rank: int) -> str:
        one = self._one.expected(rank)
        return say("{one}, or a list of them, each once", one=one) if rank else one

    def expected_of_any(self, rank: int) -> str:
        return say("{one}, or a list of them, each once", one=self._one.expected_of_any(rank))

    def schema(self) -> dict[str, Any]:
        return {
            "type": ["string", "integer", "array"],
            "examples": list(self.words),
            "items": {"type": ["string", "integer"]},
        }


def _in_torch(names: tuple[str, ...]) -> str:
    """The axes as PyTorch counts them, each with its name."""
    counted = [f"{number} ({name})" for number, name in enumerate(names, 1)]
    return say("{axes}, as PyTorch counts with the batch", axes=listed(counted, "or"))


def _names(rank: int) -> tuple[str, ...]:
    return (CHANNELS_AXIS, *AXIS_NAMES.get(rank, ()))


def axis_of(name: str, x: Shape) -> int:
    """The place of an axis in a shape. Raises `wrong-rank` where the shape has no such axis."""
    place = _place(name, x.rank)
    if place is None:
        names = _names(x.rank)
        raise ShapeError(
            WRONG_RANK,
            "the input {input} has no {axis}: its axes are {axes}",
            field="axis",
            input=x,
            axis=name,
            axes=", ".join((*names[1:], names[0])),
        )
    return place


@lru_cache
def _place(name: str, rank: int) -> int | None:
    names = _names(rank)
    return names.index(name) if name in names else None
