"""Unfolds the entries that hold others: residual, parallel, gate, repeat and block calls."""

from __future__ import annotations

from typing import Any

from cnn_shapes.language.block import REQUIRED
from cnn_shapes.language.building import BadSetting
from cnn_shapes.language.entry import Item
from cnn_shapes.language.reading.wording import MISSING_FIELD, must_be
from cnn_shapes.language.unfolding.builder import Builder
from cnn_shapes.language.unfolding.layers import plain, report_bad
from cnn_shapes.language.unfolding.names import IncomingNames
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.fields import ActivationWord, BadValue, whole
from cnn_shapes.layers.merge import Concat, GateMultiply, ShortcutAdd
from cnn_shapes.layers.structure import Gate, Parallel, Repeat, Residual
from cnn_shapes.network import Group, Node
from cnn_shapes.shapes import UNKNOWN, OpenSize

_MAX_NESTING = 100
_WORD = ActivationWord("")


def _inner(builder: Builder, item: Item, start: Node, scope: Scope, group: Group) -> Scope:
    if scope.depth >= _MAX_NESTING:
        template = "blocks and structures are nested too deep"
        if builder.limits.depth > _MAX_NESTING:
            template += ", which limits.depth does not change"
        builder.stop(item.span, template, _MAX_NESTING)
    return Scope(start, scope.input, group, scope, scope.depth + 1)


def _ended(builder: Builder, group: Group, outputs: tuple[Node, ...]) -> tuple[Node, ...]:
    """What comes out of a group, the first of which its name means."""
    builder.network.group_outputs[group] = outputs[0]
    return outputs


def _activation(builder: Builder, item: Item, node: Node, group: Group, names: IncomingNames) -> Node:
    setting = item.settings.get("activation")
    if setting is None:
        return node
    try:
        word = setting.value.evaluate(names)
    except Unevaluated as error:
        word = error.no_word(_WORD.words, names)
        if not word:
            error.report(builder.findings)
            return node
    try:
        word = _WORD.read(word, builder.rank, builder.spec.layout)
    except BadValue as bad:
        report_bad(builder, item, BadSetting("activation", setting, word, bad, bad.expected), _WORD)
        return node
    if word == "none":
        return node
    return builder.add(item, "activation", word, plain(builder, word, builder.rank), (node,), group)


def _residual(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> tuple[Node, ...]:
    x = inputs[0]
    group = Group(label, "residual", scope.group, builder.place(item))
    out = builder.unfold_list(item.lists.get("layers", []), _inner(builder, item, x, scope, group), names)
    setting = item.settings.get("add_if")
    if setting is None or builder.holds(setting.value, names):
        side = x
        if item.lists.get("shortcut"):
            shortcut = Group("shortcut", "shortcut", group, builder.place(item))
            inside = _inner(builder, item, x, scope, shortcut)
            side = builder.unfold_list(item.lists["shortcut"], inside, names)
            _ended(builder, shortcut, (side,))
        out = builder.add(item, "add", "add", ShortcutAdd(builder.rank), (out, side), group)
    return _ended(builder, group, (_activation(builder, item, out, group, names),))


def _parallel(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> tuple[Node, ...]:
    x = inputs[0]
    group = Group(label, "parallel", scope.group, builder.place(item))
    ends: list[Node] = []
    for branch, items in item.lists.items():
        condition = item.branch_conditions.get(branch)
        if condition is not None and not builder.holds(condition, names):
            continue
        way = Group(branch, "branch", group, builder.place(item))
        end = builder.unfold_list(items, _inner(builder, item, x, scope, way), names)
        ends += _ended(builder, way, (end,))
    setting = item.settings.get("merge")
    merge = setting.value.raw if setting else "concat"
    if not ends:
        builder.findings.tell(
            MISSING_FIELD,
            "no branch is left: the if of each is false here; write if on the whole parallel instead",
            item.key.span,
        )
        return (builder.add(item, label, item.kind, None, (x,), scope.group),)
    if len(ends) == 1:
        return _ended(builder, group, (ends[0],))
    out = builder.add(item, merge, merge, KINDS[merge](builder.rank), tuple(ends), group)
    return _ended(builder, group, (out,))


def _gate(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> tuple[Node, ...]:
    x = inputs[0]
    group = Group(label, "gate", scope.group, builder.place(item))
    branch = builder.unfold_list(item.lists.get("layers", []), _inner(builder, item, x, scope, group), names)
    out = builder.add(item, "multiply", "multiply", GateMultiply(builder.rank), (x, branch), group)
    return _ended(builder, group, (out,))


def _repeat(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> tuple[Node, ...]:
    group = Group(label, "repeat", scope.group, builder.place(item))
    setting = item.settings["times"]
    raw = builder.value(setting.value, names)
    times = whole(raw)
    if times is None or times < 0:
        if raw is not None or setting.value.constant:
            must_be(builder.findings, "times", "a whole number from 0", raw, setting.value.node.span)
        return (builder.add(item, label, "repeat", None, inputs, scope.group),)
    if times > builder.limits.layers:
        builder.stop(setting.value.node.span, "this repeats too often", builder.limits.layers)
    passes = [inputs]
    items = item.lists.get("layers", [])
    for index in range(times):
        builder.visit(item)
        came = passes[-1]
        one = Group(str(index), "pass", group, item)
        inside = _inner(builder, item, came[0], scope, one)
        if item.inputs:
            inside.name_inputs([name.text for name in item.inputs], came, "this repeat")
        last = builder.unfold_list(items, inside, names.with_values({"i": index}))
        outputs = builder.inputs([*item.outputs], last, inside, "outputs") if item.outputs else (last,)
        passes.append(_ended(builder, one, outputs))
    if "collect" in item.settings and times:
        joined = tuple([came[0] for came in passes])
        out = builder.add(item, "concat", "concat", Concat(builder.rank), joined, group)
        return _ended(builder, group, (out,))
    return _ended(builder, group, passes[-1])


def unfold_call(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> tuple[Node, ...]:
    """The layers of the called block; one row that is not reached where a value of it is unknown."""
    block = builder.block(item.kind)
    x = inputs[0].output
    values = IncomingNames(builder.params)
    values.shape, values.asked = x, builder.network.asked
    builder.visit(item, len(values) + len(block.params) + len(block.let))
    for name, default in block.params.items():
        setting = item.settings.get(name)
        if setting is not None:
            value = builder.value(setting.value, names)
        else:
            value = default.raw if default.constant else builder.value(default, values)
        if value is None or value is REQUIRED or (isinstance(value, list | dict) and not _is_flat(value)):
            if setting is not None and (value is not None or setting.value.constant):
                expected = "a number, true, false, a word or a list of these"
                must_be(builder.findings, name, expected, value, setting.value.node.span)
            return (builder.add(item, label, item.kind, None, inputs, scope.group),)
        values[name] = value
    if block.broken:
        return (builder.add(item, label, item.kind, None, inputs, scope.group),)
    channels: Any = UNKNOWN if x is None else x.channels
    if channels.__class__ is not int:
        values["c_in"] = channels.in_expression()
    elif channels:
        values["c_in"] = channels
    elif block.uses_channels:
        return (builder.add(item, label, item.kind, None, inputs, scope.group),)
    for name, local in block.let.items():
        value = None if local.broken else builder.value(local, values)
        if value is None:
            return (builder.add(item, label, item.kind, None, inputs, scope.group),)
        values[name] = value
    group = Group(label, item.kind, scope.group, builder.place(item))
    group.inputs, group.values = inputs, values
    inside = _inner(builder, item, inputs[0], scope, group)
    inside.parent, inside.caller, inside.input = None, scope, inputs[0]
    if block.inputs:
        inside.name_inputs(block.inputs, inputs, f"the block {item.kind}")
    findings = builder.findings
    outer = findings.call
    if outer is None:
        findings.call = builder.place(item)
    last = builder.unfold_list(block.items, inside, values)
    outputs = builder.inputs([*block.outputs], last, inside, "outputs") if block.outputs else (last,)
    findings.call = outer
    builder.network.group_outputs[group] = outputs[0]  # as _ended does, without a call for each of many
    return outputs


def _is_flat(value: Any) -> bool:
    """Whether it is a list of numbers, booleans and words: what a name of an expression can have."""
    return isinstance(value, list) and all(isinstance(part, int | float | str | OpenSize) for part in value)


# a total table, as a test keeps it: what each structure unfolds into
UNFOLD = {Residual: _residual, Parallel: _parallel, Gate: _gate, Repeat: _repeat}
