"""Unfolds a spec into a network: blocks, repeats, branches and residuals become a flat list of nodes."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import Fix, from_layout
from cnn_shapes.language.entry import BLOCK, LAYER, STRUCTURE, Item
from cnn_shapes.language.reading.common import RESERVED
from cnn_shapes.language.reading.document import Overrides, Spec
from cnn_shapes.language.reading.wording import must_be
from cnn_shapes.language.unfolding.layers import unfold_layer
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.unfolding.structures import UNFOLD, unfold_call
from cnn_shapes.language.values import Unevaluated, Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import LARGEST, whole
from cnn_shapes.network import UNREACHED, Group, Network, Node, check_expectation
from cnn_shapes.shapes import NOT_WHOLE, UNKNOWN, Shape, ShapeError
from cnn_shapes.source import Edit, Limits, Scalar, Span


class LimitReached(Exception):
    """The spec unfolds into more than the limits allow; it is reported already."""


class FirstError(Exception):
    """Raised at the first node that fails, where only that is asked for: a repair tries many networks."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.name)
        self.node = node


class Unfolder:
    """Unfolds one spec. `network.outputs` are the nodes that come out."""

    def __init__(
        self, spec: Spec, shape: Shape, overrides: Overrides, limits: Limits, stop_at_error: bool = False
    ) -> None:
        self.stop_at_error = stop_at_error
        self.spec, self.findings, self.limits = spec, spec.findings, limits
        self.rounding = overrides.rounding or spec.rounding
        self.asserts = not overrides.any
        self.waives = spec.waives
        self.network = Network(shape, spec)
        self.rank = shape.rank if 1 <= shape.rank <= 3 else 2
        self.visited = 0
        self.entry = 0
        self.behind: dict[tuple[str, int], Layer] = {}
        self.missing = Node("?", "unknown", None, (), spec)
        self.missing.state = UNREACHED

    def run(self) -> Network:
        network = self.network
        scope = Scope(network.input, network.input, None, None, 0)
        last = network.input
        for position, item in enumerate(self.spec.items, 1):
            self.entry = position
            last = self.unfold(item, last, scope, self.spec.params)
        for node in self.spec.outputs:
            found = scope.find(node.text)
            if found is None:
                self.unknown_name(node, scope, "outputs")
            elif found is not self.missing:
                network.outputs.append(found)
        if not network.outputs:
            network.outputs.append(last)
        return network

    def unfold_list(self, items: list[Item], scope: Scope, names: dict[str, Any]) -> Node:
        last = scope.start
        for item in items:
            last = self.unfold(item, last, scope, names)
        return last

    def unfold(self, item: Item, last: Node, scope: Scope, names: dict[str, Any]) -> Node:
        """Add one entry behind `last`; returns the node that `prev` means from now on."""
        self.visit(item)
        if item.condition is not None and not self.holds(item.condition, names):
            if item.name is not None and item.name not in scope.names:
                scope.names[item.name] = last
                scope.absent.add(item.name)
            return last
        item.reached = True
        label_kind = item.kind.lower()
        count = scope.counts.get(label_kind, 0) + 1
        scope.counts[label_kind] = count
        label = item.name or f"{label_kind}{count}"
        inputs = (last,) if item.sources is None else self.inputs(item.sources, last, scope)
        if item.form == LAYER:
            node = unfold_layer(self, item, label, inputs, scope, names)
        elif item.broken:
            node = self.add(item, label, item.kind, None, inputs, scope.group)
        elif item.form == BLOCK:
            node = unfold_call(self, item, label, inputs, scope, names)
        elif item.form == STRUCTURE:
            node = UNFOLD[item.kind](self, item, label, inputs[0], scope, names)
        else:
            node = self.add(item, label, item.kind, None, inputs, scope.group)
        if item.name is not None and item.name_node is not None and not item.twice:
            self.bind(item.name, item.name_node.span, node, scope)
        if item.expect is not None:
            _expect(self, item.expect, node, names)
        return node

    def visit(self, item: Item) -> None:
        # an entry and what stands in it; one that holds others costs a scope besides
        self.visited += 2 if item.form == LAYER else 5
        if self.visited > self.limits.nodes:
            self.stop(
                item.span,
                "unfolding this spec visits too many places of its text",
                self.limits.nodes,
            )

    def stop(self, span: Span, template: str, limit: int) -> None:
        self.findings.tell("limit-exceeded", template + ": the limit is {limit}", span, limit=f"{limit:,}")
        raise LimitReached

    def bind(self, name: str, place: Span, node: Node, scope: Scope) -> None:
        if name in scope.names and name not in scope.absent:
            self.findings.tell(
                "duplicate-name", "the name {name} is taken in this list already", place, name=name
            )
            return
        scope.absent.discard(name)
        scope.names[name] = node

    def add(
        self,
        item: Item,
        label: str,
        kind: str,
        layer: Layer | None,
        inputs: tuple[Node, ...],
        group: Group | None,
    ) -> Node:
        """Append a layer under its label in its group."""
        name = f"{group.name}.{label}" if group is not None else label
        return self.put(item, name, kind, layer, inputs, group)

    def put(
        self,
        item: Item,
        name: str,
        kind: str,
        layer: Layer | None,
        inputs: tuple[Node, ...],
        group: Group | None,
        owner: Node | None = None,
    ) -> Node:
        """Append a layer under its whole name."""
        node = Node(name, kind, layer, inputs, item, group, owner)
        self.network.add(node)
        node.entry = self.entry
        if node.error is not None and self.waives is not None:
            self.waive(node, node.error)
        if node.index > self.limits.layers:
            self.stop(item.span, "this unfolds into too many layers", self.limits.layers)
        if self.stop_at_error:
            self.halt(node)
        return node

    def waive(self, node: Node, error: ShapeError) -> None:
        """Let a size that is not whole be rounded down, where the user has silenced the error."""
        assert self.waives is not None
        rounds = error.rule in NOT_WHOLE and error.floored is not None
        if rounds and self.waives(error.rule, node.at(error.field)) is not None:
            node.waive()

    def halt(self, node: Node) -> None:
        if self.stop_at_error and (node.error is not None or node.layer is None):
            raise FirstError(node)

    def inputs(self, sources: list[Scalar], last: Node, scope: Scope) -> tuple[Node, ...]:
        found = []
        for source in sources:
            name = source.text
            if name == "prev":
                found.append(last)
            elif name == "input":
                found.append(scope.input)
            else:
                node = scope.find(name)
                if node is None:
                    self.unknown_name(source, scope)
                    node = self.missing
                found.append(node)
        return tuple(found)

    def unknown_name(self, source: Scalar, scope: Scope, where: str = "from") -> None:
        name = source.text
        advice = ""
        if not self.findings.crowded:
            advice = scope.why_unknown(name, self.network.nodes) or self._seen_elsewhere(name)
        near = None if advice else self.findings.meant(name, scope.visible())
        if near is not None:
            template = "no layer is called {name} here: did you mean {near}?"
            fix = Fix(f"{name} -> {near}", (Edit(source.span, near),), safe=True)
            self.findings.suggest("unknown-name", template, source.span, fix, name=name, near=near)
            return
        if not advice and where == "outputs":
            named = [seen for seen in scope.visible() if seen not in RESERVED]
            advice = f"the names are {', '.join(named[:8])}" if named else "no layer has a name"
        shown = ", ".join(scope.visible()[:8])
        advice = advice or f"from sees the names that stand before it: {shown}"
        self.findings.tell(
            "unknown-name", "no layer is called {name} here: {advice}", source.span, name=name, advice=advice
        )

    def _seen_elsewhere(self, name: str) -> str:
        """Why a name that some entry does have is not seen."""
        named = [item for item in self.spec.reader.items if item.name == name]
        if not named:
            return ""
        if any(item.reached for item in named):
            return "it stands inside a block or branch, and what is inside is not seen from outside"
        return "it stands further down, and from sees only what stands before it"

    def value(self, value: Value, names: dict[str, Any]) -> Any:
        """The evaluated value, or None with a report where it has none."""
        try:
            return value.evaluate(names)
        except Unevaluated as error:
            error.report(self.findings)
            return None

    def holds(self, condition: Value, names: dict[str, Any]) -> bool:
        result = self.value(condition, names)
        if isinstance(result, bool):
            return result
        if result is not None or condition.constant:
            must_be(self.findings, "a condition", "true or false", result, condition.node.span)
        return True


def _expect(unfolder: Unfolder, expect: Value, node: Node, names: dict[str, Any]) -> None:
    """Compare what comes out with what the spec says must come out."""
    raw = unfolder.value(expect, names)
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
        must_be(unfolder.findings, "expect", expected, raw, expect.node.span)
        return
    shape = Shape(from_layout(tuple(number or UNKNOWN for number in numbers), unfolder.spec.layout))
    if unfolder.asserts:
        node.expected = shape
        check_expectation(node)
        unfolder.halt(node)


def unfold(spec: Spec, overrides: Overrides, limits: Limits) -> Network | None:
    """The network of a spec; None where its input is unknown, or where it passes a limit."""
    if spec.shape is None:
        return None
    unfolder = Unfolder(spec, spec.shape, overrides, limits)
    try:
        return unfolder.run()
    except LimitReached:
        return None
