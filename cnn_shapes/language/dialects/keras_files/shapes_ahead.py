"""What comes out of a layer that is being written: the settings of what reads it are understood by that."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.diagnostics import CHANNELS_FIRST, from_layout
from cnn_shapes.language.dialects.keras.call import SaidLayer, Sizes
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.shapes import FLOOR, UNKNOWN, Shape, ShapeError

_LARGEST = 2**31 - 1


class ShapesAhead:
    """Works out sizes in Keras' order; what was worked out once is kept."""

    def __init__(self, layout: str) -> None:
        self.layout = layout
        self._known: dict[object, Sizes | None] = {}

    def after(self, layer: SaidLayer, inputs: Sequence[Sizes]) -> Sizes | None:
        """The sizes after a layer; where it fails, likely ones, so that what follows is read; else None."""
        key = (layer.kind, repr(layer.fields), tuple(inputs))
        if key not in self._known:
            shape = _after(layer, [Shape(from_layout(one, self.layout)) for one in inputs], self.layout)
            self._known[key] = None if shape is None else self._in_order(shape)
        return self._known[key]

    def _in_order(self, shape: Sequence[int]) -> Sizes:
        return tuple(shape) if self.layout == CHANNELS_FIRST else (*shape[1:], shape[0])


def _after(layer: SaidLayer, inputs: list[Shape], layout: str) -> Shape | None:
    kind, first = KINDS[layer.kind], inputs[0]
    if kind.is_stated and "output" not in layer.fields:
        return first
    values = {}
    try:
        for name, raw in layer.fields.items():
            values[name] = kind.fields[name].read(_as_list(raw), first.rank, layout)
    except (BadValue, KeyError):
        return first
    if any(name not in values for name in kind.required):
        return first
    if "rounding" in kind.fields:
        values["rounding"] = FLOOR
    if kind.is_stated:
        values["follows"] = False
    if kind.reads_layout:
        values["layout"] = layout
    made = kind.made(first.rank, values)
    try:
        found: Shape | None = made.shape(*inputs)
    except ShapeError:
        found = made.guess(*inputs)
    if found is None:
        return None
    beside = first if len(first) == len(found) else Shape((1,) * len(found))
    return Shape(
        min(size, _LARGEST) if type(size) is int and size != UNKNOWN else other
        for size, other in zip(found, beside, strict=True)
    )


def _as_list(value: object) -> object:
    return [_as_list(one) for one in value] if isinstance(value, list | tuple) else value
