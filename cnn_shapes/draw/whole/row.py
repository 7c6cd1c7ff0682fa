"""A network whose layers follow one another: boxes in a row, pools before what they read, skips above."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from cnn_shapes.draw.kit import arrows
from cnn_shapes.draw.kit.svg import Picture
from cnn_shapes.draw.whole import boxes
from cnn_shapes.draw.whole.boxes import Box

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

MOST_SKIPS = 8
_GAP, _TUCKED = 24.0, 9.0  # before a box, and before a pool that stands in front of what it reads
_BETWEEN_LABELS = 11.0
_TO_LABEL = 5.0
_BESIDE, _CLEAR = 8.0, 3.0  # from where on a box is beside a label, and then the room between them
_TRACK = 12.0  # between skips one above the other
Links = Sequence[tuple[Box, Box, str]]


def fits(row: Sequence[Box], links: Links) -> bool:
    """Whether each box reads the one before it, and few read others too."""
    after = {(id(one), id(two)) for one, two in pairwise(row)}
    steps = {(id(source), id(target)) for source, target, _ in links}
    return after <= steps and len(steps) - len(after) <= MOST_SKIPS


def draw(picture: Picture, row: Sequence[Box], links: Links, report: CheckResult) -> None:
    """Place and draw it all around the height 0."""
    order = {id(box): place for place, box in enumerate(row)}
    skips = [link for link in links if order[id(link[1])] != order[id(link[0])] + 1]
    _place(row, {id(box) for source, target, _ in skips for box in (source, target)})
    labels = {id(box): _label_top(box, row) for box in row}
    for source, target, title in links:
        if (source, target, title) not in skips and target.x - source.right > 4:
            arrows.draw(picture, [(source.right, 0), (target.x - 1, 0)], title)
    for box in row:
        boxes.draw(picture, box, report)
    for box in row:
        boxes.draw_label(picture, box, labels[id(box)])
    _draw_skips(picture, row, skips, labels, order)


def _place(row: Sequence[Box], ends_of_skips: set[int]) -> None:
    """Give each box its place from left to right, so that labels on one side do not meet.

    Where a skip begins or ends, the label is below: the skip comes from above.
    """
    ends = {False: float("-inf"), True: float("-inf")}
    labelled: dict[bool, Box] = {}
    before: Box | None = None
    for box in row:
        shape = box.item.output
        is_map = shape is not None and shape.rank > 0
        held = before is not None and before.item.output is not None and before.item.output.rank > 0
        pools = box.item.family == "pool" and is_map and held
        tucked = pools and before is not None and box.top > before.top and box.item.state == "ok"
        box.label_above = (pools or box.item.state == "error") and id(box) not in ends_of_skips
        if before is None:
            box.x = 0
        elif tucked:
            box.x = before.x + before.front + _TUCKED
        else:
            box.x = before.right + _GAP
        left = box.middle - box.label_width / 2
        box.x += max(0.0, ends[box.label_above] + _BETWEEN_LABELS - left)
        # a label that meets a larger box would have to go far away from its own
        if not tucked and before is not None and _reaches_past(before, box, box.label_above):
            box.x += max(0.0, before.right + _CLEAR - box.middle + box.label_width / 2)
        for above, other in labelled.items():
            if _reaches_past(box, other, above):
                box.x += max(0.0, ends[above] + _CLEAR - box.x)
        labelled[box.label_above] = box
        ends[box.label_above] = box.middle + box.label_width / 2
        if box.item.state == "error":  # its line to what is said of it goes straight down
            box.x += max(0.0, ends[False] + _BETWEEN_LABELS - box.x - box.front / 2)
            ends[True] = box.middle + box.label_width / 2
            ends[False] = box.x + box.front / 2
        before = box


def _reaches_past(box: Box, other: Box, above: bool) -> bool:
    """Whether a box is so much larger than another that it is beside the label of that one."""
    return box.top < other.top - _BESIDE if above else box.bottom > other.bottom + _BESIDE


def _label_top(box: Box, row: Sequence[Box]) -> float:
    """Where a label begins: close to its box, and clear of all boxes that it is wide enough to meet."""
    left, right = box.middle - box.label_width / 2 - 2, box.middle + box.label_width / 2 + 2
    near = [other for other in row if other.x < right and other.right > left]
    if box.label_above:
        return (
            min(other.top - (4 if other.item.state == "error" else 0) for other in near)
            - box.label_height
            - 2
        )
    return max(other.bottom + (4 if other.item.state == "error" else 0) for other in near) + _TO_LABEL


def _draw_skips(
    picture: Picture, row: Sequence[Box], skips: Links, labels: dict[int, float], order: dict[int, int]
) -> None:
    """Arcs above all that they go over, the short ones lowest."""
    tops: list[tuple[int, int, float]] = []  # of those drawn: from, to, height
    for source, target, title in sorted(skips, key=lambda link: order[id(link[1])] - order[id(link[0])]):
        first, last = order[id(source)], order[id(target)]
        under = row[first : last + 1]
        heights = [box.top - 8 for box in under]
        heights += [labels[id(box)] - 4 for box in under if box.label_above]
        heights += [height - _TRACK for start, end, height in tops if start <= last and end >= first]
        height = min(heights) - 6
        tops.append((first, last, height))
        apart = boxes.RADIUS / 2  # of what comes in at a sign and what goes out of it
        out = source.x + source.front / 2 + (source.across or apart)
        into = target.x + target.front / 2 + (target.across / 2 or -apart)
        points = [(out, source.top), (out, height), (into, height), (into, target.top - 1)]
        arrows.draw(picture, points, title, arrows.SKIP)
