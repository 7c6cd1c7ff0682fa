"""Arrows along horizontal and vertical ways, with round corners."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from cnn_shapes.draw.svg import Picture, Point, escaped, number

EDGE, SKIP = "edge", "skip"
_RADIUS = 7.0
_TIP = 6.0


def draw(picture: Picture, points: Sequence[Point], title: str, classes: str = EDGE) -> None:
    """An arrow through these points; its title says what it leads from and to."""
    points = _without_repeats(points)
    picture.include(*points)
    tip = f"{classes}-tip" if classes != EDGE else "tip"
    (before, last) = points[-2:]
    length = hypot(last[0] - before[0], last[1] - before[1]) or 1
    along = ((last[0] - before[0]) / length, (last[1] - before[1]) / length)
    shaft = [*points[:-1], (last[0] - along[0] * (_TIP - 1), last[1] - along[1] * (_TIP - 1))]
    picture.open_group()
    picture.add(f"<title>{escaped(title)}</title>")
    picture.add(f'<path{picture.classes(classes)} d="{_way(shaft)}"/>')
    back = (last[0] - along[0] * _TIP, last[1] - along[1] * _TIP)
    sides = [(back[0] - side * along[1] * 3, back[1] + side * along[0] * 3) for side in (1, -1)]
    head = "L".join(f"{number(x)} {number(y)}" for x, y in (last, *sides))
    picture.add(f'<path{picture.classes(tip)} d="M{head}Z"/>')
    picture.close_group()


def _without_repeats(points: Sequence[Point]) -> list[Point]:
    """The points without those that lie on the straight way between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.05 and abs(kept[-1][1] - point[1]) < 0.05:
            continue
        if len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _is_straight(first: Point, second: Point, third: Point) -> bool:
    return any(abs(first[axis] - second[axis]) < 0.05 > abs(second[axis] - third[axis]) for axis in (0, 1))


def _way(points: Sequence[Point]) -> str:
    data = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_RADIUS, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _toward(corner, before, radius), _toward(corner, after, radius)
        data += f"L{number(start[0])} {number(start[1])}"
        data += f"Q{number(corner[0])} {number(corner[1])} {number(end[0])} {number(end[1])}"
    return f"{data}L{number(points[-1][0])} {number(points[-1][1])}"


def _distance(one: Point, other: Point) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _toward(start: Point, end: Point, length: float) -> Point:
    whole = _distance(start, end) or 1
    return (
        start[0] + (end[0] - start[0]) / whole * length,
        start[1] + (end[1] - start[1]) / whole * length,
    )
