"""Unfolds the entry of a layer: itself, the norm and activation after it, the parts of a split."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from cnn_shapes.diagnostics import Fix, is_respelling
from cnn_shapes.language.building import BadSetting, Unbuilt, build
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.language.reading.common import RESERVED
from cnn_shapes.language.reading.wording import BAD_VALUE, shown
from cnn_shapes.language.unfolding.builder import Builder
from cnn_shapes.language.unfolding.names import IncomingNames
from cnn_shapes.language.unfolding.scope import Scope
from cnn_shapes.language.values import Unevaluated
from cnn_shapes.layers import KINDS, NORM_KINDS, with_rank
from cnn_shapes.layers.base import Layer, Weighted
from cnn_shapes.layers.fields import BadValue, Field
from cnn_shapes.network import UNREACHED, Group, Node
from cnn_shapes.shapes import UNKNOWN, WRONG_RANK, Shape, ShapeError
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Span
from cnn_shapes.words import say


def unfold_layer(
    builder: Builder, item: Item, label: str, inputs: tuple[Node, ...], scope: Scope, names: IncomingNames
) -> Node:
    x = inputs[0].output
    rank = len(x) - 1 if x is not None else 0
    if not 1 <= rank <= 3 and (x is None or item.layer is None or not item.layer.counts_axes):
        rank = builder.rank
    layer = None
    if item.layer is not None and item.layer.is_stated:
        names = _names_of_input(builder, item, x, names)
    if not item.broken:
        try:
            layer = build(item, names, rank, builder.spec.layout, builder.rounding, builder.pool)
        except Unevaluated as error:
            if not _tell_reference(builder, item, scope):
                error.report(builder.findings)
        except BadSetting as error:
            # how many axes come in may be a guess after an error, and the value be right for it
            if item.layer is not None and (x is not None or not item.layer.counts_axes):
                report_bad(builder, item, error, item.layer.fields[error.name])
        except Unbuilt:
            pass
    if layer is None:
        if item.layer is not None and item.layer.splits:
            builder.findings.excuse(item.body)
    elif layer.splits:
        return _unfold_parts(builder, item, label, layer, inputs, scope)
    elif layer.reference and getattr(layer, layer.reference) is not None:
        return _add_like(builder, item, label, layer, inputs, scope)
    node = builder.add(item, label, item.kind, layer, inputs, scope.group)
    if item.rank is not None:
        check_rank(item, node)
        builder.halt(node)
    if isinstance(layer, Weighted):
        owner = node
        if layer.norm != "none":
            node = _put_after(builder, item, owner, layer, node, "norm", layer.norm)
        if layer.activation != "none":
            node = _put_after(builder, item, owner, layer, node, "activation", layer.activation)
    return node


def _names_of_input(builder: Builder, item: Item, x: Shape | None, names: IncomingNames) -> IncomingNames:
    """The names for a layer that is stated: what comes into it, not into the block that it is in.

    Where its output follows from sizes, so do the layers after it; its costs decide about no layer.
    """
    stated = item.settings.get("output")
    asked = INCOMING.keys() & stated.value.names if stated is not None else set()
    if asked and x is not None and not x.rank:  # the features of a vector follow from the sizes
        builder.network.asked.sizes = True
    return names.of_layer(x, asks=bool(asked - {"c_in"}))


def _add_like(
    builder: Builder, item: Item, label: str, layer: Layer, inputs: tuple[Node, ...], scope: Scope
) -> Node:
    """A layer whose sizes follow from another: with the numbers that follow, where both are known."""
    name = item.settings[layer.reference].value.node
    other = builder.missing
    if isinstance(name, Scalar) and type(name.value) is not str and scope.find(name.text) is None:
        _tell_no_name(builder, item, layer, name)
    elif isinstance(name, Scalar):
        (other,) = builder.inputs([name], builder.previous, scope, layer.reference)
        if layer.undoes and other is not builder.missing and other.kind not in layer.undoes:
            builder.findings.tell(
                BAD_VALUE,
                "{kind} undoes a {undone}, found {name}, of the kind {found}: write the name of the {undone}",
                name.span,
                kind=item.kind,
                undone=layer.undoes[0],
                name=name.text,
                found=_written_kind(other, name.text, scope),
            )
            other = builder.missing
    sized = other.inputs[0] if layer.undoes and other.inputs else other
    x, like = inputs[0].output, sized.output
    if x is not None and like is not None and x.known and like.known:
        with suppress(ShapeError):  # the layer itself fails with it where it is computed
            layer = layer.settled(x, like)
    path = f"{scope.group.name}.{label}" if scope.group is not None else label
    return builder.put(item, path, item.kind, layer, inputs, scope.group, like=other)


def _tell_reference(builder: Builder, item: Item, scope: Scope) -> bool:
    """Report the name of a layer where a number belongs, if the field for that name is another one."""
    layer = item.layer
    if layer is None or not layer.reference or layer.shorthand is None:
        return False
    stated = item.settings.get(layer.shorthand)
    node = stated.value.node if stated is not None and stated.key is None else None
    if not isinstance(node, Scalar) or (node.text not in RESERVED and scope.find(node.text) is None):
        return False
    builder.findings.tell(
        BAD_VALUE,
        "the value of {layer} is its {name}, and {found} is a layer: write {layer}: {{{field}: {found}}}",
        node.span,
        layer=item.text,
        name=layer.shorthand,
        found=node.text,
        field=layer.reference,
    )
    return True


def _tell_no_name(builder: Builder, item: Item, layer: Layer, found: Scalar) -> None:
    """Report a number where the name of a layer belongs: most likely the size of a pool."""
    builder.findings.tell(
        BAD_VALUE,
        "{field} of {kind} is the name of the {undone} that it undoes, found {found}: write a name on that, "
        "as in {undone}: {{kernel_size: 2, name: p}}, and {kind}: p"
        if layer.undoes
        else "{field} of {kind} is the name of a layer before it, or input, found {found}",
        found.span,
        field=layer.reference,
        kind=item.text,
        undone=layer.undoes[0] if layer.undoes else "",
        found=found.text,
    )


def _written_kind(node: Node, name: str, scope: Scope) -> str:
    """The kind of the entry that a name is written on: the layer with the activation, or the whole block."""
    of = next((one for one in scope.chain() if name in one.names), scope)
    written = (node.owner or node).kind
    kind, group = written, node.group
    while group is not None and group is not of.group:
        kind, group = group.kind, group.parent
    return kind if group is of.group else written


def _put_after(
    builder: Builder, item: Item, owner: Node, on: Weighted, node: Node, part: str, word: str
) -> Node:
    """The norm or activation that is written on the layer `on` of a node, as a layer of its own after it."""
    kind = NORM_KINDS.get(word, word)
    key = (kind, on.rank, on.norm_groups, "norm_groups" in item.settings)
    layer = builder.written_on.get(key)
    if layer is None:
        layer = builder.written_on[key] = plain(builder, kind, on.rank).written_on(on, item.settings)
    return builder.put(item, f"{owner.name}.{part}", kind, layer, (node,), owner.group, owner)


def plain(builder: Builder, kind: str, rank: int) -> Layer:
    """A layer with the file's defaults for its kind and nothing else."""
    values: dict[str, Any] = {}
    for name, setting in builder.spec.defaults.get(kind, {}).items():
        try:
            values[name] = KINDS[kind].fields[name].read(setting.value.raw, rank, builder.spec.layout)
        except BadValue:
            continue  # reported where a layer of this kind is written
    return KINDS[kind](rank, values)


def report_bad(builder: Builder, item: Item, bad: BadSetting, field: Field[Any]) -> None:
    """Report a value that a field cannot have, with the word that is nearest where it takes words."""
    error, setting = bad.error, bad.setting
    raw = bad.raw
    for step in error.path:
        raw = raw[step]
    span = setting.value.locate(error.path)
    facts = {"name": setting.key.text if setting.key is not None else bad.name, "expected": bad.expected}
    facts = {**facts, "found": shown(raw), "layer": item.text, **error.facts}
    if error.template:
        builder.findings.tell(BAD_VALUE, error.template, span, **facts)
        return
    # who wrote the value alone never wrote the field
    template = "{name} must be" if setting.key is not None else "the value of {layer}, its {name}, must be"
    template += " {expected}, found {found}"
    near = builder.findings.meant(raw, field.words) if isinstance(raw, str) else None
    if near is None or not field.takes(near, builder.rank, builder.spec.layout):
        builder.findings.tell(BAD_VALUE, template, span, **facts)
        return
    fix = Fix(f"{raw} -> {near}", (Edit(span, near),), safe=is_respelling(raw, near))
    template += ": did you mean {near}?"
    builder.findings.suggest(BAD_VALUE, template, span, fix, near=near, **facts)


def check_rank(item: Item, node: Node) -> None:
    """Fail a layer that is written under a class name for another number of axes than come in."""
    x = node.inputs[0].output
    if node.layer is None or item.rank is None or x is None or x.rank == item.rank:
        return
    if node.state == UNREACHED:  # after a failed layer a rank may be a guess
        return
    # a vector has its own error, with the remedy, except where a norm takes it
    if x.rank == 0 and (node.error is not None or node.layer.is_norm):
        return
    template = "{word} is for {axes}, but its input {input} has {found}: write {right}"
    if not node.inputs[0].inputs and item.rank == x.rank - 1 and 1 in (x.sizes[0], x.channels):
        template += ", or leave the batch of 1 out of the input"
    node.error = ShapeError(
        WRONG_RANK,
        template,
        word=item.text,
        axes=say("1 spatial axis" if item.rank == 1 else "{rank} spatial axes", rank=item.rank),
        input=x,
        found=x.rank,
        kind=item.kind,
        right=with_rank(item.text, x.rank) if 1 <= x.rank <= 3 else item.kind,
    )
    node.output = node.layer.guess(x)
    if node.output is not None:
        node.output = Shape((node.output[0], *(UNKNOWN,) * node.output.rank))


def _unfold_parts(
    builder: Builder, item: Item, label: str, layer: Layer, inputs: tuple[Node, ...], scope: Scope
) -> Node:
    """A layer that is several: each gets the name that is written for it."""
    group = Group(label, item.kind, scope.group, builder.place(item))
    node = first = None
    for position, (name, part) in enumerate(layer.parts()):
        node = builder.add(item, name, item.kind, part, inputs, group)
        if first is None:
            first = node
        elif first.error is not None:  # one mistake, reported at the first part
            node.error, node.state = None, UNREACHED
        builder.bind(name, _part_place(item, position), node, scope)
    assert node is not None, "there is no split without parts"
    return node


def _part_place(item: Item, position: int) -> Span:
    assert item.layer is not None
    assert item.layer.shorthand is not None
    node = item.settings[item.layer.shorthand].value.node
    if isinstance(node, Map):
        return node.pairs[position][0].span
    return node.items[position].span if isinstance(node, Sequence) else node.span
