"""How a scale of a model changes its channels and repeats, and what would have to be written for others."""

from __future__ import annotations

from math import ceil, floor, inf
from typing import NamedTuple

from cnn_shapes.language.dialects.ultralytics.reading import LARGEST


class Scaling(NamedTuple):
    """The factors of a scale, and the most channels before it."""

    depth: float = 1.0
    width: float = 1.0
    most: float = inf

    def channels(self, written: int) -> int:
        return min(ceil(min(written, self.most) * self.width / 8) * 8, LARGEST)

    def repeats(self, written: int) -> int:
        """Half a repeat goes to the even number, as Python rounds."""
        return max(round(written * self.depth), 1) if written > 1 else written

    def written_channels(self, wanted: int) -> int | None:
        """What to write for so many channels; None where this scale cannot have them."""
        near = wanted / self.width
        for written in (round(near), floor(near)):
            if 1 <= written <= LARGEST and self.channels(written) == wanted:
                return written
        return None

    def written_repeats(self, wanted: int) -> int | None:
        if wanted == 1:
            return 1
        near = round(wanted / self.depth)
        for written in (near, near - 1, near + 1):
            if 1 <= written <= LARGEST and self.repeats(written) == wanted:
                return written
        return None
