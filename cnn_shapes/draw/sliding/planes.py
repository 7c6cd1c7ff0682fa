"""Two maps side by side, or two strips one above the other: the one that a window lies on, and the other one.

Cells are squares. Where some are left out, a gap with dots says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnn_shapes.draw.kit.svg import Picture, number, text_width
from cnn_shapes.draw.sliding.axes import Segment, WindowAxis

_GAP = 16.0  # where cells are left out
_WIDEST, _LEAST_CELL, _MOST_CELL = 330.0, 6.0, 22.0
_MOST_OUTPUTS, _OUTPUTS_WIDE, MOST_OF_STRIP = 24, 210.0, 30
_BETWEEN = 84.0  # two maps
_BELOW = 62.0  # from one strip to the other
_CAPTION, _WORD = 11.0, 10.0
_INPUT, _OUTPUT = ("px", "grid"), ("out", "out-grid")


class Plane(NamedTuple):
    """What is drawn: the axis of the columns, and that of the rows where it is a map."""

    rows: WindowAxis | None
    columns: WindowAxis
    is_transposed: bool

    @property
    def own_classes(self) -> tuple[str, str]:
        """The cells and the lines of the map that the window lies on."""
        return _OUTPUT if self.is_transposed else _INPUT

    @property
    def other_classes(self) -> tuple[str, str]:
        return _INPUT if self.is_transposed else _OUTPUT


class _CellScale:
    """Where cells are along an axis, from 0 on."""

    def __init__(self, segments: Sequence[Segment], cell: float) -> None:
        self.segments, self.cell = segments, cell
        self._starts = []
        at = 0.0
        for start, end in segments:
            self._starts.append(at)
            at += (end - start) * cell + _GAP
        self.length = max(at - _GAP, 0.0)

    def start(self, cell: int) -> float:
        """Where a cell begins; of one that is left out, the gap that it is in."""
        for (start, end), at in zip(self.segments, self._starts, strict=True):
            if cell < start:
                return at - _GAP / 2
            if cell < end:
                return at + (cell - start) * self.cell
        return self.length

    def end(self, cell: int) -> float:
        """Where a cell ends."""
        for (start, end), at in zip(self.segments, self._starts, strict=True):
            if cell < start:
                return at - _GAP / 2
            if cell < end:
                return at + (cell - start + 1) * self.cell
        return self.length

    def shown(self, first: int, last: int) -> list[Segment]:
        """The parts of these cells that are drawn."""
        return [
            (max(start, first), min(end, last))
            for start, end in self.segments
            if max(start, first) < min(end, last)
        ]

    @property
    def middle(self) -> float:
        """The middle of the longest stretch."""
        lengths = [end - start for start, end in self.segments]
        longest = lengths.index(max(lengths))
        return self._starts[longest] + lengths[longest] * self.cell / 2

    @property
    def gaps(self) -> list[float]:
        """The middles of the gaps."""
        return [at - _GAP / 2 for at in self._starts[1:]]


def draw_map(picture: Picture, plane: Plane, top: float, captions: tuple[str, str]) -> float:
    """Draw a map with its window and the other map on its right; where it ends at the bottom.

    Of a transposed layer the other map, the input, is on the left.
    """
    assert plane.rows is not None
    rows, columns = plane.rows, plane.columns
    shown = max(_count(rows.segments), _count(columns.segments))
    cell = max(_LEAST_CELL, min(_MOST_CELL, _WIDEST / shown))
    down, across = _CellScale(rows.segments, cell), _CellScale(columns.segments, cell)
    outs = rows.outputs(_MOST_OUTPUTS), columns.outputs(_MOST_OUTPUTS)
    small = max(_LEAST_CELL, min(cell, _OUTPUTS_WIDE / max(*map(_count, outs), 1)))
    out_down, out_across = _CellScale(outs[0], small), _CellScale(outs[1], small)
    has_outputs = bool(rows.steps and columns.steps)
    left_caption, right_caption = captions
    # captions are centred under their maps, and must not meet
    room = (text_width(left_caption, _CAPTION, "t b") + text_width(right_caption, _CAPTION, "t b")) / 2 + 16
    high = max(down.length, out_down.length)
    if plane.is_transposed:
        out_left, left = 0.0, out_across.length + _BETWEEN
        left = max(left, room - across.length / 2 + out_across.length / 2)
    else:
        left, out_left = 0.0, across.length + _BETWEEN
        out_left = max(out_left, room - out_across.length / 2 + across.length / 2)
    map_top, out_top = top + (high - down.length) / 2, top + (high - out_down.length) / 2
    _draw_cells(picture, plane, (left, map_top), (down, across))
    if has_outputs:
        _draw_steps(picture, plane, (out_left, out_top), (out_down, out_across))
    _draw_window(picture, rows, columns, (left, map_top), (down, across))
    if has_outputs:
        hit = (out_left + out_across.start(columns.step), out_top + out_down.start(rows.step))
        edge = left if plane.is_transposed else left + across.end(columns.end - 1)
        near = hit[0] + small if plane.is_transposed else hit[0]
        if plane.is_transposed:
            edge = left + across.start(columns.start)
        ends = (map_top + down.start(rows.start), map_top + down.end(rows.end - 1))
        rays = "".join(
            f"M{number(edge)} {number(y)}L{number(near)} {number(out_y)}"
            for y, out_y in zip(ends, (hit[1], hit[1] + small), strict=True)
        )
        picture.path(rays, "ray")
    _draw_step(picture, columns, (left, map_top), across)
    bottom = top + high + 18
    first, second = (right_caption, left_caption) if plane.is_transposed else (left_caption, right_caption)
    picture.text(left + across.length / 2, map_top + down.length + 18, first, "t b", _CAPTION)
    if has_outputs:
        middle, end = out_left + out_across.length / 2, out_top + out_down.length
        is_low = 2 * hit[1] > out_top + end  # the rays come from below then
        picture.text(middle, out_top - 9 if is_low else end + 18, second, "t b", _CAPTION)
    return bottom


def draw_strip(picture: Picture, plane: Plane, top: float, captions: tuple[str, str]) -> float:
    """Draw a strip with its window and the other strip below it; where it ends at the bottom."""
    axis = plane.columns
    cell = max(_LEAST_CELL, min(_MOST_CELL, 2 * _WIDEST / _count(axis.segments)))
    across = _CellScale(axis.segments, cell)
    down = _CellScale([(0, 1)], cell)
    _draw_cells(picture, plane, (0, top), (down, across))
    _draw_window(picture, None, axis, (0, top), (down, across))
    _draw_step(picture, axis, (0, top), across)
    first, second = reversed(captions) if plane.is_transposed else captions
    picture.text(across.length + 12, top + cell / 2 + 4, first, "t b", _CAPTION, "start")
    bottom = top + cell
    if axis.steps:
        outs = _CellScale(axis.outputs(MOST_OF_STRIP), cell)
        left = max(0.0, (across.length - outs.length) / 2)
        below = top + cell + _BELOW
        _draw_steps(picture, plane, (left, below), (down, outs))
        hit = left + outs.start(axis.step)
        ends = (across.start(axis.start), across.end(axis.end - 1))
        rays = "".join(
            f"M{number(x)} {number(top + cell)}L{number(out_x)} {number(below)}"
            for x, out_x in zip(ends, (hit, hit + cell), strict=True)
        )
        picture.path(rays, "ray")
        picture.text(left + outs.length + 12, below + cell / 2 + 4, second, "t b", _CAPTION, "start")
        bottom = below + cell
    return bottom + 4


def _count(segments: Sequence[Segment]) -> int:
    return sum(end - start for start, end in segments)


def _draw_cells(
    picture: Picture, plane: Plane, at: tuple[float, float], scales: tuple[_CellScale, _CellScale]
) -> None:
    """The padded map: padding dashed, pixels filled, what is left over red."""
    rows, columns = plane.rows, plane.columns
    all_rows = (0, 1) if rows is None else (0, rows.padded)
    pixel_rows = (0, 1) if rows is None else (rows.window.before, rows.map_end)
    cell_rows = (0, 1) if rows is None else (0, rows.cells)
    if columns.beyond or (rows is not None and rows.beyond):
        _draw_grid(picture, cell_rows, (0, columns.cells), at, scales, "beyond")
    _draw_grid(picture, all_rows, (0, columns.padded), at, scales, "margin")
    pixel_columns = (columns.window.before, columns.map_end)
    filled, lines = plane.own_classes
    _draw_area(picture, pixel_rows, pixel_columns, at, scales, filled)
    _draw_grid(picture, pixel_rows, pixel_columns, at, scales, lines)
    for axis, is_row in ((rows, True), (columns, False)):
        if axis is None or not axis.left_over:
            continue
        cut = (axis.padded - axis.left_over, axis.padded)
        other = (0, columns.padded) if is_row else all_rows
        lost_rows, lost_columns = (cut, other) if is_row else (other, cut)
        picture.open_group("", f"left over along the {axis.name}: {axis.left_over}")
        _draw_area(picture, lost_rows, lost_columns, at, scales, "left")
        _draw_grid(picture, lost_rows, lost_columns, at, scales, "left-grid")
        picture.close_group()
    _draw_dots(picture, at, scales)


def _draw_area(
    picture: Picture,
    rows: Segment,
    columns: Segment,
    at: tuple[float, float],
    scales: tuple[_CellScale, _CellScale],
    classes: str,
) -> None:
    down, across = scales
    for top, bottom in down.shown(*rows):
        for left, right in across.shown(*columns):
            x, y = at[0] + across.start(left), at[1] + down.start(top)
            wide, high = (right - left) * across.cell, (bottom - top) * down.cell
            picture.rectangle(x, y, wide, high, classes)


def _draw_grid(
    picture: Picture,
    rows: Segment,
    columns: Segment,
    at: tuple[float, float],
    scales: tuple[_CellScale, _CellScale],
    classes: str,
) -> None:
    """The lines between these cells, and around them."""
    down, across = scales
    data = ""
    points = []
    for top, bottom in down.shown(*rows):
        y, high = at[1] + down.start(top), (bottom - top) * down.cell
        for left, right in across.shown(*columns):
            x, wide = at[0] + across.start(left), (right - left) * across.cell
            points += [(x, y), (x + wide, y + high)]
            data += "".join(
                f"M{number(x + place * across.cell)} {number(y)}v{number(high)}"
                for place in range(right - left + 1)
            )
            data += "".join(
                f"M{number(x)} {number(y + place * down.cell)}h{number(wide)}"
                for place in range(bottom - top + 1)
            )
    if data:
        picture.path(data, classes, points)


def _draw_steps(
    picture: Picture, plane: Plane, at: tuple[float, float], scales: tuple[_CellScale, _CellScale]
) -> None:
    """The other map, a cell for each step, the one of this step filled."""
    rows, columns = plane.rows, plane.columns
    down, across = scales
    every = ((0, 1) if rows is None else (0, rows.steps), (0, columns.steps))
    filled, lines = plane.other_classes
    _draw_area(picture, *every, at, scales, filled)
    _draw_grid(picture, *every, at, scales, lines)
    step = 0 if rows is None else rows.step
    x, y = at[0] + across.start(columns.step), at[1] + down.start(step)
    picture.rectangle(x, y, across.cell, down.cell, "hit")
    _draw_dots(picture, at, scales)


def _draw_dots(picture: Picture, at: tuple[float, float], scales: tuple[_CellScale, _CellScale]) -> None:
    """Three dots in each gap, beside the longest stretch of the other axis."""
    down, across = scales
    level = [(at[0] + gap, at[1] + down.middle, 3.5, 0.0) for gap in across.gaps]
    upright = [(at[0] + across.middle, at[1] + gap, 0.0, 3.5) for gap in down.gaps]
    data = "".join(
        f"M{number(x + place * step_x)} {number(y + place * step_y)}h0"
        for x, y, step_x, step_y in (*level, *upright)
        for place in (-1, 0, 1)
    )
    if data:
        picture.path(data, "dots")


def _draw_window(
    picture: Picture,
    rows: WindowAxis | None,
    columns: WindowAxis,
    at: tuple[float, float],
    scales: tuple[_CellScale, _CellScale],
) -> None:
    """The taps of the window, its frame, and dashed where it steps to next along the row."""
    down, across = scales
    data = ""
    for y in _taps(rows, down):
        for x in _taps(columns, across):
            data += f"M{number(at[0] + x)} {number(at[1] + y)}h{number(across.cell)}v{number(down.cell)}"
            data += f"h{number(-across.cell)}z"
    picture.path(data, "tap")
    top = down.start(0 if rows is None else rows.start)
    high = down.end(0 if rows is None else rows.end - 1) - top
    after = columns.next_start
    if after is not None:
        left = across.start(after)
        wide = across.end(after + columns.window.extent - 1) - left
        picture.rectangle(at[0] + left, at[1] + top, wide, high, "next", 2)
    left = across.start(columns.start)
    wide = across.end(columns.end - 1) - left
    picture.rectangle(at[0] + left, at[1] + top, wide, high, "win", 2)


def _taps(axis: WindowAxis | None, scale: _CellScale) -> list[float]:
    """Where the cells begin that a window reads, of those that are drawn."""
    if axis is None:
        return [0.0]
    window = axis.window
    drawn = (
        cell for start, end in axis.segments for cell in range(max(start, axis.start), min(end, axis.end))
    )
    taps = (cell for cell in drawn if (cell - axis.start) % window.dilation == 0)
    return [scale.start(cell) for cell in taps if scale.shown(cell, cell + 1)]


def _draw_step(picture: Picture, columns: WindowAxis, at: tuple[float, float], across: _CellScale) -> None:
    """An arrow above, as long as the step."""
    after = columns.next_start
    if after is None:
        return
    start, end = at[0] + across.start(columns.start), at[0] + across.start(after)
    y = at[1] - 10
    tip = min(6.0, end - start)
    picture.path(
        f"M{number(start)} {number(y - 4)}v8m0 -4H{number(end - tip + 1)}",
        "step",
        [(start, y - 4), (end, y + 4)],
    )
    picture.path(f"M{number(end)} {number(y)}l{number(-tip)} -3v6z", "step-tip")
    word = f"stride {columns.window.stride}"
    picture.text(max(start, at[0]), y - 8, word, "t of-stride", _WORD, "start")
