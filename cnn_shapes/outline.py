"""The written layers of a network under their blocks: the rows of its table, and the boxes of its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape, format_sizes, render
from cnn_shapes.network import ASSUMED, OK, Group, Network, Node, numbered
from cnn_shapes.shapes import NOT_WHOLE
from cnn_shapes.shown_text import plural
from cnn_shapes.words import say

if TYPE_CHECKING:
    from cnn_shapes.trace import Step, Trace

STATES = ("ok", "assumed", "unreached", "error")  # best to worst
READABLE, MOST = 100, 1000  # rows: what a person takes in, and what a table may have at all


class TableRow:
    """One line of the table. `depth`: how many groups are open around it; `layers`: how many a group has.

    `elements` are the values that its layers put out, for one sample.
    """

    __slots__ = (
        "depth",
        "elements",
        "index",
        "input",
        "layers",
        "macs",
        "output",
        "params",
        "receptive_field",
        "state",
        "text",
        "why",
    )

    def __init__(self, index: str, depth: int, text: str) -> None:
        self.index, self.depth, self.text = index, depth, text
        self.input = self.output = self.receptive_field = self.why = ""
        self.params: int | None = None
        self.macs: int | None = None
        self.elements: int | None = None
        self.state = "ok"
        self.layers = 0


class TableLayer:
    """A written layer: its step, and those of the norm and activation that are written on it."""

    __slots__ = ("entry", "index", "prefix", "steps")
    is_pass = False
    height = 0

    def __init__(self, step: Step) -> None:
        self.steps = [step]
        self.entry = step.node.entry
        self.index = ""
        self.prefix = ""

    def layers(self) -> Iterator[TableLayer]:
        yield self

    def merged(self) -> TableLayer:
        return self

    def merged_into(self, outer: TableGroup) -> TableGroup | TableLayer:
        """A lone layer takes the name of its block, unless something else comes out of that."""
        if _output_of(outer, self.steps[-1].node) is not self.steps[-1].node:
            return outer
        self.prefix = (
            say("{title}, {words}", title=outer.title(), words=self.prefix)
            if self.prefix
            else say("{title}: ", title=outer.title())
        )
        return self

    def count_rows(self, depth: int) -> int:
        return 1

    def rows(self, depth: int, level: int, traced: Trace, layout: str) -> Iterator[TableRow]:
        yield _layer_row(self, level, traced, layout)


class TableGroup:
    """A group with what is in it. Groups that hold nothing but one another are one.

    `output` is what comes out of it, where that is known. `passes` counts those of the repeats among the
    groups, by their identity.
    """

    __slots__ = ("children", "entry", "groups", "index", "output", "passes")

    def __init__(self, group: Group | None, entry: int, output: Node | None = None) -> None:
        self.groups = [] if group is None else [group]
        self.entry, self.output = entry, output
        self.children: list[TableGroup | TableLayer] = []
        self.passes: dict[int, int] = {}
        self.index = ""

    @property
    def is_pass(self) -> bool:
        return self.groups[0].kind == "pass"

    @property
    def height(self) -> int:
        """The levels of groups, this one counted."""
        return 1 + max(child.height for child in self.children)

    def layers(self) -> Iterator[TableLayer]:
        for child in self.children:
            yield from child.layers()

    def merged(self) -> TableGroup | TableLayer:
        """This group with those that hold nothing else; or the one layer that is all there is in it."""
        passes = sum(child.is_pass for child in self.children)
        if passes:
            self.passes[id(self.groups[0])] = passes
        self.children = [child.merged() for child in self.children]
        return self if len(self.children) > 1 else self.children[0].merged_into(self)

    def merged_into(self, outer: TableGroup) -> TableGroup:
        self.groups, self.output = outer.groups + self.groups, outer.output
        self.passes |= outer.passes
        return self

    def count_rows(self, depth: int) -> int:
        """How many rows it has, its own counted, with `depth` levels of groups open."""
        return 1 + (sum(child.count_rows(depth - 1) for child in self.children) if depth > 0 else 0)

    def rows(self, depth: int, level: int, traced: Trace, layout: str) -> Iterator[TableRow]:
        yield _group_row(self, depth == 0, level, traced, layout)
        if depth:
            for child in self.children:
                yield from child.rows(depth - 1, level + 1, traced, layout)

    def title(self) -> str:
        """`stage1: Stage, repeat 3x`, or `pass 0: Bottleneck, residual`."""
        title = ""
        for group in self.groups:
            words = _words(group, self.passes.get(id(group), 0))
            is_head = title.startswith(("pass ", "branch ")) and ":" not in title
            if title:
                words = say("{title}: {words}" if is_head else "{title}, {words}", title=title, words=words)
            title = words
        return title


def status(node: Node) -> str:
    """`ok`, `error`, `assumed` (after a floored size) or `unreached` (after an unknown one)."""
    if node.error is not None:
        return "error"
    return "ok" if node.state == OK else "assumed" if node.state == ASSUMED else "unreached"


def is_blind(step: Step) -> bool:
    """Whether it is unknown what a step sees; one that is reached and has no views sees the whole input."""
    node = step.node
    unknown = node.output is None or not node.output.known or status(node) == "unreached"
    return step.views is None and (unknown or node.layer is None)


def formula(node: Node) -> str:
    """The arithmetic of a node's output size; empty where there is none, or where an input is unknown."""
    known = [shape for shape in node.input_shapes if shape is not None and shape.known]
    if node.layer is None or len(known) < len(node.reads) or not known:
        return ""
    if node.error is not None and node.error.floored is None:
        return ""
    return node.layer.formula(tuple(known), node.output)


def tree(traced: Trace) -> TableGroup:
    """The layers of a network under the groups they were written in."""
    root = TableGroup(None, 0)
    known: dict[int, TableGroup] = {}
    last: TableLayer | None = None
    for step in traced.steps:
        node = step.node
        if last is not None and node.owner is not None and node.owner is last.steps[0].node:
            last.steps.append(step)
            continue
        last = TableLayer(step)
        _table_group_of(node, traced.network, known, root).children.append(last)
    root.children = [child.merged() for child in root.children]
    for child in root.children:
        child.index = str(child.entry)
    numbers = {nodes[0].index: number for number, nodes in numbered(traced.network.layers).items()}
    for layer in root.layers():
        layer.index = numbers[layer.steps[0].node.index]
    return root


def _table_group_of(
    node: Node, network: Network, known: dict[int, TableGroup], root: TableGroup
) -> TableGroup:
    group = node.group
    missing: list[Group] = []
    while group is not None and id(group) not in known:
        if not group.is_split:  # the parts of a split are side by side, as layers are
            missing.append(group)
        group = group.parent
    parent = root if group is None else known[id(group)]
    for new in reversed(missing):
        child = known[id(new)] = TableGroup(new, node.entry, network.group_outputs.get(new))
        parent.children.append(child)
        parent = child
    return parent


def _words(group: Group, passes: int) -> str:
    if group.kind in ("pass", "branch"):
        return say("pass {label}" if group.kind == "pass" else "branch {label}", label=group.label)
    if group.kind == "shortcut":
        return group.kind
    words = f"{group.kind} {passes}x" if passes else group.kind
    name = getattr(group.place, "name", None)
    return f"{name}: {words}" if name and name == group.label else words


def count_rows(root: TableGroup, depth: int) -> int:
    """How many rows a network has with `depth` levels of groups open."""
    return sum(child.count_rows(depth) for child in root.children)


def deepest(root: TableGroup) -> int:
    """The levels of groups in a network."""
    return max((child.height for child in root.children), default=0)


def fitting_depth(root: TableGroup, limit: int) -> int:
    """The most levels of groups that can be open in at most `limit` rows; 0 where none fits."""
    depth = 0
    most = deepest(root)
    while depth < most and count_rows(root, depth + 1) <= limit:
        depth += 1
    return depth


def rows(traced: Trace, root: TableGroup, depth: int, layout: str) -> Iterator[TableRow]:
    """The rows with `depth` levels of groups open."""
    for child in root.children:
        yield from child.rows(depth, 0, traced, layout)


def flat_rows(traced: Trace, root: TableGroup, layout: str) -> Iterator[TableRow]:
    """A row for each written layer, whatever group it is in."""
    for layer in root.layers():
        yield _layer_row(layer, 0, traced, layout)


def _layer_row(layer: TableLayer, level: int, traced: Trace, layout: str) -> TableRow:
    first, last = layer.steps[0], layer.steps[-1]
    row = TableRow(layer.index, level, _prefixed(layer.prefix, describe(layer, traced.network.shown)))
    row.input = _input_of(first, layout)
    _add_figures(row, layer.steps, traced)
    _set_output(row, last, traced, layout)
    row.why = "" if row.state == "unreached" else why(first.node, layout)
    return row


def _prefixed(prefix: str, text: str) -> str:
    return say("{prefix}{text}", prefix=prefix, text=text) if prefix else text


def _group_row(group: TableGroup, folded: bool, level: int, traced: Trace, layout: str) -> TableRow:
    layers = list(group.layers())
    index = group.index or f"{layers[0].index}-{layers[-1].index.partition('.')[2]}"
    row = TableRow(index, level, group.title())
    row.input = _input_of(layers[0].steps[0], layout)
    for layer in layers:
        row.layers += 1
        _add_figures(row, layer.steps, traced)
    last = layers[-1].steps[-1]
    output = _output_of(group, last.node)
    _set_output(row, last if output is last.node else traced.step_of(output), traced, layout)
    if folded:
        row.why = plural(row.layers, "layer")
        failed = sum(step.node.error is not None for layer in layers for step in layer.steps)
        if failed:
            row.why = say("{layers}, {failed:,} of them wrong", layers=row.why, failed=failed)
    return row


def _add_figures(row: TableRow, steps: list[Step], traced: Trace) -> None:
    for step in steps:
        state = status(step.node)
        if STATES.index(state) > STATES.index(row.state):
            row.state = state
        if step.params is not None:
            row.params = (row.params or 0) + step.params
        if step.macs is not None:
            row.macs = (row.macs or 0) + step.macs
        output = step.node.output
        if output is not None and output.known:
            row.elements = (row.elements or 0) + prod(output)


def _input_of(step: Step, layout: str) -> str:
    """The shapes that a layer reads."""
    node = step.node
    return ", ".join(format_shape(shape, layout) for shape in node.input_shapes[: len(node.inputs)])


def _output_of(group: TableGroup, last: Node) -> Node:
    """The node that comes out of a group: the first that it names, which need not be its last one."""
    output = group.output
    # where an unknown name stands for what comes out, or nothing does, what was last computed
    return last if output is None or (output.output is None and not output.inputs) else output


def _set_output(row: TableRow, last: Step, traced: Trace, layout: str) -> None:
    node = last.node
    if node.output is None or not node.output.known:
        row.output = "?" if node.error is not None else say("not reached")
        return
    row.output = format_shape(node.output, layout)
    if not is_blind(last):
        row.receptive_field = format_sizes(traced.receptive_field(last))


def describe(layer: TableLayer, shown: Mapping[str, str]) -> str:
    """`conv1: conv 5x5, 32 + batch + relu`: a written layer, its main fields, what is written on it."""
    node = layer.steps[0].node
    text = node.kind if node.layer is None else node.layer.describe()
    text = " + ".join([text, *(_written_on(step.node, layer) for step in layer.steps[1:])])
    if node.shares is not None:
        text = say("{layer}, weights of {name}", layer=text, name=node.shares.name)
    name = getattr(node.place, "name", None)
    name = name and shown.get(name, name)
    return (
        say("{name}: {layer}", name=name, layer=text)
        if name and f".{node.name}".endswith(f".{name}")
        else text
    )


def _written_on(node: Node, layer: TableLayer) -> str:
    part = node.name.rpartition(".")[2]
    word = getattr(layer.steps[0].node.layer, part, node.kind)
    return str(word)


def why(node: Node, layout: str) -> str:
    """How a node's size comes about, or why it does not."""
    text = formula(node)
    error = node.error
    if error is None or (error.rule in NOT_WHOLE and text):
        return text
    pointer = render(error.pointer, error.facts, layout)
    return pointer or error.rule
