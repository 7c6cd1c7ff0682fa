"""Unfolds a spec into a network: blocks, repeats, branches and residuals become a flat list of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from cnn_shapes.diagnostics import Findings, from_layout
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import BLOCK, LAYER, STRUCTURE, Item
from cnn_shapes.language.reading.wording import WRONG_INPUTS, must_be
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.builder import Builder, FirstError, LimitReached
from cnn_shapes.language.unfolding.layers import unfold_layer
from cnn_shapes.language.unfolding.names import IncomingNames
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.unfolding.structures import UNFOLD, unfold_call
from cnn_shapes.language.values import Names, Value
from cnn_shapes.layers.fields import LARGEST, whole
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.network import Network, Node, check_expectation
from cnn_shapes.shapes import UNKNOWN, Shape
from cnn_shapes.source import Limits
from cnn_shapes.words import say

__all__ = ["FirstError", "LimitReached", "Unfolder", "unfold"]


class Unfolder(Builder):
    """Unfolds one spec. `network.outputs` are the nodes that come out."""

    def run(self) -> Network:
        """Unfold the whole spec. Raises LimitReached, and FirstError where only the first is asked for."""
        network = self.network
        scope = self.top_scope()
        last = network.input
        items = self.spec.items if self.overlay is None else self.overlay.items(self.spec.items)
        for position, item in enumerate(items, 1):
            self.entry = position
            last = network.ends[position - 1] = self.unfold(item, last, scope, self.names)
        network.names = scope.names
        for node in self.spec.outputs:
            found = scope.find(node.text)
            if found is None:
                self.unknown_name(node, scope, "outputs")
            elif found is not self.missing:
                network.outputs.append(found)
        if not network.outputs:
            network.outputs.append(last)
        return network

    def top_scope(self) -> Scope:
        """What the file's own layers see at their beginning."""
        network = self.network
        scope = Scope(network.input, network.input, None, None, 0)
        scope.name_inputs(self.spec.inputs, network.inputs, "this file")
        return scope

    def unfold_list(self, items: Sequence[Item], scope: Scope, names: IncomingNames) -> Node:
        last = scope.start
        for item in items if self.overlay is None else self.overlay.items(items):
            last = self.unfold(item, last, scope, names)
        return last

    def unfold(self, item: Item, last: Node, scope: Scope, names: IncomingNames) -> Node:
        """Add one entry after `last`; returns the node that `prev` means from now on."""
        self.visit(item)
        if item.condition is not None and not self.holds(item.condition, names):
            return self._leave_out(item, last, scope)
        label_kind = item.kind.lower()
        count = scope.counts.get(label_kind, 0) + 1
        scope.counts[label_kind] = count
        label = item.name or f"{label_kind}{count}"
        self.current, self.previous = item, last
        inputs = (last,) if item.sources is None else self.inputs(item.sources, last, scope)
        outputs: tuple[Node, ...] = ()
        first = len(self.network.nodes)
        if item.form == LAYER:
            node = unfold_layer(self, item, label, inputs, scope, names)
        elif item.broken or item.form not in (BLOCK, STRUCTURE):
            node = self.add(item, label, item.kind, None, inputs, scope.group)
        else:
            unfold = unfold_call if item.form == BLOCK else UNFOLD[STRUCTURES[item.kind]]
            outputs = unfold(self, item, label, inputs, scope, names)
            node = outputs[0]
        if item.share is not None:
            self.share(item, first, scope)
        if item.into:
            self.bind_all(item.into, outputs or (node,), scope)
        if item.name is not None:
            self.made_by[node] = first, len(self.network.nodes)
            if item.name_node is not None and not item.twice:
                self.bind(item.name, item.name_node.span, node, scope)
        if item.expect is not None:
            _expect(self, item.expect, node, names)
        return node

    def _leave_out(self, item: Item, last: Node, scope: Scope) -> Node:
        """What an entry that its `if` leaves out stands for: its own input, or each of them by position.

        A join has several and makes one of them: it stands for what is before it.
        """
        self.current = item
        if item.layer is not None and item.layer.joins:
            inputs: tuple[Node, ...] = (last,)
        else:
            inputs = (last,) if item.sources is None else self.inputs(item.sources, last, scope)
        if item.into and len(item.into) != len(inputs):
            self.findings.tell(
                WRONG_INPUTS,
                "{kind} is left out here and hands on what it gets, {count}, but into has {into} names: "
                "write if on what reads them instead",
                item.into[0].span,
                kind=item.text,
                count=say("{count} tensors" if len(inputs) > 1 else "1 tensor", count=len(inputs)),
                into=len(item.into),
            )
        names = {item.name: inputs[0]} if item.name is not None else {}
        # a name that nothing is handed on to is declared all the same: what reads it is not to blame
        handed = (*inputs, *repeat(self.missing, len(item.into)))
        names |= {word.text: node for word, node in zip(item.into, handed, strict=False)}
        for name, node in names.items():
            if name not in scope.names:
                scope.names[name] = node
                scope.absent.add(name)
        return inputs[0]


def _expect(builder: Builder, expect: Value, node: Node, names: Names) -> None:
    """Compare what comes out with what the spec says must come out."""
    raw = builder.value(expect, names)
    if raw is None and not expect.constant:
        return
    sizes = raw if isinstance(raw, list) else [raw]
    numbers = [UNKNOWN if size is None else whole(size) for size in sizes]
    if (
        raw is None
        or not sizes
        or any(number is None or not 0 <= number <= LARGEST for number in numbers)
        or 0 in sizes
    ):
        expected = "the sizes that come out, null for any"
        must_be(builder.findings, "expect", expected, raw, expect.node.span)
        return
    shape = Shape(from_layout(tuple(number or UNKNOWN for number in numbers), builder.spec.layout))
    if builder.asserts:
        node.expected = shape
        check_expectation(node)
        builder.halt(node)


def unfold(
    spec: Spec,
    findings: Findings,
    overrides: Overrides,
    limits: Limits,
    pool: LayerPool,
) -> Network | None:
    """The network of a spec; None where its input is unknown, or where it passes a limit."""
    if spec.shape is None:
        return None
    unfolder = Unfolder(spec, findings=findings, overrides=overrides, limits=limits, pool=pool)
    try:
        return unfolder.run()
    except LimitReached:
        return None
