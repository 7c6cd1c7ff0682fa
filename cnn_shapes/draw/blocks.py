"""The inside of a block: its layers from left to right, with every branch, skip and join."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from cnn_shapes.draw.kit import arrows
from cnn_shapes.draw.kit.svg import AUTO, Picture, number, shortened, text_width, within_limit
from cnn_shapes.draw.layered import Edge, Layout, Vertex
from cnn_shapes.draw.naming import group_of
from cnn_shapes.draw.scene import SceneItem, edges_of, inside
from cnn_shapes.draw.whole.boxes import RADIUS, sign_path
from cnn_shapes.shown_text import plural, short_number

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.outline import TableGroup

MOST_LAYERS = 22  # that are drawn one by one
_HEAD, _SUB, _SHAPE, _TAG = 11.0, 9.5, 10.5, 9.5
_EDGE, _STRIP = 11.0, 5.0  # beside the words of a node; the strip of its colour
_TAG_ROOM = 13.0
_BEND = 0.55
_PREFIX = re.compile(r"(?:[^:]*, )?(?:(shortcut)|branch (\S+)): ?$")


class _BlockVertex(Vertex):
    """An item as a vertex. `name` is what it is called inside of the block, `tag` what its branch is."""

    def __init__(self, item: SceneItem, block_name: str) -> None:
        self.item = item
        self.name = item.name.removeprefix(f"{block_name}.")
        self.is_sign = item.family == "join" and item.state != "error" and not item.is_block
        self.tag = "" if item.is_input else _tag(item)
        self.head = item.words.head
        if item.repeat > 1 and not item.is_block:
            self.head = f"{item.repeat:,} × {self.head}"
        self.sign_words = (item.words.kind or self.head).replace("_", " ")
        wide = text_width(item.text, _SHAPE, "m b")
        if self.is_sign:
            wide = max(wide, text_width(self.sign_words, _HEAD))
            super().__init__(wide + 8, 2 * (RADIUS + 15))
            return
        wide = max(wide, text_width(self.head, _HEAD), text_width(item.sub, _SUB))
        wide = max(wide, text_width(self.tag, _TAG) - _EDGE)
        self.box_height = 46.0 if item.sub else 38.0
        super().__init__(wide + 2 * _EDGE + _STRIP, self.box_height + (2 * _TAG_ROOM if self.tag else 0))


def block(report: CheckResult, name: str, *, theme: str = AUTO) -> str:
    """The block, repeat or structure of this name as SVG; of a block's own name its first call.

    Raises Undrawable for a name that means no group of layers.
    """
    group = group_of(report, name)
    return within_limit(lambda most: _block(report, group, most, theme), MOST_LAYERS)


def _block(report: CheckResult, group: TableGroup, most: int, theme: str) -> str:
    outside, items = inside(report, group, most)
    nodes = {id(item): _BlockVertex(item, group.groups[-1].name) for item in (*outside, *items)}
    edges: list[Edge] = [(nodes[id(source)], nodes[id(target)]) for source, target in edges_of(items)]
    layout = Layout([*nodes.values()], edges)
    picture = Picture()
    for source, target in edges_of(items):
        _draw_edge(picture, layout, nodes[id(source)], nodes[id(target)])
    for node in nodes.values():
        _draw_node(picture, node, report)
    title = group.title()
    picture.text(picture.left, picture.top - 12, shortened(title, 60), "t b", 12.5, "start")
    params = sum(step.params or 0 for item in items for step in item.steps)
    macs = sum(step.macs or 0 for item in items for step in item.steps)
    layers = plural(sum(len(item.layers) for item in items), "layer")
    text = f"{layers} · {params:,} parameters · {short_number(macs)} MACs"
    picture.text(picture.left, picture.bottom + 20, text, "t d", 10.5, "start")
    return picture.render(title, theme=theme)


def _tag(item: SceneItem) -> str:
    """What the branch is called that a layer is all of: `shortcut`, or the name that the user gave."""
    found = _PREFIX.match(item.layers[0].prefix) if len(item.layers) == 1 else None
    if found is None:
        return ""
    tag = found[1] or found[2] or ""
    return "" if tag.isdigit() else shortened(tag, 20)


def _draw_edge(picture: Picture, layout: Layout, source: _BlockVertex, target: _BlockVertex) -> None:
    """A smooth arrow through the dummies of an edge, level where it passes a layer."""
    way = layout.ways[source, target]
    reach = RADIUS if source.is_sign else source.width / 2
    end = target.x - (RADIUS if target.is_sign else target.width / 2) - 1
    points = [(source.x + source.layer_width / 2, source.y)]
    for dummy in way:
        points += [(dummy.x - dummy.layer_width / 2, dummy.y), (dummy.x + dummy.layer_width / 2, dummy.y)]
    points.append((target.x - target.layer_width / 2 - 3, target.y))
    data = f"M{number(source.x + reach)} {number(source.y)}H{number(points[0][0])}"
    for (x, y), (next_x, next_y) in pairwise(points):
        if abs(y - next_y) < 0.05:
            data += f"H{number(next_x)}"
            continue
        bend = (next_x - x) * _BEND
        data += f"C{number(x + bend)} {number(y)} {number(next_x - bend)} {number(next_y)}"
        data += f" {number(next_x)} {number(next_y)}"
    data += f"H{number(end - 5)}"
    classes = arrows.SKIP if way else arrows.EDGE
    picture.include(*points)
    tip = f"M{number(end)} {number(target.y)}l-6 -3v6z"
    arrows.draw_path(picture, data, tip, f"{source.name} → {target.name}", classes)


def _draw_node(picture: Picture, node: _BlockVertex, report: CheckResult) -> None:
    item = node.item
    unsure = item.state in ("assumed", "unreached")
    picture.open_group("ghost" if unsure else "", item.told(report))
    if node.is_sign:
        x, y = node.x, node.y
        picture.rectangle(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS, "join-front", RADIUS)
        picture.path(sign_path(item, x, y), "sign")
        picture.text(x, y - RADIUS - 5, node.sign_words, "t", _HEAD)
        picture.text(x, y + RADIUS + 12, item.text, "m b", _SHAPE)
    else:
        _draw_box(picture, node)
    picture.close_group()


def _draw_box(picture: Picture, node: _BlockVertex) -> None:
    item, wide, high = node.item, node.width, node.box_height
    left, top = node.x - wide / 2, node.y - high / 2
    picture.rectangle(left, top, wide, high, f"{item.family}-top", 6)
    if not item.is_input:
        strip = f"M{number(left + 6)} {number(top)}a6 6 0 0 0 -6 6v{number(high - 12)}a6 6 0 0 0 6 6z"
        picture.path(strip, f"{item.family}-side")
    if item.state == "error":
        picture.rectangle(left - 3, top - 3, wide + 6, high + 6, "err", 8)
    middle = node.x + (0 if item.is_input else _STRIP / 2)
    ink, weight = ("red-on-box", "b ") if item.state == "error" else ("k", "")
    y = top + (14.5 if item.sub else 16)
    picture.text(middle, y, node.head, f"t {weight}{ink}", _HEAD)
    if item.sub:
        y += 11.5
        picture.text(middle, y, item.sub, "t k2", _SUB)
    picture.text(middle, y + 13, item.text, f"m b {ink}", _SHAPE)
    if node.tag:
        picture.text(left + 2, top - 4.5, node.tag, "t d", _TAG, "start")
