"""What the table of a network shows, before it is drawn: a row for each written layer, blocks as groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape, format_sizes, render
from cnn_shapes.formats.parts.text import plural
from cnn_shapes.network import ASSUMED, OK, Group, Node

if TYPE_CHECKING:
    from cnn_shapes.trace import Step, Trace

STATES = ("ok", "assumed", "unreached", "error")  # best to worst
READABLE, MOST = 100, 1000  # rows: what a person takes in, and what a table may have at all


class Row:
    """One line of the table. `depth`: how many groups are open around it; `layers`: how many a group has."""

    __slots__ = (
        "depth",
        "index",
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
        self.output = self.receptive_field = self.why = ""
        self.params: int | None = None
        self.macs: int | None = None
        self.state = "ok"
        self.layers = 0


class Layer:
    """A written layer: its step, and those of the norm and activation that are written on it."""

    __slots__ = ("entry", "index", "prefix", "steps")

    def __init__(self, step: Step) -> None:
        self.steps = [step]
        self.entry = step.node.entry
        self.index = ""
        self.prefix = ""


class Branch:
    """A group with what is in it. Groups that hold nothing but one another are one branch."""

    __slots__ = ("children", "entry", "groups", "index", "passes")

    def __init__(self, group: Group | None, entry: int) -> None:
        self.groups = [] if group is None else [group]
        self.entry = entry
        self.children: list[Branch | Layer] = []
        self.passes: dict[int, int] = {}
        self.index = ""


def status(node: Node) -> str:
    """`ok`, `error`, `assumed` (behind a floored size) or `unreached` (behind an unknown one)."""
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
    if node.layer is None or len(known) < len(node.inputs) or not known:
        return ""
    if node.error is not None and node.error.floored is None:
        return ""
    return node.layer.formula(tuple(known), node.output)


def tree(traced: Trace) -> Branch:
    """The layers of a network under the groups they were written in."""
    root = Branch(None, 0)
    branches: dict[int, Branch] = {}
    last: Layer | None = None
    for step in traced.steps:
        node = step.node
        if last is not None and node.owner is not None and node.owner is last.steps[0].node:
            last.steps.append(step)
            continue
        last = Layer(step)
        _branch_of(node.group, node.entry, branches, root).children.append(last)
    root.children = [_merged(child) for child in root.children]
    _number(root)
    return root


def _branch_of(group: Group | None, entry: int, branches: dict[int, Branch], root: Branch) -> Branch:
    missing: list[Group] = []
    while group is not None and id(group) not in branches:
        if group.kind != "split":  # the parts of a split stand side by side, as layers do
            missing.append(group)
        group = group.parent
    parent = root if group is None else branches[id(group)]
    for new in reversed(missing):
        branch = branches[id(new)] = Branch(new, entry)
        parent.children.append(branch)
        parent = branch
    return parent


def _merged(child: Branch | Layer) -> Branch | Layer:
    """A branch, one with the groups that hold nothing else; a lone layer takes the name of its block."""
    if isinstance(child, Layer):
        return child
    passes = sum(isinstance(inner, Branch) and inner.groups[0].kind == "pass" for inner in child.children)
    if passes:
        child.passes[id(child.groups[0])] = passes
    child.children = [_merged(inner) for inner in child.children]
    if len(child.children) > 1:
        return child
    (only,) = child.children
    title = title_of(child)
    if isinstance(only, Layer):
        only.prefix = f"{title}, {only.prefix}" if only.prefix else f"{title}: "
        return only
    only.groups = child.groups + only.groups
    only.passes |= child.passes
    return only


def _number(root: Branch) -> None:
    """Number the top-level entries, and the layers inside one as 7.1, 7.2."""
    together: dict[int, list[Branch | Layer]] = {}
    for child in root.children:
        together.setdefault(child.entry, []).append(child)
    for entry, children in together.items():
        for child in children:
            child.index = str(entry)
        layers = [layer for child in children for layer in _layers(child)]
        if len(layers) > 1:
            for place, layer in enumerate(layers, 1):
                layer.index = f"{entry}.{place}"


def _layers(branch: Branch | Layer) -> Iterator[Layer]:
    if isinstance(branch, Layer):
        yield branch
        return
    for child in branch.children:
        yield from _layers(child)


def title_of(branch: Branch) -> str:
    """`stage1: Stage, repeat 3x`, or `pass 0: Bottleneck, residual`."""
    title = ""
    for group in branch.groups:
        if title:
            title += ": " if title.startswith(("pass ", "branch ")) and ":" not in title else ", "
        title += _words(group, branch.passes.get(id(group), 0))
    return title


def _words(group: Group, passes: int) -> str:
    if group.kind in ("pass", "branch"):
        return f"{group.kind} {group.label}"
    if group.kind == "shortcut":
        return group.kind
    words = f"{group.kind} {passes}x" if passes else group.kind
    name = getattr(group.place, "name", None)
    return f"{name}: {words}" if name and name == group.label else words


def count_rows(branch: Branch, depth: int) -> int:
    """How many rows a branch has with `depth` levels of groups open."""
    total = 0
    for child in branch.children:
        total += 1
        if isinstance(child, Branch) and depth > 0:
            total += count_rows(child, depth - 1)
    return total


def height(branch: Branch) -> int:
    """The levels of groups in a branch."""
    return max((1 + height(child) for child in branch.children if isinstance(child, Branch)), default=0)


def fitting_depth(root: Branch, limit: int) -> int:
    """The most levels of groups that can be open in at most `limit` rows; 0 where none fits."""
    depth = 0
    deepest = height(root)
    while depth < deepest and count_rows(root, depth + 1) <= limit:
        depth += 1
    return depth


def rows(traced: Trace, root: Branch, depth: int, layout: str) -> Iterator[Row]:
    """The rows with `depth` levels of groups open."""
    return _rows(root, depth, 0, traced, layout)


def _rows(branch: Branch, depth: int, level: int, traced: Trace, layout: str) -> Iterator[Row]:
    for child in branch.children:
        if isinstance(child, Layer):
            yield _layer_row(child, level, traced, layout)
            continue
        yield _group_row(child, depth == 0, level, traced, layout)
        if depth:
            yield from _rows(child, depth - 1, level + 1, traced, layout)


def _layer_row(layer: Layer, level: int, traced: Trace, layout: str) -> Row:
    first, last = layer.steps[0], layer.steps[-1]
    row = Row(layer.index, level, layer.prefix + describe(layer))
    _add_figures(row, layer.steps, traced)
    _set_output(row, last, traced, layout)
    row.why = "" if row.state == "unreached" else why(first.node, layout)
    return row


def _group_row(branch: Branch, folded: bool, level: int, traced: Trace, layout: str) -> Row:
    layers = list(_layers(branch))
    row = Row(
        branch.index or f"{layers[0].index}-{layers[-1].index.partition('.')[2]}", level, title_of(branch)
    )
    for layer in layers:
        row.layers += 1
        _add_figures(row, layer.steps, traced)
        last = layer.steps[-1]
    _set_output(row, last, traced, layout)
    if folded:
        row.why = plural(row.layers, "layer")
        failed = sum(step.node.error is not None for layer in layers for step in layer.steps)
        if failed:
            row.why += f", {failed:,} of them wrong"
    return row


def _add_figures(row: Row, steps: list[Step], traced: Trace) -> None:
    for step in steps:
        state = status(step.node)
        if STATES.index(state) > STATES.index(row.state):
            row.state = state
        if step.params is not None:
            row.params = (row.params or 0) + step.params
        if step.macs is not None:
            row.macs = (row.macs or 0) + step.macs


def _set_output(row: Row, last: Step, traced: Trace, layout: str) -> None:
    node = last.node
    if node.output is None or not node.output.known:
        row.output = "?" if node.error is not None else "not reached"
        return
    row.output = format_shape(node.output, layout)
    if not is_blind(last):
        row.receptive_field = format_sizes(traced.receptive_field(last))


def describe(layer: Layer) -> str:
    """`conv1: conv 5x5, 32 + batch + relu`: a written layer, its telling fields, what is behind it."""
    node = layer.steps[0].node
    text = node.kind if node.layer is None else node.layer.describe()
    text = " + ".join([text, *(_behind(step.node, layer) for step in layer.steps[1:])])
    name = getattr(node.place, "name", None)
    return f"{name}: {text}" if name and node.name.rpartition(".")[2] == name else text


def _behind(node: Node, layer: Layer) -> str:
    part = node.name.rpartition(".")[2]
    word = getattr(layer.steps[0].node.layer, part, node.kind)
    return str(word)


def why(node: Node, layout: str) -> str:
    """How a node's size comes about, or why it does not."""
    text = formula(node)
    error = node.error
    if error is None or (error.rule in ("size-not-whole", "pool-not-divisible") and text):
        return text
    pointer = render(error.pointer, error.facts, layout)
    return pointer or error.rule
