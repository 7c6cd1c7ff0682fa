"""What comes out of the layers of each line of a spec: what an editor shows after the line."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import format_shape
from cnn_shapes.network import Group, Node
from cnn_shapes.outline import STATES, status
from cnn_shapes.trace import Trace

_MOST = 3  # shapes of one line: what is written once may be computed often
_PARTS = ("pass", "branch", "shortcut")  # of a structure, which has a line of its own


class LineShapes(NamedTuple):
    """What is written on a line by all its names, its shapes in the order of computing, and the worst state.

    It has several where a block around it is called several times. `is_more`: some shapes are left out.
    """

    line: int
    names: tuple[str, ...]
    shapes: tuple[str, ...]
    is_more: bool
    state: str


def line_shapes(report: CheckResult) -> list[LineShapes]:
    """The lines of a report's text that have layers, in order; none where it cannot be read as a network."""
    return [] if report.trace is None else _Lines(report, report.trace).listed()


class _Lines:
    """What is written on a line is its layers, or where it begins a block or a structure, that alone."""

    def __init__(self, report: CheckResult, trace: Trace) -> None:
        self.report = report
        self.names: dict[int, dict[str, None]] = {}
        self.shapes: dict[int, dict[str, None]] = {}
        self.states: dict[int, str] = {}
        self.begun: dict[int, int] = {}  # how deep what begins on a line is
        self.known: set[int] = set()
        ends = _ends(trace)
        for step in trace.steps:
            node = step.node
            for group in _around(node):
                if id(group) not in self.known:
                    self.known.add(id(group))
                    if group.kind not in _PARTS:
                        self._add_group(group, ends[id(group)])
            line = self._line(node.place.span.start)
            if line not in self.begun:
                self._add(line, node.name if node.owner is None else node.owner.name, node)

    def listed(self) -> list[LineShapes]:
        found = []
        for line, shapes in sorted(self.shapes.items()):
            names, shown = tuple(self.names[line]), tuple(shapes)[:_MOST]
            found.append(LineShapes(line, names, shown, len(shapes) > _MOST, self.states[line]))
        return found

    def _add_group(self, group: Group, end: Node) -> None:
        line, depth = self._line(group.place.span.start), len(group.name.split("."))
        before = self.begun.get(line)
        if before is None or depth < before:  # what is inside of it counts no more
            self.begun[line] = depth
            self.names[line], self.shapes[line], self.states[line] = {}, {}, STATES[0]
        if depth == self.begun[line]:
            self._add(line, group.name, end)

    def _add(self, line: int, name: str, node: Node) -> None:
        """What comes out of a node is what comes out of what is called so on a line."""
        self.names.setdefault(line, {})[name] = None
        self.shapes.setdefault(line, {})[format_shape(node.output, self.report.layout)] = None
        self.states[line] = max(self.states.get(line, STATES[0]), status(node), key=STATES.index)

    def _line(self, offset: int) -> int:
        return int(self.report.source.line_of(offset))


def _around(node: Node) -> list[Group]:
    """The groups that a node is in, the outermost first."""
    found = []
    group = node.group
    while group is not None:
        found.append(group)
        group = group.parent
    return found[::-1]


def _ends(trace: Trace) -> dict[int, Node]:
    """What comes out of each group, by its identity: what it names, else what was computed last in it."""
    ends = {id(group): step.node for step in trace.steps for group in _around(step.node)}
    named = trace.network.group_outputs.items()
    return ends | {id(group): node for group, node in named if node.output is not None}
