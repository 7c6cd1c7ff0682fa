"""What several groups of layers have in common: one list of nodes, with a column of values for each field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnn_shapes.importing.folding.items import CALL, PREVIOUS_END, REFERENCES, REPEAT, RESIDUAL, Item
from cnn_shapes.importing.folding.structures import LAYERS, SHORTCUT
from cnn_shapes.layers import KINDS

if TYPE_CHECKING:
    from cnn_shapes.importing.folding.blocks import Block


class Missing:
    """The value of a field in a group that has not this layer: any value is as right."""

    def __repr__(self) -> str:
        return "-"


MISSING = Missing()
REST = "@rest"  # after an argument's name: its value in all passes but the first
TIMES = "times"
ADD_IF, SHORTCUT_FIRST = "add_if", "shortcut_first"
_MOST_OPTIONS = 4
_VARYING_WORDS = ("activation", "norm", "padding")
Reference = tuple[Any, ...]  # ("prev",), ("input", number) or ("node", a node, the number of its output)
PREV: Reference = ("prev",)
Column = list[Any]


@dataclass(slots=True, eq=False)
class Node:
    """An item of a pattern. `columns` have one value for each group, and `present` whether it has the item.

    `texts` are what is written for each column, `condition` for `present` where that differs.
    """

    kind: str
    block: Block | None
    columns: dict[str, Column]
    fixed: dict[str, Any]
    inputs: list[Reference]
    outputs: int
    lists: dict[str, list[Node]]
    present: list[bool]
    path: str
    references: dict[str, Reference] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)  # the names of its outputs in the first group
    texts: dict[str, str] = field(default_factory=dict)
    condition: str = ""

    def everything(self) -> Iterator[Node]:
        yield self
        for nodes in self.lists.values():
            for node in nodes:
                yield from node.everything()

    @property
    def previous(self) -> int:
        """Which of its outputs `prev` means after it."""
        return self.outputs - 1 if self.kind == "split" else 0


class NotSaid(Exception):
    """A list that reads a value which cannot be named where it is."""


def pattern_of(items: Sequence[Item], inputs: Sequence[str]) -> tuple[list[Node], dict[str, Reference]]:
    """The pattern of one group, and what each value is called in it. Raises `NotSaid`."""
    known: dict[str, Reference] = {value: ("input", number) for number, value in enumerate(inputs)}
    return _nodes(items, inputs[0], known), known


def _nodes(items: Sequence[Item], begin: str, known: dict[str, Reference]) -> list[Node]:
    nodes = []
    before = begin
    for item in items:
        node = _node(item, before, known)
        nodes.append(node)
        known |= {value: ("node", node, number) for number, value in enumerate(item.outputs)}
        before = item.previous
    return nodes


def _node(item: Item, before: str, known: dict[str, Reference]) -> Node:
    def read(value: str, may_be_prev: bool = True) -> Reference:
        if value == before and may_be_prev:
            return PREV
        if value not in known:
            raise NotSaid(value)
        return known[value]

    inputs = [read(value) for value in item.inputs]
    references = {
        name: read(item.fields[name], may_be_prev=name == "like")
        for name in REFERENCES
        if name in item.fields
    }
    columns, fixed = {}, {}
    for name, value in item.fields.items():
        if name not in REFERENCES:
            (columns if _varies(item.kind, name, value) else fixed)[name] = value
    # what is inside of a structure is seen by nobody after it
    lists = {label: _nodes(inside, item.inputs[0], dict(known)) for label, inside in item.lists.items()}
    return Node(
        item.kind,
        item.block,
        {name: [value] for name, value in columns.items()},
        fixed,
        inputs,
        len(item.outputs),
        lists,
        [True],
        item.path,
        references,
        list(item.outputs),
    )


def _varies(kind: str, name: str, value: Any) -> bool:
    if name == SHORTCUT_FIRST:
        return False
    if isinstance(value, list):
        return all(isinstance(one, int | float) or one is None for one in value)
    return isinstance(value, int | float) or name in _VARYING_WORDS or kind == CALL


def default_of(node: Node, name: str) -> Any:
    """What a field that is not written means: its plain value; of a pool's stride that is another field."""
    if node.kind == CALL:
        return MISSING
    if name == TIMES:
        return 1
    if name == ADD_IF:
        return True
    if name == "activation" or name == "norm":
        return "none"
    kind = KINDS.get(node.kind)
    if kind is None or name not in kind.fields:
        return MISSING
    if name == "stride" and kind.is_pool:
        return node.columns["kernel_size"]
    return kind.fields[name].default


def filled(node: Node, name: str) -> Column:
    """A column of a node, that of a field which is not written filled with what that means."""
    if name in node.columns:
        return node.columns[name]
    default = default_of(node, name)
    if isinstance(default, list):
        return [value if here else MISSING for value, here in zip(default, node.present, strict=True)]
    return [default if here else MISSING for here in node.present]


def skeleton(nodes: Iterable[Node], numbers: dict[int, int] | None = None) -> tuple[Any, ...]:
    """All of a pattern but its columns: groups with equal ones are told apart by numbers alone."""
    numbers = {} if numbers is None else numbers
    made = []
    for node in nodes:
        references = [*node.inputs, *node.references.values()]
        made.append(
            (
                node.kind,
                id(node.block) if node.block else 0,
                repr(sorted(node.fixed.items(), key=lambda one: one[0])),
                tuple(_placed(reference, numbers) for reference in references),
                node.outputs,
                tuple((label, skeleton(inside, numbers)) for label, inside in node.lists.items()),
            )
        )
        numbers[id(node)] = len(numbers)
    return tuple(made)


def _placed(reference: Reference, numbers: dict[int, int]) -> Reference:
    if reference[0] != "node":
        return reference
    return ("node", numbers.get(id(reference[1]), -1), reference[2])


Same = dict[int, Node]


def merged(one: list[Node], other: list[Node], options: bool = True) -> list[Node] | None:
    """One pattern of two, the groups of the first before those of the second; None where they differ.

    With `options`, what only one of them has becomes optional, where what is after it reads just that.
    """
    merge = _Merge(_size(one), _size(other), options)
    nodes = merge.lists(one, other)
    if nodes is None or merge.options > _MOST_OPTIONS or not _mostly_common(nodes):
        return None
    return nodes if merge.reads_agree() else None


def _mostly_common(nodes: list[Node]) -> bool:
    """Whether more layers are in all groups than are in some."""
    leaves = [one for node in nodes for one in node.everything() if not one.lists]
    return 2 * sum(all(one.present) for one in leaves) >= len(leaves)


def _size(nodes: list[Node]) -> int:
    return len(nodes[0].present) if nodes else 1


class _Merge:
    def __init__(self, ones: int, others: int, may_have_options: bool) -> None:
        self.ones, self.others = ones, others
        self.may_have_options = may_have_options
        self.options = 0
        self.of: dict[int, Node] = {}  # the merged node of a node of either
        self.pairs: list[tuple[Node, Node | None, Node | None]] = []

    def lists(self, one: list[Node], other: list[Node]) -> list[Node] | None:
        """The merged list, in which as many nodes as can be are those of both."""
        ways = self._ways(one, other)
        nodes: list[Node] = []
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

    def _ways(self, one: list[Node], other: list[Node]) -> list[tuple[Node | None, Node | None]]:
        """Pairs of a longest common subsequence, the rest with None."""
        rows, columns = len(one), len(other)
        alike = [[self._alike(mine, its) for its in other] for mine in one]
        best = [[0] * (columns + 1) for _ in range(rows + 1)]
        for row in range(rows - 1, -1, -1):
            for column in range(columns - 1, -1, -1):
                both = alike[row][column] + best[row + 1][column + 1] if alike[row][column] else 0
                best[row][column] = max(both, best[row + 1][column], best[row][column + 1])
        ways: list[tuple[Node | None, Node | None]] = []
        row = column = 0
        while row < rows or column < columns:
            here = best[row][column]
            if row < rows and column < columns and alike[row][column]:
                if here == alike[row][column] + best[row + 1][column + 1]:
                    ways.append((one[row], other[column]))
                    row, column = row + 1, column + 1
                    continue
            if row < rows and (column == columns or here == best[row + 1][column]):
                ways.append((one[row], None))
                row += 1
            else:
                ways.append((None, other[column]))
                column += 1
        return ways

    def _alike(self, mine: Node, its: Node) -> int:
        """How well two nodes go together: 0 not at all."""
        if mine.kind != its.kind or mine.block is not its.block or mine.outputs != its.outputs:
            return 0
        if {**mine.fixed, SHORTCUT_FIRST: 0} != {**its.fixed, SHORTCUT_FIRST: 0}:
            return 0
        if len(mine.inputs) != len(its.inputs) or mine.references.keys() != its.references.keys():
            return 0
        if mine.kind == "parallel" and mine.lists.keys() != its.lists.keys():
            return 0
        if mine.kind == REPEAT and skeleton(mine.lists[LAYERS]) != skeleton(its.lists[LAYERS]):
            return 0
        same = sum(
            mine.columns[name][0] == its.columns[name][0] for name in mine.columns if name in its.columns
        )
        return 100 + 10 * (mine.columns.keys() == its.columns.keys()) + min(9, same)

    def _both(self, mine: Node, its: Node) -> Node | None:
        lists = {}
        for label in {**mine.lists, **its.lists}:
            inside = self.lists(mine.lists.get(label, []), its.lists.get(label, []))
            if inside is None:
                return None
            lists[label] = inside
        names = {**mine.columns, **its.columns}
        columns = {name: [*filled(mine, name), *filled(its, name)] for name in names}
        fixed = {**its.fixed, **mine.fixed}
        node = Node(
            *(mine.kind, mine.block, columns, fixed, mine.inputs, mine.outputs, lists),
            [*mine.present, *its.present],
            mine.path,
            mine.references,
            mine.values,
        )
        return self._paired(node, mine, its)

    def _option(self, mine: Node | None, its: Node | None) -> Node | None:
        node = mine or its
        assert node is not None
        self.options += 1
        if not self.may_have_options or node.inputs != [PREV] or node.outputs != 1 or node.references:
            return None
        return self._padded(node, mine is not None)

    def _padded(self, node: Node, is_mine: bool) -> Node:
        """A node of one of them, with holes for the groups of the other."""
        lists = {
            label: [self._padded(inside, is_mine) for inside in nodes] for label, nodes in node.lists.items()
        }
        holes: list[Any] = [MISSING] * (self.others if is_mine else self.ones)
        absent = [False] * len(holes)
        columns = {
            name: [*column, *holes] if is_mine else [*holes, *column] for name, column in node.columns.items()
        }
        made = Node(
            *(node.kind, node.block, columns, node.fixed, node.inputs, node.outputs, lists),
            [*node.present, *absent] if is_mine else [*absent, *node.present],
            node.path,
            node.references,
            node.values,
        )
        return self._paired(made, node if is_mine else None, None if is_mine else node)

    def _paired(self, node: Node, mine: Node | None, its: Node | None) -> Node:
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


def with_add_if(nodes: list[Node]) -> list[Node] | None:
    """A list as the main way of a residual that adds nothing: how it is written where others add."""
    if not nodes or (len(nodes) == 1 and nodes[0].kind == RESIDUAL):
        return None
    if any(("input", 0) in node.inputs for node in nodes):
        return None
    count = len(nodes[0].present)
    return [
        Node(
            *(RESIDUAL, None, {ADD_IF: [False] * count}, {}, [PREV], 1, {LAYERS: nodes, SHORTCUT: []}),
            [True] * count,
            "",
            values=[nodes[PREVIOUS_END].values[0]],
        )
    ]
