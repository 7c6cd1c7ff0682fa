"""Arrows along horizontal and vertical ways, with round corners."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.draw.kit.svg import Picture, Point, escaped, number

EDGE, SKIP = "edge", "skip"
_RADIUS = 7.0
_TIP = 6.0
_SAME = 0.05  # nearer than this, two heights are one


def draw(picture: Picture, points: Sequence[Point], title: str, classes: str = EDGE) -> None:
    """An arrow through these points, each right of, left of, above or below the one before it.

    Its title says what it leads from and to.
    """
    points = _corners(points)
    picture.include(*points)
    (x, y), (end_x, end_y) = points[-2:]
    along = _direction((x, y), (end_x, end_y))
    shaft = [*points[:-1], (end_x - along[0] * (_TIP - 1), end_y - along[1] * (_TIP - 1))]
    draw_path(picture, _way(shaft), _tip(points[-1], along), title, classes)


def draw_path(picture: Picture, shaft: str, tip: str, title: str, classes: str = EDGE) -> None:
    """An arrow whose way and tip are paths already."""
    ends = f"{classes}-tip" if classes != EDGE else "tip"
    picture.add(
        f'<g><title>{escaped(title)}</title><path{picture.classes(classes)} d="{shaft}"/>'
        f'<path{picture.classes(ends)} d="{tip}"/></g>'
    )


def _tip(end: Point, along: tuple[int, int]) -> str:
    back = f"l{number(-_TIP * along[0] - 3 * along[1])} {number(-_TIP * along[1] - 3 * along[0])}"
    return f"M{number(end[0])} {number(end[1])}{back}{'v6' if along[0] else 'h6'}z"


def _corners(points: Sequence[Point]) -> list[Point]:
    """The points without those on the straight way between their neighbours."""
    kept: list[Point] = []
    for point in points:
        if kept and _is_near(kept[-1], point):
            continue
        if len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _is_near(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < _SAME and abs(one[1] - other[1]) < _SAME


def _is_straight(first: Point, second: Point, third: Point) -> bool:
    return any(abs(first[axis] - second[axis]) < _SAME > abs(second[axis] - third[axis]) for axis in (0, 1))


def _way(points: Sequence[Point]) -> str:
    """Lines along the axes, with round corners."""
    data = f"M{number(points[0][0])} {number(points[0][1])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_RADIUS, _length(before, corner) / 2, _length(corner, after) / 2)
        (in_x, in_y), (out_x, out_y) = _direction(before, corner), _direction(corner, after)
        data += _line(corner[0] - radius * in_x, corner[1] - radius * in_y, is_level=in_y == 0)
        control = f"{number(radius * in_x)} {number(radius * in_y)}"
        data += f"q{control} {number(radius * (in_x + out_x))} {number(radius * (in_y + out_y))}"
    return data + _line(*points[-1], is_level=_direction(*points[-2:])[1] == 0)


def _line(x: float, y: float, is_level: bool) -> str:
    return f"H{number(x)}" if is_level else f"V{number(y)}"


def _length(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _direction(start: Point, end: Point) -> tuple[int, int]:
    """Where a line along an axis leads."""
    if abs(end[0] - start[0]) >= abs(end[1] - start[1]):
        return (1 if end[0] > start[0] else -1), 0
    return 0, (1 if end[1] > start[1] else -1)
