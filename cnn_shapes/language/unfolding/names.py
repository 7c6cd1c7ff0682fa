"""What the names of expressions mean: values of the file, and `c_in`, `h_in`, ... of what comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.language.expressions.error import NotKnown, SizeError
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.network import Network
from cnn_shapes.shapes import AXIS_NAMES, UNKNOWN, Shape

_CHANNELS = "c_in"


class IncomingNames(dict[str, Any]):
    """Names and their values; where the file has no such name, `c_in`, `h_in`, ... are those of a shape.

    `network` is told where a size is asked for: then the layers themselves follow from the input's size.
    """

    __slots__ = ("network", "shape")
    shape: Shape | None
    network: Network

    def __missing__(self, name: str) -> Any:
        """Raises KeyError for another name, NotKnown and SizeError for one that has no value here."""
        axis = INCOMING.get(name)
        if axis is None:
            raise KeyError(name)
        shape = self.shape
        if name == _CHANNELS:
            if shape is None or shape.channels == UNKNOWN:
                raise NotKnown(name)
            return shape.channels
        self.network.asks_sizes = True
        if shape is None:
            raise NotKnown(name)
        names = AXIS_NAMES.get(shape.rank, ())
        if axis not in names:
            raise SizeError(name, axis, shape.rank, [one for one, of in INCOMING.items() if of in names])
        size = shape.sizes[names.index(axis)]
        if size == UNKNOWN:
            raise NotKnown(name)
        return size

    def with_values(self, values: Mapping[str, Any]) -> IncomingNames:
        """The same with further names."""
        names = IncomingNames({**self, **values})
        names.shape, names.network = self.shape, self.network
        return names
