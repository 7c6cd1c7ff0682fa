"""Spans of a text that hold each other: which layer, or which value, is around a place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import Map, Scalar, Span, TreeNode

_LAYER, _LIST, _LISTS = 1, 2, 3  # an item of each is the one before
_HOLD = {
    "layers": _LIST,
    **{
        name: _LISTS if name in structure.nested else _LIST
        for structure in STRUCTURES.values()
        for name in structure.lists
    },
    **{kind: _LIST for kind, structure in STRUCTURES.items() if structure.shorthand is not None},
}


class Nested:
    """Spans that hold each other or lie apart; the smallest around a place is found without a search."""

    def __init__(self, spans: list[Span]) -> None:
        self.spans = sorted(spans, key=lambda span: (span.start, -span.end))
        self.starts = [span.start for span in self.spans]
        self.parents: list[int] = []
        open_ones: list[int] = []
        for number, span in enumerate(self.spans):
            while open_ones and self.spans[open_ones[-1]].end <= span.start:
                open_ones.pop()
            self.parents.append(open_ones[-1] if open_ones else -1)
            open_ones.append(number)

    def around(self, offset: int, last: int | None = None) -> Span | None:
        """The smallest span that holds a place; with `last`, one that reaches from `offset` to there."""
        number = bisect_right(self.starts, offset if last is None else last) - 1
        while number >= 0 and self.spans[number].end <= offset:
            number = self.parents[number]
        return self.spans[number] if number >= 0 else None


def nodes_of(root: TreeNode) -> Iterator[tuple[TreeNode, bool]]:
    """Every node once, keys too, and whether it is a layer. What several aliases refer to is one node."""
    waiting: list[tuple[TreeNode, int]] = [(root, 0)]
    seen: set[int] = set()
    while waiting:
        node, level = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node, level == _LAYER
        if isinstance(node, Map):
            for key, value in node.pairs:
                inside = _LIST if level == _LISTS else _HOLD.get(key.text, 0)
                waiting += [(key, 0), (value, inside)]
        elif not isinstance(node, Scalar):
            waiting += [(item, max(level - 1, 0)) for item in node.items]
