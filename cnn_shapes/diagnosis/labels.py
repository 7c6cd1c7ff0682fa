"""Second places that a message points at: where a size was made, and where a value was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import Label
from cnn_shapes.language.block import REQUIRED
from cnn_shapes.language.entry import DEFAULTS, Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.values import Value
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Group, Network, Node
from cnn_shapes.shapes import NOT_WHOLE


class Unfolded:
    """A network with the spec that it was unfolded from."""

    def __init__(self, spec: Spec, network: Network) -> None:
        self.spec, self.network = spec, network
        self._of_type: dict[type[Layer], set[Layer]] | None = None

    def of_type(self, kind: type[Layer]) -> set[Layer]:
        """All different layers of a type."""
        if self._of_type is None:
            self._of_type = {}
            for node in self.network.layers:
                if node.layer is not None:
                    self._of_type.setdefault(type(node.layer), set()).add(node.layer)
        return self._of_type.get(kind, set())


class Explanation(NamedTuple):
    """What is said of an error: the message as a template, its facts, and labels."""

    template: str
    facts: dict[str, Any]
    labels: list[Label]


_MOST_STEPS = 6  # from a value through let, arguments and params to where its number is written


def maker_of(node: Node) -> Node:
    """The last layer before a node that computed the size which comes in, or the input."""
    source = node.inputs[0]
    while source.inputs and source.output is not None and source.layer is not None:
        before = source.inputs[0].output
        if before is None or before.sizes != source.output.sizes:
            break  # what keeps a size has not made it
        source = source.inputs[0]
    return source


def gives(node: Node, field: str, name: str = "") -> Label:
    """What comes out of a layer, at a field of it: its arithmetic, else the shape, after `name` if given."""
    place = node.at(field)
    known = tuple([x for x in node.input_shapes if x is not None and x.known])
    text = ""
    if node.layer is not None and node.output is not None and len(known) == len(node.inputs):
        # one that fails for its rank gives what it declares, which no arithmetic leads to
        computed = not node.layer.has_windows or known[0].rank == node.layer.rank
        text = node.layer.formula(known, node.output) if computed else ""
    if not text or name:
        template = "{name} gives {shape}" if name else "gives {shape}"
        return Label(place, template, {"name": name, "shape": node.output})
    if node.error is not None and node.error.rule in NOT_WHOLE:
        template = "gives {formula}, here rounded down to {shape}"
        return Label(place, template, {"formula": text, "shape": node.output})
    return Label(place, "gives {formula}", {"formula": text})


def written(node: Node, fields: Iterable[str], spec: Spec) -> Iterator[Label]:
    """Where the values of these fields are written, if that is not on the layer itself.

    In `defaults`, or, for a name in an expression: the argument of the call, the default of the param, the
    local name of the block, the param of the file.
    """
    item = node.place
    if not isinstance(item, Item):
        return
    for field in fields:
        setting = item.settings.get(field)
        if setting is None:
            continue
        if setting.origin == DEFAULTS:
            facts = {"field": setting.alias or field, "kind": item.kind}
            yield Label(setting.value.node.span, "{field} of every {kind}, from the defaults", facts)
        yield from _names_in(setting.value, node.group, spec, _MOST_STEPS)


def missing_padding(node: Node, spec: Spec) -> Iterator[Label]:
    """That the defaults of a kind give no padding, where a layer that shrinks its map has none either."""
    item = node.place
    defaults = spec.defaults.get(node.kind)
    if isinstance(item, Item) and defaults and "padding" not in item.settings:
        keys = [setting.key for setting in defaults.values() if setting.key is not None]
        if keys:
            facts = {"kind": node.kind}
            yield Label(keys[0].span, "the defaults of {kind} give no padding, so that it is 0", facts)


def _names_in(value: Value, group: Group | None, spec: Spec, steps: int) -> Iterator[Label]:
    """Where each name in a value got its own."""
    call = block_call(group)
    for name in sorted((value.origin or value).names):
        if call is None or call.values is None:
            if name in spec.param_nodes:
                facts = {"name": name, "value": _shown(spec.params.get(name))}
                yield Label(spec.param_nodes[name][1].span, "{name} is {value}", facts)
            continue
        block, item = spec.blocks[call.kind], call.place
        facts = {"name": name, "value": _shown(call.values.get(name))}
        if name in block.let:
            local = block.let[name]
            yield Label(local.node.span, "{name} is {value} here", facts)
            if steps:
                yield from _names_in(local, group, spec, steps - 1)
        elif isinstance(item, Item) and name in item.settings:
            argument = item.settings[name].value
            yield Label(argument.node.span, "{name} is {value} in this call", facts)
            if steps and argument.names:
                yield from _names_in(argument, call.parent, spec, steps - 1)
        elif name in block.params and block.params[name].raw is not REQUIRED:
            default = block.params[name]
            yield Label(default.node.span, "{name} is {value} where a call does not say it", facts)
            if steps:
                yield from _names_in(default, group, spec, steps - 1)
        elif name in spec.param_nodes:
            yield Label(spec.param_nodes[name][1].span, "{name} is {value}", facts)


def block_call(group: Group | None) -> Group | None:
    """The innermost call of a block that a group is in, or is."""
    while group is not None and group.values is None:
        group = group.parent
    return group


def outermost_call(node: Node) -> Item | None:
    """The call of a block, in the file's own layers, that a layer was made by."""
    found, group = None, node.group
    while group is not None:
        if group.values is not None and isinstance(group.place, Item):
            found = group.place
        group = group.parent
    return found


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
