"""A text that grows by a layer at its end: the network so far is gone on with, not computed anew.

A script of many lines then costs about as much a line at its end as at its beginning. It holds only for what
is plain: a network without an error and one more layer that reads the last one and has no error either.
Anything else is for the whole check, whose answer this must equal.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from cnn_shapes.diagnostics import MARK, WARNING, Diagnostic, Findings
from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.language.entry import LAYER, Item
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.structures import tell_arguments
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.unfolding.unfolder import LimitReached
from cnn_shapes.network import OK, Node
from cnn_shapes.prompt.session.look_ahead import LookAhead
from cnn_shapes.prompt.session.state import count_of, report_of, steps_of
from cnn_shapes.prompt.session.text_edits import entry_list
from cnn_shapes.rules import run_from
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Limits, Map, Scalar, Source, TreeNode, read_yaml
from cnn_shapes.trace import ReceptiveFields, Trace

_LIMITS = Limits()
_INSIDE = _LIMITS._replace(depth=_LIMITS.depth - 1)  # of an entry: its list is inside the spec
_SHARES = ("&", "*", "!", MARK)  # what may reach from one place of a text to another
_MOST_HELD = 4


class Grown(NamedTuple):
    """A text with one layer more: the trace of what is new alone, and the warnings that it brings."""

    source: Source
    number: int
    trace: Trace
    layout: str
    warnings: tuple[Diagnostic, ...]


class Growth:
    """The network of a text, ready for another layer. `source` is the text that it has grown to."""

    def __init__(self, source: Source, spec: Spec, ahead: LookAhead, warnings: list[Diagnostic]) -> None:
        self.source, self.spec, self.ahead = source, spec, ahead
        entries = entry_list(source)
        assert entries.node is not None
        self.indent = " " * (source.position(entries.node.start)[1] - 1)
        self.newline = entries.newline
        self.warnings = warnings  # that a report lists
        network = ahead.unfolder.network
        network.outputs[:] = [ahead.last]
        self.seen = ReceptiveFields(network)
        self.seen.go_on(network.layers)

    def grow(self, written: str) -> Grown | None:
        """Go on with one entry; None, and nothing has changed, where that is for the whole check."""
        line = f"{self.indent}- {written}{self.newline}"
        source = Source(self.source.path, self.source.text + line, self.source.bom)
        item = self._read(source, line) if len(source.text) < _LIMITS.nodes // 2 else None
        if item is None:
            return None
        unfolder, scope, before = self.ahead.unfolder, self.ahead.scope, self.ahead.last
        network = unfolder.network
        first, visited = len(network.nodes), unfolder.visited
        known = dict(scope.counts), dict(scope.names), set(scope.absent)
        unfolder.findings, unfolder.entry = Findings(), self.ahead.count + 1
        try:
            last = unfolder.unfold(item, before, scope, unfolder.names)
            is_plain = not unfolder.findings.listed() and _is_chain(network.nodes[first - 1 :], last)
        except LimitReached:
            is_plain = False
        if is_plain:
            network.outputs[:] = [last]
            self.source, self.ahead.last = source, last
            self.ahead.count += 1
            trace = Trace.of_part(network.part(first), self.seen)
            return Grown(source, self.ahead.count, trace, self.spec.layout, self._new_warnings(first))
        for node in network.nodes[first:]:
            for read in node.reads:
                read.uses -= 1
        del network.nodes[first:]
        scope.counts, scope.names, scope.absent = known
        unfolder.visited = visited
        return None

    def _read(self, source: Source, line: str) -> Item | None:
        """The entry on a line that the text ends with; None where it is not one plain layer."""
        if any(sign in line for sign in _SHARES) or any(end in line[: -len(self.newline)] for end in "\r\n"):
            return None
        document = read_yaml(Source(source.path, line), _INSIDE)
        root = document.root
        if document.problems or root is None or isinstance(root, (Scalar, Map)) or len(root.items) != 1:
            return None
        _shift(root, len(source.text) - len(line))
        findings = Findings()
        reader = EntryReader(source, findings, self.spec.blocks, self.spec.defaults)
        items = reader.entries(root, "layers")
        tell_arguments(reader)
        if len(items) != 1 or findings.listed() or findings.misread or findings.excused:
            return None
        item = items[0]
        plain = item.form == LAYER and item.sources is None and item.condition is None and item.rank is None
        taken = item.name is not None and item.name in self.ahead.scope.names
        return item if plain and not taken and not item.broken and not item.misread else None

    def _new_warnings(self, first: int) -> tuple[Diagnostic, ...]:
        """The warnings that the nodes from the index `first` on bring, as far as a report lists them."""
        findings = Findings(self.source)
        run_from(first, self.spec._replace(source=self.source), Trace(self.ahead.unfolder.network), findings)
        known = {(one.rule, one.layer) for one in self.warnings}
        found = [one for one in findings.listed() if one.severity == WARNING]
        found = [one for one in found if (one.rule, one.layer) not in known]
        if not found:
            return ()
        listed = sorted([*self.warnings, *found], key=lambda one: (one.span.start, one.rule))
        self.warnings = listed[: _LIMITS.problems]
        return tuple([one for one in self.warnings if (one.rule, one.layer) not in known])


_held: dict[Source, Growth] = {}  # the last texts that can be gone on with


def grown(source: Source, written: str) -> Grown | None:
    """The text with an entry after the last; None where only the whole check can tell what it is."""
    growth = _held.pop(source, None) or _begun(source)
    if growth is None:
        return None
    found = growth.grow(written)
    _held[growth.source] = growth
    while len(_held) > _MOST_HELD:
        del _held[next(iter(_held))]
    return found


def spec_of(source: Source) -> Spec | None:
    """What is said at the top of a text. The layers may be those of a text that it has grown from."""
    growth = _held.get(source)
    return growth.spec if growth is not None else report_of(source).spec


def shape_before(source: Source, number: int = 0) -> Shape | None:
    """What goes into layer `number`, or into one after the last; None where that is not known."""
    growth = _held.get(source)
    if growth is not None and not number:
        return growth.ahead.last.output
    if not source.text.strip():
        return None
    report = report_of(source)
    number = number or count_of(report) + 1
    steps = steps_of(report, number - 1)
    return steps[-1].node.output if steps else report.input if number == 1 else None


def has_errors(source: Source) -> bool:
    """Whether the check of a text finds an error."""
    return source not in _held and not report_of(source).ok


def _begun(source: Source) -> Growth | None:
    report = report_of(source)
    spec = report.spec
    if not report.ok or spec is None or spec.shape is None or spec.outputs or not spec.items:
        return None
    if any(sign in source.text for sign in _SHARES) or not source.text.endswith(("\n", "\r")):
        return None
    try:
        entries = entry_list(source)
    except Unwritable:
        return None
    if entries.node is None or entries.node.flow or entries.root.flow:
        return None
    if len(entries.spans) != len(spec.items) or entries.spans[-1].end != len(source.text):
        return None
    try:
        ahead = LookAhead(spec, spec.shape, spec.items)
    except LimitReached:
        return None
    if any(node.state != OK or node.error is not None for node in ahead.unfolder.network.layers):
        return None
    return Growth(source, spec, ahead, report.warnings)


def _is_chain(nodes: list[Node], last: Node) -> bool:
    """Whether each node reads the one before it alone, all is well with it, and the last is `last`."""
    return nodes[-1] is last and all(
        node.inputs == (before,) and node.state == OK and node.error is None
        for before, node in pairwise(nodes)
    )


def _shift(root: TreeNode, by: int) -> None:
    """Move a tree to where it is in the text that its own ends."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        node.start += by
        node.end += by
        if isinstance(node, Map):
            waiting += [part for pair in node.pairs for part in pair]
        elif not isinstance(node, Scalar):
            waiting += node.items
