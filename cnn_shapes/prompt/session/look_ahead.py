"""What a layer would give before it is in the text: the network before it is computed once a text.

A key typed then costs the new layer and those after it, not the whole spec.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cnn_shapes.diagnosis.verdict import diagnose
from cnn_shapes.diagnostics import ERROR, Diagnostic, Findings
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import Item
from cnn_shapes.language.overlay import Overlay
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.structures import tell_arguments
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.unfolder import LimitReached, Unfolder
from cnn_shapes.network import Node
from cnn_shapes.prompt.language.typed_layer import TypedLayer
from cnn_shapes.prompt.session.state import report_of
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Limits, Source, read_yaml

_MOST_LATER = 2_000  # layers computed at every key
_LIMITS = Limits()


class Glimpse(NamedTuple):
    """What new layers would give. `nodes` are theirs, `later` those of the layers that come after.

    `findings` is what cannot be read of them, or is wrong with their sizes.
    """

    nodes: tuple[Node, ...]
    later: tuple[Node, ...]
    findings: tuple[Diagnostic, ...]


class LookAhead:
    """The network of a spec up to a layer, ready to be gone on with."""

    def __init__(self, spec: Spec, shape: Shape, items: Sequence[Item]) -> None:
        self.spec = spec
        self.unfolder = Unfolder(
            spec,
            Overlay(spec, shape=shape) if shape != spec.shape else None,
            findings=Findings(),
            overrides=Overrides(),
            limits=_LIMITS,
            pool=LayerPool(),
        )
        self.scope = self.unfolder.top_scope()
        self.last = self._unfold(items, self.unfolder.network.input, 1)
        self.count = len(items)

    def _unfold(self, items: Sequence[Item], last: Node, position: int) -> Node:
        for entry, item in enumerate(items, position):
            self.unfolder.entry = entry
            last = self.unfolder.unfold(item, last, self.scope, self.unfolder.names)
        return last

    def glimpse(self, typed: Sequence[TypedLayer], later: Sequence[Item]) -> Glimpse:
        """Unfold new layers and those after them, and forget them again."""
        unfolder, scope, nodes = self.unfolder, self.scope, self.unfolder.network.nodes
        known = dict(scope.counts), dict(scope.names), set(scope.absent)
        count, visited = len(nodes), unfolder.visited
        findings = unfolder.findings = Findings()
        try:
            items = _items(typed, self.spec, findings)
            last = self._unfold(items, self.last, self.count + 1)
            middle = len(nodes)
            new = tuple(nodes[count:middle])
            found = [*findings.listed(), *(diagnose(node, node.error) for node in new if node.error)]
            if len(later) <= _MOST_LATER:
                unfolder.findings = Findings()
                self._unfold(later, last, self.count + len(items) + 1)
            return Glimpse(new, tuple(nodes[middle:]), tuple(one for one in found if one.severity == ERROR))
        except LimitReached:
            return Glimpse((), (), tuple(findings.listed()))
        finally:
            del nodes[count:]
            scope.counts, scope.names, scope.absent = known
            unfolder.visited = visited


def _items(typed: Sequence[TypedLayer], spec: Spec, findings: Findings) -> list[Item]:
    if not typed:
        return []
    source = Source("", "".join(f"- {layer.yaml}\n" for layer in typed))
    root = read_yaml(source).root
    reader = EntryReader(source, findings, spec.blocks, spec.defaults)
    items = reader.entries(root, "layers") if root is not None else []
    tell_arguments(reader)
    return items


@lru_cache(maxsize=8)
def look_ahead(source: Source, number: int) -> LookAhead | None:
    """The network of a text before layer `number`; None where it has no input, or passes a limit."""
    spec = report_of(source).spec
    if spec is None or spec.shape is None:
        return None
    try:
        return LookAhead(spec, spec.shape, spec.items[: number - 1])
    except LimitReached:
        return None


def with_input(source: Source, shape: Shape) -> Glimpse | None:
    """How the layers of a text fare after another input."""
    spec = report_of(source).spec
    if spec is None or len(spec.items) > _MOST_LATER:
        return None
    try:
        return LookAhead(spec, shape, ()).glimpse((), spec.items)
    except LimitReached:
        return None
