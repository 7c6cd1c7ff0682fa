"""A layer as a box: height and depth are those of the map, thickness the channels. A join is a sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2
from typing import TYPE_CHECKING

from cnn_shapes.draw.kit.svg import Picture, number, text_width

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.draw.scene import SceneItem

SHAPE_SIZE, HEAD_SIZE, SUB_SIZE = 10.5, 11.0, 9.5  # of the three lines of a label
LINE, SUB_LINE = 13.5, 11.5
RADIUS = 9.0  # of a join's sign
_LEAST, _ROOT = 13.0, 0.62  # what the smallest map is high; how sizes are drawn together
_DEEP, _LIFTED = 0.34, 0.27  # how far a map's width goes to the right, and up
_BESIDE = 4.0  # between two boxes of a run
_MOST_BOXES, _MOST_SLABS = 3, 6
_UNSURE = ("assumed", "unreached")
_ERROR_ROOM = 4.0


class Box:
    """Items of one look, drawn as one box or as a few side by side.

    `x` is where its front begins, `y` the middle of its height. `label_above` says where its words are.
    """

    def __init__(self, items: Sequence[SceneItem], tallest: Mapping[int, int], tall: float) -> None:
        self.items = [*items]
        self.item = items[-1]
        self.count = len(items)
        self.x = self.y = 0.0
        self.column = self.row = 0
        self.label_above = False
        self.has_label = True
        self.badge = ""
        self.boxes = min(self.count, _MOST_BOXES)
        item = self.item
        self.is_sign = item.family == "join" and item.state != "error" and not item.is_block
        self._measure(tallest, tall)
        head = f"{self.count:,} × {item.words.head}" if self.count > 1 else item.words.head
        if self.count == 1 and item.repeat > 1 and not item.is_block:
            head = f"{item.repeat:,} × {item.words.head}"
        weight = " errt b" if item.state == "error" else ""
        lines = [(item.text, f"m b{' errt' if weight else ''}", SHAPE_SIZE), (head, f"t{weight}", HEAD_SIZE)]
        if item.sub:
            lines.append((item.sub, "t d", SUB_SIZE))
        self.lines = lines

    def _measure(self, largest: Mapping[int, int], tall: float) -> None:
        shape = self.item.output
        if self.is_sign:
            self.height = self.thickness = 2 * RADIUS
            self.across = self.up = 0.0
            self.boxes = 1
        elif shape is None or shape.rank == 0:
            features = shape[0] if shape else 0
            self.height = 22 + 9.5 * log2(features + 1)
            self.thickness, self.across, self.up = 8.0, 4.0, 3.0
        else:
            tallest = largest[min(shape.rank, 2)]
            deep = _scaled(shape.sizes[-1], tallest, tall) if shape.rank > 1 else 12.0
            self.height = _scaled(shape.sizes[-2] if shape.rank > 1 else shape.sizes[0], tallest, tall)
            self.thickness = 3.5 + 2.0 * (shape[0] or 1) ** 0.42
            self.across, self.up = deep * _DEEP, deep * _LIFTED

    @property
    def front(self) -> float:
        """The width of the fronts, side by side."""
        return self.boxes * self.thickness + (self.boxes - 1) * _BESIDE

    @property
    def width(self) -> float:
        return self.front + self.across

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def top(self) -> float:
        return self.y - (self.height + self.up) / 2

    @property
    def bottom(self) -> float:
        return self.y + (self.height + self.up) / 2

    @property
    def label_width(self) -> float:
        return (
            max(text_width(text, size, classes) for text, classes, size in self.lines)
            if self.has_label
            else 0
        )

    @property
    def label_height(self) -> float:
        """The lines of the label, one below the other."""
        return (
            sum(SUB_LINE if size == SUB_SIZE else LINE for _, _, size in self.lines) + 4
            if self.has_label
            else 0
        )

    @property
    def middle(self) -> float:
        """Where its label has its middle: under the fronts, or above the tops."""
        return self.x + self.front / 2 + (self.across if self.label_above else 0) / 2


def _scaled(size: int, tallest: int, tall: float) -> float:
    return _LEAST + (tall - _LEAST) * float(((size or 1) / tallest) ** _ROOT)


def draw(picture: Picture, box: Box, report: CheckResult) -> None:
    """Draw a box, or its few; red around where it fails, dashed where nothing sure comes in."""
    item = box.item
    title = item.told(report)
    if box.count > 1:
        title = f"{box.count:,} times, to {item.name}\n{title}"
    picture.open_group("ghost" if item.state in _UNSURE else "", title)
    if box.is_sign:
        _draw_sign(picture, box)
    else:
        for place in range(box.boxes):
            _draw_one(picture, box, box.x + place * (box.thickness + _BESIDE))
        if item.state == "error":
            _draw_outline(picture, box)
    picture.close_group()


def _draw_one(picture: Picture, box: Box, x: float) -> None:
    thick, across, up, family = box.thickness, box.across, box.up, box.item.family
    above = box.y - (box.height - up) / 2
    below = above + box.height
    right = x + thick
    picture.polygon(
        [(right, above), (right + across, above - up), (right + across, below - up), (right, below)],
        f"{family}-side",
    )
    picture.polygon(
        [(x, above), (x + across, above - up), (right + across, above - up), (right, above)],
        f"{family}-top",
    )
    picture.polygon([(x, above), (right, above), (right, below), (x, below)], f"{family}-front")
    slabs = min(box.item.repeat, _MOST_SLABS)
    if slabs > 1:
        way = f"{number(below)}V{number(above)}l{number(across)} {number(-up)}"
        cuts = "".join(f"M{number(x + thick * slab / slabs)} {way}" for slab in range(1, slabs))
        picture.path(cuts, f"thin {family}-line")


def _draw_outline(picture: Picture, box: Box) -> None:
    above, room = box.y - (box.height - box.up) / 2, _ERROR_ROOM
    below, right = above + box.height, box.x + box.front
    points = [
        (box.x - room, above - room * 0.6),
        (box.x + box.across - room * 0.4, above - box.up - room),
        (right + box.across + room, above - box.up - room),
        (right + box.across + room, below - box.up + room * 0.6),
        (right + room * 0.4, below + room),
        (box.x - room, below + room),
    ]
    picture.polygon(points, "err")
    if box.badge:
        draw_badge(picture, box.x - room, above - room * 0.6, box.badge)


def draw_badge(picture: Picture, x: float, y: float, text: str) -> None:
    """A number in a red disc, by which a message is found."""
    picture.include((x - 8, y - 8), (x + 8, y + 8))
    picture.add(f'<circle{picture.classes("disc")} cx="{number(x)}" cy="{number(y)}" r="8"/>')
    picture.text(x, y + 3.6, text, "t b on-red", 10)


def _draw_sign(picture: Picture, box: Box) -> None:
    x, y = box.x + RADIUS, box.y
    picture.rectangle(box.x, y - RADIUS, 2 * RADIUS, 2 * RADIUS, "join-front", RADIUS)
    picture.path(sign_path(box.item, x, y), "sign")


def sign_path(item: SceneItem, x: float, y: float) -> str:
    """What a join does, as a sign: plus, times, bars side by side, parting lines."""
    layer = item.node.layer if item.node is not None else None
    if layer is not None and layer.is_product:
        return f"M{number(x - 3.5)} {number(y - 3.5)}l7 7m0 -7l-7 7"
    if layer is not None and layer.is_part:
        return f"M{number(x - 4)} {number(y)}h3l4 -4m-4 4l4 4"
    if layer is not None and not layer.is_elementwise:
        return f"M{number(x - 4)} {number(y - 4)}v8m4 -8v8m4 -8v8"
    return f"M{number(x - 4)} {number(y)}h8m-4 -4v8"


def draw_label(picture: Picture, box: Box, y: float) -> None:
    """Write the lines of a label, from this top down, around the middle of the box."""
    if not box.has_label:
        return
    faded = " faded" if box.item.state in _UNSURE else ""
    baseline = y + 10
    for text, classes, size in box.lines:
        picture.text(box.middle, baseline, text, classes + faded, size)
        baseline += SUB_LINE if size >= HEAD_SIZE else LINE
