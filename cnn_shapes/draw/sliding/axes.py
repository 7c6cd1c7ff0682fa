"""The cells of an axis under a window: pixels, padding, the step, what is left over, and which are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.shapes import AXIS_NAMES, UNKNOWN

if TYPE_CHECKING:
    from cnn_shapes.layers.base import Layer
    from cnn_shapes.shapes import Shape, Window

MOST_CELLS = 30  # of an axis; of more, the ends and what is around the window
_HEAD, _TAIL, _AROUND, _OF_WINDOW = 5, 4, 2, 9
_MOST_TAIL = 12
Segment = tuple[int, int]  # cells from the first on, to before the second


class WindowAxis(NamedTuple):
    """The axis of the map that the window lies on: the input, of a transposed convolution the output.

    Cells count from the first of the padding. `pixels` are those of the map, `steps` how many the window
    makes, `step` the one that is drawn, from 0. `left_over` cells at the end are in no window; the last
    window reaches `beyond` all of them.
    """

    name: str
    window: Window
    pixels: int
    padded: int
    steps: int
    step: int
    left_over: int
    beyond: int

    @property
    def cells(self) -> int:
        """All cells that there are, those beyond the map too."""
        return self.padded + self.beyond

    @property
    def start(self) -> int:
        """The first cell of the window."""
        return self.step * self.window.stride

    @property
    def end(self) -> int:
        return self.start + self.window.extent

    @property
    def next_start(self) -> int | None:
        """The first cell of the next window; of the last one None."""
        return self.start + self.window.stride if self.step + 1 < self.steps else None

    @property
    def map_end(self) -> int:
        """The cell after the last pixel."""
        return self.window.before + self.pixels

    @property
    def segments(self) -> list[Segment]:
        """The cells that are drawn, in stretches; between two of these some are left out."""
        if self.cells <= MOST_CELLS:
            return [(0, self.cells)]
        tail = min(max(_TAIL, self.left_over + self.window.after + 2), _MOST_TAIL)
        wanted = [(0, _HEAD), (self.cells - tail, self.cells)]
        if self.window.extent <= 2 * _OF_WINDOW:
            wanted.append((self.start - _AROUND, self.end + _AROUND))
        else:
            wanted.append((self.start - _AROUND, self.start + _OF_WINDOW))
            wanted.append((self.end - _OF_WINDOW, self.end + _AROUND))
        if self.next_start is not None:
            after = self.next_start + self.window.extent
            wanted += [(self.next_start - 1, self.next_start + 1), (after - 1, after + 1)]
        return merged(wanted, self.cells)

    def outputs(self, most: int) -> list[Segment]:
        """The steps that are drawn as cells of the other map."""
        if self.steps <= most:
            return [(0, self.steps)]
        return merged([(0, 4), (self.step - 2, self.step + 3), (self.steps - 3, self.steps)], self.steps)


def merged(wanted: Iterable[Segment], cells: int) -> list[Segment]:
    """These stretches in order, as one where no more than two cells are between them."""
    found: list[Segment] = []
    for start, end in sorted((max(start, 0), min(end, cells)) for start, end in wanted):
        if start >= end:
            continue
        if found and start - found[-1][1] <= 2:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def axes_of(layer: Layer, x: Shape, output: Shape | None, place: tuple[int, ...]) -> list[WindowAxis]:
    """The axes of a layer with windows, for an input of this shape, at the step with these coordinates."""
    names = AXIS_NAMES[x.rank]
    outputs = output.sizes if output is not None and UNKNOWN not in output.sizes else (0,) * x.rank
    found = []
    for name, size, out, window, step in zip(names, x.sizes, outputs, layer.windows(x), place, strict=True):
        if layer.is_transposed:
            reached = (size - 1) * window.stride + window.extent
            padded = max(reached, window.before + out + window.after)
            found.append(WindowAxis(name, window, out, padded, size, step, 0, 0))
            continue
        padded = window.before + size + window.after
        last = (out - 1) * window.stride + window.extent if out else window.extent
        found.append(
            WindowAxis(
                name,
                window,
                size,
                padded,
                out,
                step,
                max(0, padded - last) if out else 0,
                max(0, last - padded),
            )
        )
    return found
