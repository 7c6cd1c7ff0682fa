"""Why something else comes out than the spec says: the layer that went off."""

from __future__ import annotations

from cnn_shapes.diagnosis.chain import suspect
from cnn_shapes.diagnosis.culprit import channel_source, name_of
from cnn_shapes.diagnosis.labels import Explanation, Unfolded, gives, maker_of, written
from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, Label, in_layout
from cnn_shapes.network import Node, fits
from cnn_shapes.shapes import AXIS_NAMES, Shape, ShapeError
from cnn_shapes.words import say


def explain_expectation(node: Node, error: ShapeError, unfolded: Unfolded) -> Explanation:
    """What to say of a layer whose `expect`, `in_channels` or `in_features` does not hold."""
    facts = dict(error.facts)
    if error.field != "expect":
        return _assertion(node, error, unfolded)
    expected, output = node.expected, node.output
    assert expected is not None
    assert output is not None
    if len(expected) == len(output) and fits(Shape((output[0], *expected.sizes)), output):
        return _channels(node, error, unfolded)
    found = suspect(node, expected, unfolded)
    if found is None:
        return Explanation(error.template, facts, _of_the_input(node))
    if not found.field:
        size = found.node.output.sizes if found.node.output is not None else ()
        facts |= {"culprit": name_of(found.node, node), "size": size, "needed": found.needed}
        halved = "it would be right, were the {size} of {culprit} halved to {needed}"
        template = f"{error.template}: {halved}"
        return Explanation(template, facts, [gives(found.node, "kernel_size")])
    labels = [gives(found.node, found.field), *written(found.node, (found.field,), unfolded.spec)]
    before, after = found.node.input_shapes[0], found.node.output
    if found.node is (node.owner or node) or before is None or after is None:
        # what is needed of it is what is expected
        return Explanation(error.template, facts, labels + _of_the_input(found.node))
    facts |= {"culprit": name_of(found.node, node), "needed": found.needed}
    facts |= {"size": after.sizes, "before": before.sizes}
    makes = "keeps {size}" if before.sizes == after.sizes else "makes {size} of {before}"
    return Explanation(f"{error.template}: {{culprit}} {makes}, where {{needed}} is needed", facts, labels)


def _of_the_input(node: Node) -> list[Label]:
    """The size of the input, where a layer gets it as it is."""
    source = maker_of(node.owner or node)
    if source.inputs:
        return []
    return [Label(source.at("input"), "the input is {shape}", {"shape": source.output})]


def _channels(node: Node, error: ShapeError, unfolded: Unfolded) -> Explanation:
    """The layer that decides the channels, or the features, that come out."""
    source = channel_source(node)
    if not source.inputs or source is node:
        return Explanation(error.template, dict(error.facts), [])
    field = "units" if source.layer is not None and "units" in source.layer.fields else "filters"
    labels = [gives(source, field, name_of(source, node)), *written(source, (field,), unfolded.spec)]
    return Explanation(error.template, dict(error.facts), labels)


def _assertion(node: Node, error: ShapeError, unfolded: Unfolded) -> Explanation:
    """`in_channels` and `in_features`: who makes what comes in, and of what it is the product."""
    facts, stated = dict(error.facts), error.facts["stated"]
    source = channel_source(node.inputs[0])
    template = error.template
    before = source.input_shapes[0] if source.inputs else None
    if source.layer is not None and source.layer.flattens and before is not None and before.rank:
        facts["product"] = "*".join(map(str, in_layout(before, unfolded.spec.layout)))
        template += "; {channels} is {product}"
        side = _side(stated, before)
        if side is not None:
            facts["map"] = Shape((before.channels, *(side,) * before.rank))
            template += ", {stated} would be a map of {map}"
    elif not source.inputs and source.output is not None and stated in source.output.sizes:
        axis = AXIS_NAMES[source.output.rank][source.output.sizes.index(stated)]
        other = CHANNELS_LAST if unfolded.spec.layout == CHANNELS_FIRST else CHANNELS_FIRST
        facts |= {"axis": say(axis), "other": other}
        template += "; {stated} is the {axis} of the input: say layout: {other} if its channels are meant"
    labels = []
    if source.inputs:
        fields = source.layer.fields if source.layer is not None else {}
        field = next((name for name in ("units", "filters") if name in fields), "")
        labels = [gives(source, field, name_of(source, node)), *written(source, (field,), unfolded.spec)]
    return Explanation(template, facts, labels)


def _side(features: int, x: Shape) -> int | None:
    """The side of a square map with the channels of `x` that has so many features; None if there is none."""
    positions, rest = divmod(features, x.channels)
    if rest or positions < 1:
        return None
    side = round(positions ** (1 / x.rank))
    return side if side**x.rank == positions else None
