"""Names for the lines that others read: the paths of the original, as names that can be written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnn_shapes.expand.line import Line
from cnn_shapes.language.reading.common import RESERVED

if TYPE_CHECKING:
    from cnn_shapes.network import Group, Node

_UNWRITABLE = re.compile(r"[^\w-]+")


def names_for(start: Node, lines: list[Line], outputs: list[Node]) -> dict[Node, str]:
    """A name for every node that is read from beyond the next line, is an output, or a part of a split.

    `start` gets one where it is an output: an output is named, and `input` is no name.
    """
    needed = set(outputs)
    last = start
    asked = start in needed
    for line in lines:
        inside = line.ways[1] if line.ways else None
        needed.update(source for source in line.sources if source is not last or source is inside)
        needed.update(line.parts)
        last = line.result
    if not asked:
        needed.discard(start)
    taken = {*RESERVED, *_generated(lines, needed)}
    names: dict[Node, str] = {}
    ends = _ends(lines)
    for node in (start, *(node for line in lines for node in (line.parts or [line.result]))):
        if node not in needed:
            continue
        wanted = name = _UNWRITABLE.sub("-", _path(node, ends)) or "-"
        count = 1
        while name in taken:
            count += 1
            name = f"{wanted}-{count}"
        taken.add(name)
        names[node] = name
    return names


def _generated(lines: list[Line], needed: set[Node]) -> set[str]:
    """The names that a report will make up for the lines that get none."""
    counts: dict[str, int] = {}
    made = set()
    for line in lines:
        kind = line.form if line.ways else line.kind
        counts[kind] = counts.get(kind, 0) + 1
        if line.result not in needed:
            made.add(f"{kind}{counts[kind]}")
    return made


def _ends(lines: list[Line]) -> dict[Group, Node]:
    """The last node of each group: it may be called what the group is called."""
    ends: dict[Group, Node] = {}
    for line in lines:
        group = line.result.group
        while group is not None:
            ends[group] = line.result
            group = group.parent
    return ends


def _path(node: Node, ends: dict[Group, Node]) -> str:
    """`stage2.repeat1.0.conv1`; of the last layer of a block the block's name, of a split's part its own."""
    group = node.group
    if group is not None and group.kind == "split":
        part = node.name.rpartition(".")[2]
        return f"{group.parent.name}.{part}" if group.parent else part
    name = (node.owner or node).name
    while group is not None and ends[group] is node:
        name, group = group.name, group.parent
    return name
