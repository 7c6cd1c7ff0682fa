"""Two patterns as one: what only one of them has becomes optional."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from cnn_shapes.importing.folding.items import (
    MISSING,
    PARALLEL,
    PREV,
    PREVIOUS_END,
    REPEAT,
    RESIDUAL,
    PatternNode,
    Reference,
)
from cnn_shapes.importing.folding.patterns import ADD_IF, SHORTCUT_FIRST, filled, skeleton
from cnn_shapes.importing.folding.structures import LAYERS, SHORTCUT

_MOST_OPTIONS = 4


def merged(
    one: list[PatternNode], other: list[PatternNode], options: bool = True
) -> list[PatternNode] | None:
    """One pattern of two, the groups of the first before those of the second; None where they differ.

    With `options`, what only one of them has becomes optional, where what is after it reads just that.
    """
    merge = _Merge(_size(one), _size(other), options)
    nodes = merge.lists(one, other)
    if nodes is None or merge.options > _MOST_OPTIONS or not _mostly_common(nodes):
        return None
    return nodes if merge.reads_agree() else None


def _mostly_common(nodes: list[PatternNode]) -> bool:
    """Whether more layers are in all groups than are in some."""
    leaves = [one for node in nodes for one in node.everything() if not one.lists]
    return 2 * sum(all(one.present) for one in leaves) >= len(leaves)


def _size(nodes: list[PatternNode]) -> int:
    return len(nodes[0].present) if nodes else 1


class _Merge:
    def __init__(self, ones: int, others: int, may_have_options: bool) -> None:
        self.ones, self.others = ones, others
        self.may_have_options = may_have_options
        self.options = 0
        self.of: dict[int, PatternNode] = {}  # the merged node of a node of either
        self.pairs: list[tuple[PatternNode, PatternNode | None, PatternNode | None]] = []

    def lists(self, one: list[PatternNode], other: list[PatternNode]) -> list[PatternNode] | None:
        """The merged list, in which as many nodes as can be are those of both."""
        ways = self._ways(one, other)
        for before, after in pairwise(ways):
            if (before[1] is None) is not (after[1] is None) and None in before and None in after:
                return None  # either the one or the other: these are two blocks
        nodes: list[PatternNode] = []
        for mine, its in ways:
            if mine is not None and its is not None:
                node = self._both(mine, its)
            else:
                node = self._option(mine, its)
            if node is None:
                return None
            nodes.append(node)
        if (one or other) and not any(mine is not None and its is not None for mine, its in ways):
            # a shortcut or a branch may be there or not; of two that are, something must be alike
            return nodes if not (one and other) else None
        return nodes

    def _ways(
        self, one: list[PatternNode], other: list[PatternNode]
    ) -> list[tuple[PatternNode | None, PatternNode | None]]:
        """Pairs of a longest common subsequence, the rest with None."""
        rows, columns = len(one), len(other)
        alike = [[self._alike(mine, its) for its in other] for mine in one]
        best = [[0] * (columns + 1) for _ in range(rows + 1)]
        for row in range(rows - 1, -1, -1):
            for column in range(columns - 1, -1, -1):
                both = alike[row][column] + best[row + 1][column + 1] if alike[row][column] else 0
                best[row][column] = max(both, best[row + 1][column], best[row][column + 1])
        ways: list[tuple[PatternNode | None, PatternNode | None]] = []
        row = column = 0
        while row < rows or column < columns:
            here = best[row][column]
            may = alike[row][column] if row < rows and column < columns else 0
            if may and here == may + best[row + 1][column + 1]:
                ways.append((one[row], other[column]))
                row, column = row + 1, column + 1
            elif row < rows and (column == columns or here == best[row + 1][column]):
                ways.append((one[row], None))
                row += 1
            else:
                ways.append((None, other[column]))
                column += 1
        return ways

    def _alike(self, mine: PatternNode, its: PatternNode) -> int:
        """How well two nodes go together: 0 not at all."""
        if mine.kind != its.kind or mine.block is not its.block or mine.outputs != its.outputs:
            return 0
        if {**mine.fixed, SHORTCUT_FIRST: 0} != {**its.fixed, SHORTCUT_FIRST: 0}:
            return 0
        if len(mine.inputs) != len(its.inputs) or mine.references.keys() != its.references.keys():
            return 0
        if mine.kind == PARALLEL and mine.lists.keys() != its.lists.keys():
            return 0
        if mine.kind == REPEAT and skeleton(mine.lists[LAYERS]) != skeleton(its.lists[LAYERS]):
            return 0
        same: int = sum(
            mine.columns[name][0] == its.columns[name][0] for name in mine.columns if name in its.columns
        )
        return 100 + 10 * (mine.columns.keys() == its.columns.keys()) + min(9, same)

    def _both(self, mine: PatternNode, its: PatternNode) -> PatternNode | None:
        lists = {}
        for label in {**mine.lists, **its.lists}:
            inside = self.lists(mine.lists.get(label, []), its.lists.get(label, []))
            if inside is None:
                return None
            lists[label] = inside
        names = {**mine.columns, **its.columns}
        columns = {name: [*filled(mine, name), *filled(its, name)] for name in names}
        fixed = {**its.fixed, **mine.fixed}
        node = PatternNode(
            *(mine.kind, mine.block, columns, fixed, mine.inputs, mine.outputs, lists),
            [*mine.present, *its.present],
            mine.path,
            mine.title,
            mine.references,
            mine.values,
        )
        return self._paired(node, mine, its)

    def _option(self, mine: PatternNode | None, its: PatternNode | None) -> PatternNode | None:
        node = mine or its
        assert node is not None
        self.options += 1
        if not self.may_have_options or node.inputs != [PREV] or node.outputs != 1 or node.references:
            return None
        return self._padded(node, mine is not None)

    def _padded(self, node: PatternNode, is_mine: bool) -> PatternNode:
        """A node of one of them, with holes for the groups of the other."""
        lists = {
            label: [self._padded(inside, is_mine) for inside in nodes] for label, nodes in node.lists.items()
        }
        holes: list[Any] = [MISSING] * (self.others if is_mine else self.ones)
        absent = [False] * len(holes)
        columns = {
            name: [*column, *holes] if is_mine else [*holes, *column] for name, column in node.columns.items()
        }
        made = PatternNode(
            *(node.kind, node.block, columns, node.fixed, node.inputs, node.outputs, lists),
            [*node.present, *absent] if is_mine else [*absent, *node.present],
            node.path,
            node.title,
            node.references,
            node.values,
        )
        return self._paired(made, node if is_mine else None, None if is_mine else node)

    def _paired(self, node: PatternNode, mine: PatternNode | None, its: PatternNode | None) -> PatternNode:
        for one in (mine, its):
            if one is not None:
                self.of[id(one)] = node
        self.pairs.append((node, mine, its))
        return node

    def reads_agree(self) -> bool:
        """Whether both read the same where they are merged; what is read is then that of the merged list."""
        for node, mine, its in self.pairs:
            read = [
                [self._moved(one) for one in (*source.inputs, *source.references.values())]
                for source in (mine, its)
                if source is not None
            ]
            if len(read) == 2 and read[0] != read[1]:
                return False
            count = len(node.inputs)
            node.inputs = read[0][:count]
            node.references = dict(zip(node.references, read[0][count:], strict=True))
        optional = {id(node) for node, mine, its in self.pairs if mine is None or its is None}
        inner = {id(inside) for node, *_ in self.pairs for inside in node.everything() if inside is not node}
        return not any(
            reference[0] == "node" and id(reference[1]) in optional - inner
            for node, *_ in self.pairs
            for reference in (*node.inputs, *node.references.values())
        )

    def _moved(self, reference: Reference) -> Reference:
        if reference[0] != "node":
            return reference
        return ("node", self.of.get(id(reference[1]), reference[1]), reference[2])


def with_add_if(nodes: list[PatternNode]) -> list[PatternNode] | None:
    """A list as the main way of a residual that adds nothing: how it is written where others add."""
    if not nodes or (len(nodes) == 1 and nodes[0].kind == RESIDUAL):
        return None
    if any(("input", 0) in node.inputs for node in nodes):
        return None
    count = len(nodes[0].present)
    return [
        PatternNode(
            *(RESIDUAL, None, {ADD_IF: [False] * count}, {}, [PREV], 1, {LAYERS: nodes, SHORTCUT: []}),
            [True] * count,
            "",
            values=[nodes[PREVIOUS_END].values[0]],
        )
    ]
