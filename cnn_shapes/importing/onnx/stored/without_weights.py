"""An ONNX file without the values of its large weights: their sizes are all that is asked for.

Most of a file are weights. They are passed over where the file lies, and never copied: of half a gigabyte
a few hundred kilobytes are left. The wire format is that of Protocol Buffers; the numbers of the fields are
those of onnx.proto.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

_LEAST = 2**20  # bytes of a tensor's values that are left out: those of sizes and axes are far fewer
_A_NUMBER, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_GRAPH, _INITIALIZER = 7, 5
_VALUES = (4, 5, 6, 7, 9, 10, 11)  # of a TensorProto: its values, in the field of their type or as raw bytes
_OUTER = {(): _GRAPH, (_GRAPH,): _INITIALIZER}  # of what is around a field, the field that is looked into
_CUT_SHORT = bytes((_GRAPH << 3 | _BYTES, 127))  # a graph of 127 bytes, of which none is there
Buffer = bytes | mmap.mmap
MOST_FIELDS = 400_000  # twice as many as the entries of a model that is read


class _OfAnotherForm(Exception):
    """The bytes are not of this wire format, or end before they should."""


class _TooMany(Exception):
    """There are more fields than are read: up to which byte they were looked at."""


def model_bytes(path: str) -> bytes:
    """The bytes of a file without the values of large weights. Raises OSError."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size <= _LEAST:
            return file.read()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return without_weights(data)


def without_weights(data: Buffer) -> bytes:
    """The same model without the values of large weights; of what is no whole model, bytes that are none."""
    try:
        return b"".join(_Fields(data).kept(0, len(data), ()))
    except _TooMany as error:
        return bytes(data[: int(str(error))])  # who unpacks them counts them too
    except _OfAnotherForm:
        return _CUT_SHORT


class _Fields:
    """The fields of a message and of what lies in it; `count` is how many were looked at."""

    def __init__(self, data: Buffer) -> None:
        self.data, self.count = data, 0

    def kept(self, place: int, end: int, around: tuple[int, ...]) -> Iterator[bytes]:
        """What is kept of a message that goes from `place` to `end`."""
        data = self.data
        is_tensor = around == (_GRAPH, _INITIALIZER)
        begin = place
        while place < end:
            start = place
            self.count += 1
            if self.count > MOST_FIELDS:
                raise _TooMany(place)
            key, place = _number(data, place, end)
            number, kind = key >> 3, key & 7
            if kind == _A_NUMBER:
                _, place = _number(data, place, end)
            elif kind in (_EIGHT_BYTES, _FOUR_BYTES):
                place += 8 if kind == _EIGHT_BYTES else 4
            elif kind == _BYTES:
                size, inside = _number(data, place, end)
                place = inside + size
            else:
                raise _OfAnotherForm
            if place > end or not number:
                raise _OfAnotherForm
            if kind != _BYTES or place - start < _LEAST:
                continue
            if is_tensor and number in _VALUES:
                yield data[begin:start]
                begin = place
            elif _OUTER.get(around) == number:
                inner = b"".join(self.kept(inside, place, (*around, number)))
                yield data[begin:start] + _varint(key) + _varint(len(inner)) + inner
                begin = place
        yield data[begin:end]


def _number(data: Buffer, place: int, end: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    found = shift = 0
    while place < min(end, len(data)) and shift < 70:
        byte = data[place]
        place += 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, place
        shift += 7
    raise _OfAnotherForm


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    made.append(number)
    return bytes(made)
