"""Places of a text as a browser counts them: in units of UTF-16, from 0."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from cnn_shapes.source import Source

_ASTRAL = 0x10000  # from here on a character is two units


class Places:
    """The places of one text. A byte order mark, which a `Source` leaves out, is a unit of the browser's."""

    def __init__(self, source: Source) -> None:
        self._begin = int(source.bom)
        self._length = len(source.text)
        self._before: list[int] | None = None
        if not source.text.isascii():
            wide = (1 + (ord(character) >= _ASTRAL) for character in source.text)
            self._before = list(accumulate(wide, initial=0))

    def unit(self, offset: int) -> int:
        """The unit at which a character offset begins."""
        if self._before is None:
            return self._begin + offset
        return self._begin + self._before[min(offset, len(self._before) - 1)]

    def offset(self, unit: int) -> int:
        """The character that a unit belongs to; a unit outside of the text means its nearer end."""
        unit = max(unit - self._begin, 0)
        if self._before is None:
            return min(unit, self._length)
        return bisect_right(self._before, unit) - 1
