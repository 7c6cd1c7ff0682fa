"""The rows of a sweep over two of their columns, and the front of those that no other beats."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

from cnn_shapes.draw.kit.svg import AUTO, Picture, number, shortened
from cnn_shapes.memory import FIGURES
from cnn_shapes.shown_text import plural, short_number, size_in_memory
from cnn_shapes.sweeps.job import SweepRow
from cnn_shapes.sweeps.picking import Aim
from cnn_shapes.sweeps.space import VariedAxis
from cnn_shapes.sweeps.writing import shown_value

_WIDE, _HIGH = 420.0, 300.0
_MOST_POINTS, _MOST_LISTED = 1_000, 14
_TICKS = 4  # between the ends of an axis
_LINE = 17.0  # from one line of the list to the next


class _PlotAxis:
    """Where values lie along an axis of a length: by their logarithm where they are far apart."""

    def __init__(self, aim: Aim, values: Sequence[float], length: float) -> None:
        self.aim, self.length = aim, length
        least, most = min(values), max(values)
        self._far = least > 0 and most / least > 20
        self._least, self._most = self._at(least), self._at(most)
        self.ends = least, most

    def _at(self, value: float) -> float:
        return log10(value) if self._far else value

    def place(self, value: float) -> float:
        if self._most == self._least:
            return self.length / 2
        return (self._at(value) - self._least) / (self._most - self._least) * self.length

    def ticks(self) -> list[float]:
        """Values at even distances, the ends among them."""
        least, most = self.ends
        if least == most:
            return [least]
        steps = [place / _TICKS for place in range(_TICKS + 1)]
        if self._far:
            return [least * (most / least) ** step for step in steps]
        return [least + (most - least) * step for step in steps]

    def text(self, value: float) -> str:
        kind = FIGURES.get(self.aim.column)
        if kind is not None and kind.in_bytes:
            return size_in_memory(round(value))
        return short_number(round(value)) if value >= 1000 else f"{value:.3g}"


def front(
    path: str,
    axes: Sequence[VariedAxis],
    aims: Sequence[Aim],
    rows: Sequence[SweepRow],
    best: Sequence[SweepRow],
    theme: str = AUTO,
) -> str:
    """All valid rows as dots over the first two aims, those of the front joined and listed. SVG."""
    first, second = aims[:2]
    valid = [row for row in rows if not row.rule]
    picture = Picture()
    if not valid:
        picture.text(0, 0, f"{shortened(path)}: no configuration is valid", "t b", 12.5, "start")
        return picture.render(f"{path}: no configuration is valid", theme=theme)
    across = _PlotAxis(first, [first.amount(row) for row in valid], _WIDE)
    up = _PlotAxis(second, [second.amount(row) for row in valid], _HIGH)
    _draw_axes(picture, across, up)
    step = max(1, -(-len(valid) // _MOST_POINTS))
    dots = [_point(row, across, up) for row in valid[::step]]
    data = "".join(f"M{number(x)} {number(y)}h0" for x, y in dict.fromkeys(dots))
    picture.path(data, "dots", [], ' stroke-width="4"')
    points = [_point(row, across, up) for row in sorted(best, key=first.amount)]
    if len(points) > 1:
        picture.path("M" + "L".join(f"{number(x)} {number(y)}" for x, y in points), "win", points)
    for row in best:
        x, y = _point(row, across, up)
        picture.open_group(title=_said(row, axes))
        picture.add(f'<circle{picture.classes("hit")} cx="{number(x)}" cy="{number(y)}" r="4"/>')
        picture.close_group()
    _list(picture, axes, first, second, across, up, best)
    shown = plural(len(valid), "configuration")
    picture.text(0, -16, f"{shortened(path, 40)}: {shown}, {len(best):,} on the front", "t b", 12.5, "start")
    return picture.render(f"{path}: {first.column} and {second.column} of {shown}", theme=theme)


def _point(row: SweepRow, across: _PlotAxis, up: _PlotAxis) -> tuple[float, float]:
    return across.place(across.aim.amount(row)), _HIGH - up.place(up.aim.amount(row))


def _draw_axes(picture: Picture, across: _PlotAxis, up: _PlotAxis) -> None:
    picture.rectangle(0, 0, _WIDE, _HIGH, "grid")
    for value in across.ticks():
        x = across.place(value)
        picture.path(f"M{number(x)} 0v{number(_HIGH)}", "grid", [(x, 0), (x, _HIGH)])
        picture.text(x, _HIGH + 16, across.text(value), "t d", 10)
    for value in up.ticks():
        y = _HIGH - up.place(value)
        picture.path(f"M0 {number(y)}h{number(_WIDE)}", "grid", [(0, y), (_WIDE, y)])
        picture.text(-6, y + 3.5, up.text(value), "t d", 10, "end")
    picture.text(_WIDE / 2, _HIGH + 34, across.aim.column, "t b")
    picture.text(-6, -16, up.aim.column, "t b", 11, "end")


def _list(
    picture: Picture,
    axes: Sequence[VariedAxis],
    first: Aim,
    second: Aim,
    across: _PlotAxis,
    up: _PlotAxis,
    best: Sequence[SweepRow],
) -> None:
    """The rows of the front at the right, with what is varied."""
    x = _WIDE + 24
    for place, row in enumerate(sorted(best, key=first.amount)[:_MOST_LISTED]):
        y = 12 + place * _LINE * 1.25
        figures = f"{across.text(first.amount(row))}, {up.text(second.amount(row))}"
        picture.text(x, y, f"{figures}: {shortened(_said(row, axes), 48)}", "t", 11, "start")
    if len(best) > _MOST_LISTED:
        y = 12 + _MOST_LISTED * _LINE * 1.25
        picture.text(x, y, f"and {len(best) - _MOST_LISTED:,} more", "t d", 11, "start")


def _said(row: SweepRow, axes: Sequence[VariedAxis]) -> str:
    pairs = zip(axes, row.values, strict=True)
    return ", ".join(f"{axis.column} {shown_value(value)}" for axis, value in pairs)
