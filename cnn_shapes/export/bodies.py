"""What is in one `forward`: statements, made of the layers under the blocks they were written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import SELF, Code, InputVariable, Many, ValueSlot, call
from cnn_shapes.export.parts import CodeBranch, CodeStatement, WriteLayer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnn_shapes.network import Group, Network, Node


def tree(network: Network, blocks: Collection[str]) -> CodeBranch:
    """The layers of a network under their groups; a group that could be a class has a height from 1."""
    root = CodeBranch(None)
    branches: dict[int, CodeBranch] = {}
    for node in network.layers:
        _branch_of(node.group, branches, root).children.append(node)
    last_use = [0] * len(network.nodes)
    for node in network.layers:
        for source in node.reads:
            last_use[source.index] = node.index
    for node in network.outputs:
        last_use[node.index] = len(network.nodes)
    _measure(root, last_use, blocks)
    root.inputs, root.results = network.inputs, network.outputs
    return root


def _branch_of(group: Group | None, branches: dict[int, CodeBranch], root: CodeBranch) -> CodeBranch:
    missing: list[Group] = []
    while group is not None and id(group) not in branches:
        if not group.is_split:  # its parts are one statement
            missing.append(group)
        group = group.parent
    parent = root if group is None else branches[id(group)]
    for new in reversed(missing):
        branch = branches[id(new)] = CodeBranch(new)
        parent.children.append(branch)
        parent = branch
    return parent


def _measure(branch: CodeBranch, last_use: list[int], blocks: Collection[str]) -> int:
    """Set the height of all that could be a class: a block or pass with inputs."""
    inside = [child for child in branch.children if isinstance(child, CodeBranch)]
    inner = max((_measure(child, last_use, blocks) for child in inside), default=0)
    group = branch.group
    if group is None or not (group.kind in blocks or group.kind == "pass"):
        return inner
    nodes = list(branch.nodes)
    first, last = nodes[0].index, nodes[-1].index
    seen: dict[int, Node] = {}
    for node in nodes:
        for source in node.reads:
            if source.index < first:
                seen.setdefault(source.index, source)
    called = {node.index: place for place, node in reversed(list(enumerate(group.inputs)))}
    branch.inputs = sorted(seen.values(), key=lambda node: called.get(node.index, len(called)))
    branch.results = [node for node in nodes if last_use[node.index] > last] or nodes[-1:]
    if not branch.inputs or _shares_in_part(nodes):
        return inner
    branch.height = inner + 1
    return branch.height


def _shares_in_part(nodes: Sequence[Node]) -> bool:
    """Whether some layers have weights from outside, and others have not: then they are not one module."""
    first = nodes[0].index
    outside = [
        node.shares is not None and node.shares.index < first
        for node in nodes
        if node.layer is not None and node.layer.has_weights
    ]
    return any(outside) and not all(outside)


def statements(branch: CodeBranch, write: WriteLayer) -> list[CodeStatement]:
    """The statements of a branch whose inner branches are classes already, where they can be."""
    prefix = "" if branch.group is None else f"{branch.group.name}."
    found: list[CodeStatement] = []
    for child in branch.children:
        if not isinstance(child, CodeBranch):
            _add_layer(child, prefix, write, found)
        elif child.definition is not None:
            found.append(_call(child, prefix))
        elif (repeated := _repeated(child, prefix)) is not None:
            found += repeated
        else:
            inside = statements(child, write)
            own = f"{child.group.name}." if child.group else ""
            for statement in inside:
                statement.label = own.removeprefix(prefix) + statement.label
            found += inside
    return found


def _add_layer(node: Node, prefix: str, write: WriteLayer, found: list[CodeStatement]) -> None:
    label = node.name.removeprefix(prefix)
    layer: Any = node.layer
    if layer.is_part and layer.position:
        found[-1].targets = (*found[-1].targets, node)
        return
    made, called = write(node)
    found.append(CodeStatement((node,), node.reads, made, called, label, 2 if node.owner is not None else 1))


def _call(branch: CodeBranch, prefix: str) -> CodeStatement:
    assert branch.group is not None
    sources = [InputVariable(number) for number in range(len(branch.inputs))]
    return CodeStatement(
        tuple(branch.results),
        tuple(branch.inputs),
        _made(branch),
        call(SELF, *sources),
        branch.group.name.removeprefix(prefix),
        holds=list(branch.nodes),
    )


def _made(branch: CodeBranch) -> Code:
    assert branch.definition is not None
    names = branch.definition.parameters
    values = {name: ValueSlot(value, name) for name, value in zip(names, branch.arguments, strict=True)}
    return call(branch.definition.name, **values)


def _repeated(branch: CodeBranch, prefix: str) -> list[CodeStatement] | None:
    """A repeat as one statement; None where it is not a loop."""
    passes = [child for child in branch.children if isinstance(child, CodeBranch)]
    join = next((child for child in branch.children if not isinstance(child, CodeBranch)), None)
    group = branch.group
    if group is None or not _is_loop(branch, group, passes, join):
        return None
    elements = [Many(_made(one), ValueSlot(count, "times")) for one, count in _runs(passes)]
    made = call("nn.Sequential", *elements)
    start, label = passes[0].inputs[0], group.name.removeprefix(prefix)
    if join is None:
        return [CodeStatement((passes[-1].results[0],), (start,), made, call(SELF, InputVariable(0)), label)]
    made = ("nn.ModuleList([", *made[2:-1], "])")
    return [CodeStatement((join,), (start,), made, (SELF,), label, collects=True)]


def _is_loop(branch: CodeBranch, group: Group, passes: list[CodeBranch], join: Node | None) -> bool:
    """Whether all passes are classes, each reads the one before it alone, and `join` all of them."""
    if group.kind != "repeat" or not passes or len(branch.children) > len(passes) + (join is not None):
        return False
    if len(passes) == 1 and group.place.settings["times"].value.constant:  # type: ignore[attr-defined]
        return False  # written once, whatever the params
    if any(one.definition is None or len(one.inputs) + len(one.results) != 2 for one in passes):
        return False
    start, ends = passes[0].inputs[0], [one.results[0] for one in passes]
    chained = [one.inputs[0] for one in passes[1:]] == ends[:-1]
    return chained and (join is None or join.inputs == (start, *ends))


def _runs(passes: list[CodeBranch]) -> list[tuple[CodeBranch, int]]:
    """The passes, those in a row that are the same call once with their number."""
    runs: list[tuple[CodeBranch, int]] = []
    for one in passes:
        before = runs[-1] if runs else None
        if before and before[0].definition is one.definition and before[0].arguments == one.arguments:
            runs[-1] = (before[0], before[1] + 1)
        else:
            runs.append((one, 1))
    return runs
