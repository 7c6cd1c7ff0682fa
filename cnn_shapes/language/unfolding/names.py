"""What the names of expressions mean: values of the file, and `c_in`, `h_in`, ... of what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.language.expressions.error import NotKnown, SizeError
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.network import Asked
from cnn_shapes.shapes import AXIS_NAMES, UNKNOWN, OpenSize, Shape

_CHANNELS = "c_in"


def _known(name: str, size: int) -> Any:
    if isinstance(size, OpenSize):
        return size.in_expression()
    if size == UNKNOWN:
        raise NotKnown(name)
    return size


class IncomingNames(dict[str, Any]):
    """Names and their values; where the file has no such name, `c_in`, `h_in`, ... are those of a shape.

    `asked` is told where a size is asked for: then the layers themselves follow from the input's size.
    """

    __slots__ = ("asked", "shape")
    shape: Shape | None
    asked: Asked

    def __missing__(self, name: str) -> Any:
        """Raises KeyError for another name, NotKnown and SizeError for one that has no value here."""
        axis = INCOMING.get(name)
        if axis is None:
            raise KeyError(name)
        shape = self.shape
        if name == _CHANNELS:
            return _known(name, UNKNOWN if shape is None else shape.channels)
        self.asked.sizes = True
        if shape is None:
            raise NotKnown(name)
        names = AXIS_NAMES.get(shape.rank, ())
        if axis not in names:
            raise SizeError(name, axis, shape.rank, [one for one, of in INCOMING.items() if of in names])
        return _known(name, shape.sizes[names.index(axis)])

    def of_layer(self, shape: Shape | None, asks: bool) -> IncomingNames:
        """The same names where `c_in`, `h_in`, ... are those of one layer's input.

        Unless it `asks`, sizes that are asked for decide nothing about the layers.
        """
        names = IncomingNames(self)
        names.pop(_CHANNELS, None)
        names.shape, names.asked = shape, self.asked if asks else Asked()
        return names

    def with_values(self, values: Mapping[str, Any]) -> IncomingNames:
        """The same with further names."""
        names = IncomingNames(self)
        names.update(values)
        names.shape, names.asked = self.shape, self.asked
        return names
