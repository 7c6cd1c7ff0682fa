"""Builds the network that a spec unfolds into, node by node, and reports what goes wrong on the way.

How entries become nodes is in `layers` and `structures`; what these two share, and all state, is here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cnn_shapes.diagnostics import Findings, Fix, is_respelling
from cnn_shapes.language.block import Block
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import LAYER, Item
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.common import RESERVED, SHARE, is_word
from cnn_shapes.language.reading.wording import DUPLICATE_NAME, must_be
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.names import IncomingNames
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.values import Names, Unevaluated, Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import UNREACHED, Group, Network, Node, compute
from cnn_shapes.shapes import NOT_WHOLE, ShapeError
from cnn_shapes.source import LIMIT_EXCEEDED, Edit, Limits, Scalar, Span
from cnn_shapes.words import say

if TYPE_CHECKING:
    from cnn_shapes.language.overlay import Overlay  # who tries no change does without


_MOST_NAMES = 8  # that a message lists
# what a `share` cannot mean
_NO_NAMES = {"prev": "is none: write name on the layer before", "input": "has no weights"}


class LimitReached(Exception):
    """The spec unfolds into more than the limits allow; it is reported already."""


class FirstError(Exception):
    """Raised at the first node that fails, where only that is asked for: a repair tries many networks."""

    def __init__(self, node: Node) -> None:
        super().__init__(node.name)
        self.node = node


def _without_digits(name: str) -> str:
    return name.rstrip("0123456789")


_Lists = list[tuple[set[Item], dict[str, Scalar]]]
_Names = tuple[_Lists, set[str]]


def _collect(items: Sequence[Item], lists: _Lists) -> set[Item]:
    """Add a list of entries and those in it to `lists`, with the names that its own entries give.

    Returns its entries at any depth.
    """
    within = set(items)
    for item in items:
        for some in item.lists.values():
            within |= _collect(some, lists)
    named: dict[str, Scalar] = {}
    for item in items:
        for name in item.names_given():
            named.setdefault(name.text, name)
    lists.append((within, named))
    return within


class Builder(ABC):
    """A network under construction: `network` so far, `findings` what is wrong with what was unfolded.

    With an overlay, the spec is taken as it would be after the overlay's patches.
    """

    def __init__(
        self,
        spec: Spec,
        overlay: Overlay | None = None,
        *,
        findings: Findings,
        overrides: Overrides,
        limits: Limits,
        pool: LayerPool,
        stop_at_error: bool = False,
    ) -> None:
        self.spec, self.overlay = spec, overlay
        self.findings, self.limits, self.pool = findings, limits, pool
        self.stop_at_error = stop_at_error
        laid = overlay.rounding if overlay is not None else None
        self.rounding = overrides.rounding or laid or spec.rounding
        self.params = spec.params if overlay is None else overlay.params
        shape = spec.shape if overlay is None else overlay.shape
        assert shape is not None, "a spec without an input has no network"
        self.asserts = not overrides.any
        self.waives = spec.waives
        first, *others = spec.inputs or ["input"]
        sizes = {name: one.shape for name, one in spec.inputs.items()} if overlay is None else overlay.inputs
        beside = [(name, sizes[name], spec.inputs[name]) for name in others]
        self.network = Network(shape, spec, first, beside)
        self.names = IncomingNames(self.params)
        self.names.shape, self.names.asked = shape, self.network.asked
        self.compute: Callable[[Node], None] = compute  # what sets a node's output, state and error
        self.rank = shape.rank if 1 <= shape.rank <= 3 else 2
        self.visited = 0
        self.entry = 0
        self.names_of: dict[str | None, _Names] = {}  # once asked for
        self.current: Item | None = None  # the entry whose inputs are looked up
        self.made_by: dict[Node, tuple[int, int]] = {}  # for what a name means, the nodes of its entry
        self.previous = self.network.input  # what `prev` means to it
        # norms and activations that are a word on a layer
        self.written_on: dict[tuple[str, int, int, bool], Layer] = {}
        self.missing = Node("?", "unknown", None, (), spec)
        self.missing.state = UNREACHED

    @abstractmethod
    def unfold_list(self, items: Sequence[Item], scope: Scope, names: IncomingNames) -> Node:
        """Add all entries of a list; returns the node that `prev` means after it."""

    def block(self, name: str) -> Block:
        """The block of this name, as the overlay has it."""
        return self.spec.blocks[name] if self.overlay is None else self.overlay.block(name)

    def place(self, item: Item) -> Item:
        """The entry that a node is said to come from: the spec's own, where the overlay has changed it."""
        return item if self.overlay is None else self.overlay.original(item)

    def visit(self, item: Item, values: int | None = None) -> None:
        """Count an entry, or so many values of it, against the limit. Raises LimitReached."""
        # an entry and what is in it; one that holds others costs a scope besides
        self.visited += (2 if item.form == LAYER else 5) if values is None else values
        if self.visited > self.limits.nodes:
            self.stop(item.span, "unfolding this spec visits too many places of its text", self.limits.nodes)

    def stop(self, span: Span, template: str, limit: int) -> None:
        """Report that a limit is passed, and stop."""
        self.findings.tell(LIMIT_EXCEEDED, template + ": the limit is {limit}", span, limit=f"{limit:,}")
        raise LimitReached

    def bind(self, name: str, place: Span, node: Node, scope: Scope) -> None:
        """Give a node a name that later entries see."""
        if name in scope.names and name not in scope.absent:
            self._tell_taken(name, place, scope)
            return
        scope.absent.discard(name)
        scope.names[name], scope.places[name] = node, place

    def _tell_taken(self, name: str, place: Span, scope: Scope) -> None:
        """Report a name that the list has already, with the line of it where that is another one."""
        template, facts = "the name {name} is taken in this list already", {"name": name}
        first = scope.places.get(name)
        if name in scope.input_names:
            template = "the name {name} is taken: an input of {owner} has it, choose another"
            facts["owner"] = scope.owner
        elif first is not None:
            line, here = (self.spec.source.position(span.start)[0] for span in (first, place))
            if line != here:
                template = "the name {name} is taken: line {line} has it already"
                facts["line"] = str(line)
        self.findings.tell(DUPLICATE_NAME, template, place, **facts)

    def bind_all(self, names: Sequence[Scalar], nodes: Sequence[Node], scope: Scope) -> None:
        """Give each node its name; where there are too few, because something failed, the first."""
        for number, name in enumerate(names):
            self.bind(name.text, name.span, nodes[number] if number < len(nodes) else nodes[0], scope)

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
        like: Node | None = None,
    ) -> Node:
        """Append a layer under its whole name. `like` is the node that its reference names."""
        place = item if self.overlay is None else self.place(item)
        node = Node(name, kind, layer, inputs, place, group, owner)
        if like is not None:
            to_input = layer is not None and layer.undoes and like.inputs
            node.like, node.reads = like, (*inputs, like.inputs[0], like) if to_input else (*inputs, like)
        self.network.add(node, self.compute)
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
        """Stop at a node that fails, where only the first is asked for. Raises FirstError."""
        if self.stop_at_error and (node.error is not None or node.layer is None):
            raise FirstError(node)

    def share(self, item: Item, first: int, scope: Scope) -> None:
        """Give the layers from the index `first` on the weights of those that the entry's `share` names."""
        source = item.share
        assert source is not None
        name = source.text
        found = scope.find(name)
        of = next((one for one in scope.chain() if name in one.names), scope)
        why = say(_NO_NAMES[name]) if name in _NO_NAMES else ""
        if name in of.input_names:
            why = say("is an input of {owner}", owner=of.owner)
        elif name == item.name and found is None:
            why = say("is this layer itself")
        if why:
            template = "share needs the name of an earlier layer or call, and {name} {why}"
            self.findings.tell(UNKNOWN_NAME, template, source.span, name=name, why=why)
            return
        if found is None:
            self.unknown_name(source, scope, SHARE)
            return
        if found is self.missing or any(name in one.absent for one in scope.chain()):
            if found is not self.missing:  # it is left out here: there is nothing to share
                self.network.unshared.append((source.span, name))
            return
        from cnn_shapes.language.unfolding.sharing import share_weights  # few specs share any

        begin, end = self.made_by.get(found, (found.index, found.index + 1))
        nodes = self.network.nodes
        share_weights(name, nodes[first:], nodes[begin:end])
        for node in nodes[first:]:
            self.halt(node)

    def inputs(
        self, sources: list[Scalar], last: Node, scope: Scope, where: str = "from"
    ) -> tuple[Node, ...]:
        """The nodes that names in `from` mean, or under another key, `where`.

        An unknown one is reported, and `missing` takes its place.
        """
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
                    self.unknown_name(source, scope, where)
                    node = self.missing
                found.append(node)
        return tuple(found)

    def unknown_name(self, source: Scalar, scope: Scope, where: str) -> None:
        """Report a name under the key `where` that nothing visible has, with what was meant or why not."""
        name = source.text
        if name in self.findings.excused:
            return  # its declaration failed, and is reported
        advice = ""
        if not self.findings.crowded:
            advice = scope.why_unknown(name, self.network.nodes) or self._seen_elsewhere(source, scope, where)
        # of `down4` the next is not `down3`: numbers count, they are not misspelt
        visible = [one for one in scope.visible() if where != SHARE or one not in RESERVED]
        others = [one for one in visible if _without_digits(one) != _without_digits(name)]
        first, dot, _ = name.partition(".")
        near = first if dot and first in visible else self.findings.meant(name, others)
        near = None if advice else near
        if near is not None:
            template = "no layer is called {name} here: did you mean {near}?"
            fix = Fix(f"{name} -> {near}", (Edit(source.span, near),), safe=is_respelling(name, near))
            self.findings.suggest(UNKNOWN_NAME, template, source.span, fix, name=name, near=near)
            return
        if not advice and where == "outputs":
            named = [seen for seen in visible if seen not in RESERVED]
            advice = say("no layer has a name")
            if named:
                advice = say("the names are {names}", names=", ".join(named[:8]))
        template = "no layer is called {name} here: {advice}"
        if not advice and not is_word(name):
            template = "no layer is called {name}: a name has letters, digits, _ and - only"
        elif not advice:
            template = (
                "no layer is called {name}: write name: {name} on the one that is meant, "
                "or put back the line that had it; {advice}"
            )
            names = ", ".join(visible[-_MOST_NAMES:])
            advice = say("no layer before it has a name")
            if names:
                advice = say("the names before it are {names}", names=names)
        self.findings.tell(UNKNOWN_NAME, template, source.span, name=name, advice=advice)

    def _seen_elsewhere(self, source: Scalar, scope: Scope, where: str) -> str:
        """Why a name that an entry of the same list, or around it, does have is not seen."""
        name = source.text
        if self.current is not None and name == self.current.name:
            return say("that is this layer itself, and {where} sees only what is before it", where=where)
        group = scope.group
        while group is not None and group.values is None:
            group = group.parent
        around, inside = self._names_of(None if group is None else group.kind)
        for items, names in around:
            if name in names and self.current in items:
                line = self.spec.source.position(names[name].start)[0]
                before = names[name].start < source.start
                if before and any(names[name] in item.names_given() for item in items if item.condition):
                    return say(
                        "line {line} has it, and the if there leaves it out: write the same if here",
                        line=line,
                    )
                template = "it is further down, on line {line}, and {where} sees only what is before it"
                return say(template, line=line, where=where)
        if name in inside:
            return say("it is inside a block or branch, and what is inside is not seen from outside")
        return ""

    def _names_of(self, block: str | None) -> _Names:
        """The lists of a block, or of the file, each with its entries at any depth and its own names.

        Beside them all names in these lists; for the file those in its blocks too.
        """
        if block not in self.names_of:
            items = self.spec.items if block is None else self.spec.blocks[block].items
            around: _Lists = []
            _collect(items, around)
            inside = {name for _, names in around for name in names}
            if block is None:
                inside |= {name.text for item in self.spec.entries for name in item.names_given()}
            self.names_of[block] = around, inside
        return self.names_of[block]

    def value(self, value: Value, names: Names) -> Any:
        """The evaluated value, or None with a report where it has none."""
        try:
            return value.evaluate(names)
        except Unevaluated as error:
            error.report(self.findings)
            return None

    def holds(self, condition: Value, names: Names) -> bool:
        """Whether an `if` holds; one that has no truth value is reported, and holds."""
        result = self.value(condition, names)
        if isinstance(result, bool):
            return result
        if result is not None or condition.constant:
            must_be(self.findings, say("a condition"), "true or false", result, condition.node.span)
        return True
