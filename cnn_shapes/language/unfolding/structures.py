"""Unfolds the entries that hold others: residual, parallel, gate, repeat and block calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.language.block import REQUIRED
from cnn_shapes.language.entry import Item
from cnn_shapes.language.reading.wording import must_be
from cnn_shapes.language.unfolding.layers import plain
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.fields import ACTIVATIONS, whole
from cnn_shapes.layers.merge import Concat, GateMultiply, ShortcutAdd
from cnn_shapes.network import Group, Node
from cnn_shapes.shapes import UNKNOWN

if TYPE_CHECKING:
    from cnn_shapes.language.unfolding.unfolder import Unfolder

_MAX_NESTING = 100


def _inner(unfolder: Unfolder, item: Item, start: Node, scope: Scope, group: Group) -> Scope:
    if scope.depth >= _MAX_NESTING:
        told = "blocks and structures are nested too deep"
        if unfolder.limits.depth > _MAX_NESTING:
            told += ", which limits.depth does not change"
        unfolder.stop(item.span, told, _MAX_NESTING)
    return Scope(start, scope.input, group, scope, scope.depth + 1)


def _activation(unfolder: Unfolder, item: Item, node: Node, group: Group, names: dict[str, Any]) -> Node:
    setting = item.settings.get("activation")
    if setting is None:
        return node
    try:
        word = setting.value.evaluate(names)
    except Unevaluated as error:
        if not error.no_word:
            error.report(unfolder.findings)
            return node
        word = error.no_word
    if word in (None, "none"):
        return node
    if word not in ACTIVATIONS:
        expected = f"one of {', '.join((*ACTIVATIONS, 'none'))}"
        must_be(unfolder.findings, "activation", expected, word, setting.value.node.span)
        return node
    return unfolder.add(item, "activation", word, plain(unfolder, word, unfolder.rank), (node,), group)


def _residual(
    unfolder: Unfolder, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]
) -> Node:
    group = Group(label, "residual", scope.group, item)
    out = unfolder.unfold_list(item.lists.get("layers", []), _inner(unfolder, item, x, scope, group), names)
    setting = item.settings.get("add_if")
    if setting is None or unfolder.holds(setting.value, names):
        side = x
        if item.lists.get("shortcut"):
            shortcut = Group("shortcut", "shortcut", group, item)
            side = unfolder.unfold_list(
                item.lists["shortcut"], _inner(unfolder, item, x, scope, shortcut), names
            )
        out = unfolder.add(item, "add", "add", ShortcutAdd(unfolder.rank), (out, side), group)
    return _activation(unfolder, item, out, group, names)


def _parallel(
    unfolder: Unfolder, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]
) -> Node:
    group = Group(label, "parallel", scope.group, item)
    ends = []
    for branch, items in item.lists.items():
        inside = _inner(unfolder, item, x, scope, Group(branch, "branch", group, item))
        ends.append(unfolder.unfold_list(items, inside, names))
    setting = item.settings.get("merge")
    merge = setting.value.raw if setting else "concat"
    if len(ends) == 1:
        return ends[0]
    return unfolder.add(item, merge, merge, KINDS[merge](unfolder.rank), tuple(ends), group)


def _gate(unfolder: Unfolder, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
    group = Group(label, "gate", scope.group, item)
    branch = unfolder.unfold_list(
        item.lists.get("layers", []), _inner(unfolder, item, x, scope, group), names
    )
    return unfolder.add(item, "multiply", "multiply", GateMultiply(unfolder.rank), (x, branch), group)


def _repeat(unfolder: Unfolder, item: Item, label: str, x: Node, scope: Scope, names: dict[str, Any]) -> Node:
    group = Group(label, "repeat", scope.group, item)
    setting = item.settings["times"]
    raw = unfolder.value(setting.value, names)
    times = whole(raw)
    if times is None or times < 0:
        if raw is not None or setting.value.constant:
            must_be(unfolder.findings, "times", "a whole number from 0", raw, setting.value.node.span)
        return unfolder.add(item, label, "repeat", None, (x,), scope.group)
    if times > unfolder.limits.layers:
        unfolder.stop(setting.value.node.span, "this repeats too often", unfolder.limits.layers)
    passes = [x]
    items = item.lists.get("layers", [])
    for index in range(times):
        unfolder.visit(item)
        inside = _inner(unfolder, item, passes[-1], scope, Group(str(index), "pass", group, item))
        passes.append(unfolder.unfold_list(items, inside, {**names, "i": index}))
    if "collect" in item.settings and times:
        return unfolder.add(item, "concat", "concat", Concat(unfolder.rank), tuple(passes), group)
    return passes[-1]


def unfold_call(
    unfolder: Unfolder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: dict[str, Any]
) -> Node:
    """The layers of the called block; one row that is not reached where a value of it is unknown."""
    block = unfolder.spec.blocks[item.kind]
    values = dict(unfolder.spec.params)
    for name, default in block.params.items():
        setting = item.settings.get(name)
        value = default if setting is None else unfolder.value(setting.value, names)
        if value is None or value is REQUIRED or isinstance(value, list | dict):
            if setting is not None and (value is not None or setting.value.constant):
                expected = "a number, true, false or a word"
                must_be(unfolder.findings, name, expected, value, setting.value.node.span)
            return unfolder.add(item, label, item.kind, None, inputs, scope.group)
        values[name] = value
    x = inputs[0].output
    channels = UNKNOWN if x is None else x.channels
    if channels:
        values["c_in"] = channels
    elif block.uses_channels:
        return unfolder.add(item, label, item.kind, None, inputs, scope.group)
    for name, local in block.let.items():
        value = None if local.broken else unfolder.value(local, values)
        if value is None:
            return unfolder.add(item, label, item.kind, None, inputs, scope.group)
        values[name] = value
    group = Group(label, item.kind, scope.group, item)
    group.inputs, group.values = inputs, values
    inside = _inner(unfolder, item, inputs[0], scope, group)
    inside.parent, inside.caller, inside.input = None, scope, inputs[0]
    inside.names.update(zip(block.inputs, inputs, strict=False))
    return unfolder.unfold_list(block.items, inside, values)


UNFOLD = {"residual": _residual, "parallel": _parallel, "gate": _gate, "repeat": _repeat}
