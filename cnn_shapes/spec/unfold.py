"""Unfolds a spec into a network: blocks, repeats, branches and residuals become a flat list of nodes."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import closest, from_layout
from cnn_shapes.layers import KINDS, NORM_KINDS
from cnn_shapes.layers.base import Layer, Weighted
from cnn_shapes.layers.fields import LARGEST, BadValue, whole
from cnn_shapes.layers.merge import Concat, GateMultiply, ShortcutAdd, Split
from cnn_shapes.network import UNREACHED, Group, Network, Node, check_expectation
from cnn_shapes.shapes import UNKNOWN, Shape, ShapeError
from cnn_shapes.source import Limits, Scalar, Span
from cnn_shapes.spec.blocks import REQUIRED
from cnn_shapes.spec.document import Overrides, Spec
from cnn_shapes.spec.items import BLOCK, LAYER, STRUCTURE, BadSetting, Item, Unbuilt, build
from cnn_shapes.spec.values import Unevaluated, Value

_MAX_NESTING = 100


class LimitReached(Exception):
    """The spec unfolds into more than the limits allow; it is reported already."""


class Scope:
    """What a list of layers sees: the names before it, `input`, and what its first `prev` is."""

    __slots__ = ("absent", "counts", "depth", "group", "input", "names", "parent", "start")

    def __init__(self, start: Node, input: Node, group: Group | None, parent: Scope | None, depth: int):
        self.start, self.input, self.group, self.parent, self.depth = start, input, group, parent, depth
        self.names: dict[str, Node] = {}
        self.absent: set[str] = set()
        self.counts: dict[str, int] = {}

    def find(self, name: str) -> Node | None:
        scope: Scope | None = self
        while scope is not None:
            node = scope.names.get(name)
            if node is not None:
                return node
            scope = scope.parent
        return None

    def visible(self) -> list[str]:
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            names += scope.names
            scope = scope.parent
        return names


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
        self.network = Network(shape, spec)
        self.rank = shape.rank if 1 <= shape.rank <= 3 else 2
        self.visited = 0
        self.entry = 0
        self.behind: dict[tuple[str, int], Layer] = {}
        self.missing = Node("?", "unknown", None, (), spec)

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
                self.unknown_name(node, scope)
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
        inputs = self.inputs(item, last, scope)
        if item.form == LAYER:
            node = self.layer(item, label, inputs, scope, names)
        elif item.broken:
            node = self.add(item, label, item.kind, None, inputs, scope.group)
        elif item.form == BLOCK:
            node = self.call(item, label, inputs, scope, names)
        elif item.form == STRUCTURE:
            node = getattr(self, f"unfold_{item.kind}")(item, label, inputs[0], scope, names)
        else:
            node = self.add(item, label, item.kind, None, inputs, scope.group)
        if item.name is not None:
            self.bind(item.name, item.name_node, node, scope)
        if item.expect is not None:
            self.expect(item, item.expect, node, names)
        return node

    def visit(self, item: Item) -> None:
        self.visited += 1 + item.weight
        if self.visited > self.limits.nodes:
            self.stop(
                item.span,
                "unfolding this spec visits more than {limit} places of its text",
                self.limits.nodes,
            )

    def stop(self, span: Span, template: str, limit: int) -> None:
        self.findings.tell("limit-exceeded", template + ": the limit is {limit}", span, limit=f"{limit:,}")
        raise LimitReached

    def bind(self, name: str, place: Scalar | None, node: Node, scope: Scope) -> None:
        if name in scope.names and name not in scope.absent and place is not None:
            self.findings.tell(
                "duplicate-name", "the name {name} is taken in this list already", place.span, name=name
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
        owner: Node | None = None,
    ) -> Node:
        name = f"{group.name}.{label}" if group is not None else label
        node = self.network.add(name, kind, layer, inputs, item, group, owner)
        node.entry = self.entry
        if node.index > self.limits.layers:
            self.stop(item.span, "this unfolds into too many layers", self.limits.layers)
        self.halt(node)
        return node

    def halt(self, node: Node) -> None:
        if self.stop_at_error and (node.error is not None or node.layer is None):
            raise FirstError(node)

    def inputs(self, item: Item, last: Node, scope: Scope) -> tuple[Node, ...]:
        if item.sources is None:
            return (last,)
        found = []
        for source in item.sources:
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

    def unknown_name(self, source: Scalar, scope: Scope) -> None:
        name = source.text
        visible = [*scope.visible(), "prev", "input"]
        near = closest(name, visible)
        if near is not None:
            advice = f"did you mean {near}?"
        elif "." in name:
            advice = "a name inside a block or branch cannot be used from outside: name the block instead"
        else:
            shown = ", ".join(visible[:8])
            advice = f"from sees names that stand before it: {shown}"
        self.findings.tell(
            "unknown-name", "no layer is called {name} here: {advice}", source.span, name=name, advice=advice
        )

    def value(self, value: Value, names: dict[str, Any]) -> Any:
        """The evaluated value, or None with a report where it has none."""
        try:
            return value.evaluate(names)
        except Unevaluated as error:
            error.report(self.findings)
            return None

    def holds(self, condition: Value, names: dict[str, Any]) -> bool:
        result = self.value(condition, names)
        if result is None or isinstance(result, bool):
            return result is not False
        self.findings.tell(
            "bad-value",
            "a condition must be true or false, found {found}",
            condition.node.span,
            found=_shown(result),
        )
        return True

    # layers

    def layer(
        self, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: dict[str, Any]
    ) -> Node:
        group = scope.group
        x = inputs[0].output
        rank = x.rank if x is not None and 1 <= x.rank <= 3 else self.rank
        if item.broken:
            return self.add(item, label, item.kind, None, inputs, group)
        try:
            layer = build(item, names, rank, self.spec.layout, self.rounding)
        except Unevaluated as error:
            error.report(self.findings)
            return self.add(item, label, item.kind, None, inputs, group)
        except BadSetting as error:
            self.bad_setting(item, error)
            return self.add(item, label, item.kind, None, inputs, group)
        except Unbuilt:
            return self.add(item, label, item.kind, None, inputs, group)
        if isinstance(layer, Split):
            return self.split(item, label, layer, inputs, scope)
        node = self.add(item, label, item.kind, layer, inputs, group)
        if item.rank is not None and x is not None and x.rank != item.rank:
            self.wrong_rank(item, node, x)
        if isinstance(layer, Weighted):
            owner = node
            for part, word in (("norm", layer.norm), ("activation", layer.activation)):
                if word != "none":
                    node = self.behind_layer(item, owner, node, part, word, rank)
        return node

    def behind_layer(self, item: Item, owner: Node, node: Node, part: str, word: str, rank: int) -> Node:
        """The norm or activation that is written on a layer, as a layer of its own behind it."""
        kind = NORM_KINDS.get(word, word)
        layer = self.behind.get((kind, rank))
        if layer is None:
            layer = self.behind[kind, rank] = self.plain(kind, rank)
        label = f"{owner.name.rpartition('.')[2]}.{part}"
        return self.add(item, label, kind, layer, (node,), owner.group, owner)

    def plain(self, kind: str, rank: int) -> Layer:
        """A layer with the file's defaults for its kind and nothing else."""
        values: dict[str, Any] = {}
        for name, setting in self.spec.reader.defaults.get(kind, {}).items():
            try:
                values[name] = KINDS[kind].fields[name].read(setting.value.raw, rank, self.spec.layout)
            except BadValue:
                continue  # reported where a layer of this kind is written
        return KINDS[kind](rank, values)

    def bad_setting(self, item: Item, bad: BadSetting) -> None:
        error = bad.error
        raw = bad.raw
        for step in error.path:
            raw = raw[step]
        name = bad.setting.key.text if bad.setting.key is not None else bad.name
        template = error.template or "{name} must be {expected}, found {found}"
        facts = {
            "name": name,
            "expected": bad.expected,
            "found": _shown(raw),
            "layer": item.text,
            **error.facts,
        }
        self.findings.tell("bad-value", template, bad.setting.value.locate(error.path), **facts)

    def wrong_rank(self, item: Item, node: Node, x: Shape) -> None:
        if x.rank == 0 and item.kind in ("batchnorm", "instancenorm"):
            return
        node.error = ShapeError(
            "wrong-rank",
            "{word} is for {rank} spatial axes, but its input {input} has {found}: write {kind}",
            word=item.text,
            rank=item.rank,
            input=x,
            found=x.rank,
            kind=item.kind,
        )
        node.output = node.layer.guess(x) if node.layer else None
        if node.output is not None:
            node.output = Shape((node.output[0], *(UNKNOWN,) * node.output.rank))

    def split(self, item: Item, label: str, layer: Split, inputs: tuple[Node, ...], scope: Scope) -> Node:
        group = Group(label, "split", scope.group, item)
        first = None
        for position, (name, _) in enumerate(layer.into):
            node = self.add(item, name, "split", layer.part(position), inputs, group)
            if first is None:
                first = node
            elif first.error is not None:  # one mistake, told at the first part
                node.error, node.state = None, UNREACHED
            self.bind(name, item.key, node, scope)
        return node

    def expect(self, item: Item, expect: Value, node: Node, names: dict[str, Any]) -> None:
        """Compare what comes out with what the spec says must come out."""
        raw = self.value(expect, names)
        if raw is None and not expect.constant:
            return
        sizes = raw if isinstance(raw, list) else [raw]
        numbers = [UNKNOWN if size is None else whole(size) for size in sizes]
        if not sizes or any(number is None or not 0 <= number <= LARGEST for number in numbers) or 0 in sizes:
            self.findings.tell(
                "bad-value",
                "expect must be the sizes that come out, null for any, found {found}",
                expect.node.span,
                found=_shown(raw),
            )
            return
        shape = Shape(from_layout(tuple(number or UNKNOWN for number in numbers), self.spec.layout))
        if self.asserts:
            node.expected = shape
            check_expectation(node)
            self.halt(node)

    # structures and blocks

    def inner(self, item: Item, start: Node, scope: Scope, group: Group) -> Scope:
        if scope.depth >= _MAX_NESTING:
            self.stop(item.span, "blocks and structures are nested too deep", _MAX_NESTING)
        return Scope(start, scope.input, group, scope, scope.depth + 1)

    def activation(self, item: Item, node: Node, group: Group, names: dict[str, Any]) -> Node:
        setting = item.settings.get("activation")
        if setting is None:
            return node
        word = self.value(setting.value, names)
        if word is None or word == "none":
            return node
        if not isinstance(word, str) or word not in KINDS or KINDS[word].family != "activations":
            self.findings.tell(
                "bad-value",
                "activation must be the name of an activation or none, found {found}",
                setting.value.node.span,
                found=_shown(word),
            )
            return node
        return self.add(item, "activation", word, self.plain(word, self.rank), (node,), group)

    def unfold_residual(self, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
        group = Group(label, "residual", scope.group, item)
        out = self.unfold_list(item.lists.get("layers", []), self.inner(item, x, scope, group), names)
        setting = item.settings.get("add_if")
        if setting is None or self.holds(setting.value, names):
            side = x
            if item.lists.get("shortcut"):
                shortcut = Group("shortcut", "shortcut", group, item)
                side = self.unfold_list(item.lists["shortcut"], self.inner(item, x, scope, shortcut), names)
            out = self.add(item, "add", "add", ShortcutAdd(self.rank), (out, side), group)
        return self.activation(item, out, group, names)

    def unfold_parallel(self, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
        group = Group(label, "parallel", scope.group, item)
        ends = []
        for branch, items in item.lists.items():
            inside = self.inner(item, x, scope, Group(branch, "branch", group, item))
            ends.append(self.unfold_list(items, inside, names))
        setting = item.settings.get("merge")
        merge = setting.value.raw if setting else "concat"
        if len(ends) == 1:
            return ends[0]
        return self.add(item, merge, merge, KINDS[merge](self.rank), tuple(ends), group)

    def unfold_gate(self, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
        group = Group(label, "gate", scope.group, item)
        branch = self.unfold_list(item.lists.get("layers", []), self.inner(item, x, scope, group), names)
        return self.add(item, "multiply", "multiply", GateMultiply(self.rank), (x, branch), group)

    def unfold_repeat(self, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
        group = Group(label, "repeat", scope.group, item)
        setting = item.settings["times"]
        raw = self.value(setting.value, names)
        times = whole(raw)
        if times is None or times < 0:
            if raw is not None:
                self.findings.tell(
                    "bad-value",
                    "times must be a whole number from 0, found {found}",
                    setting.value.node.span,
                    found=_shown(raw),
                )
            return self.add(item, label, "repeat", None, (x,), scope.group)
        if times > self.limits.layers:
            self.stop(setting.value.node.span, "this repeats too often", self.limits.layers)
        passes = [x]
        items = item.lists.get("layers", [])
        for index in range(times):
            inside = self.inner(item, passes[-1], scope, Group(str(index), "pass", group, item))
            passes.append(self.unfold_list(items, inside, {**names, "i": index}))
        if "collect" in item.settings and times:
            return self.add(item, "concat", "concat", Concat(self.rank), tuple(passes), group)
        return passes[-1]

    def call(
        self, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: dict[str, Any]
    ) -> Node:
        block = self.spec.blocks[item.kind]
        values = dict(self.spec.params)
        for name, default in block.params.items():
            setting = item.settings.get(name)
            value = default if setting is None else self.value(setting.value, names)
            if value is None or value is REQUIRED or isinstance(value, list | dict):
                return self.add(item, label, item.kind, None, inputs, scope.group)
            values[name] = value
        x = inputs[0].output
        channels = UNKNOWN if x is None else x.channels
        if channels:
            values["c_in"] = channels
        elif block.uses_channels:
            return self.add(item, label, item.kind, None, inputs, scope.group)
        for name, local in block.let.items():
            value = None if local.broken else self.value(local, values)
            if value is None:
                return self.add(item, label, item.kind, None, inputs, scope.group)
            values[name] = value
        group = Group(label, item.kind, scope.group, item)
        inside = self.inner(item, inputs[0], scope, group)
        inside.parent, inside.input = None, inputs[0]
        inside.names.update(zip(block.inputs, inputs, strict=False))
        return self.unfold_list(block.items, inside, values)


def _shown(raw: Any) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None:
        return "nothing"
    if isinstance(raw, list):
        return f"[{', '.join(map(_shown, raw))}]"
    if isinstance(raw, int) and abs(raw) > 10**15:
        return "a number beyond 2**31-1"
    return str(raw)


def unfold(spec: Spec, overrides: Overrides, limits: Limits) -> Network | None:
    """The network of a spec; None where its input is unknown, or where it passes a limit."""
    if spec.shape is None:
        return None
    unfolder = Unfolder(spec, spec.shape, overrides, limits)
    try:
        return unfolder.run()
    except LimitReached:
        return None
