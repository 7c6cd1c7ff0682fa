"""Turns what went wrong on the nodes into diagnostics: the place, the cause upstream, one problem a cause."""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import ERROR, Diagnostic, Findings, Fix, Label, Note
from cnn_shapes.language.entry import Item
from cnn_shapes.layers import with_rank
from cnn_shapes.network import Network, Node, fits
from cnn_shapes.shapes import (
    BAD_PADDING,
    NEEDS_FLATTEN,
    NOT_WHOLE,
    SHAPE_MISMATCH,
    WINDOW_TOO_LARGE,
    WRONG_RANK,
    Shape,
    ShapeError,
    listed,
)
from cnn_shapes.source import Edit


def judge(network: Network, findings: Findings) -> None:
    """Report every error of a network to `findings`."""
    failed = [node for node in network.layers if node.error is not None]
    roundings = [
        node for node in failed if node.error and node.error.rule in NOT_WHOLE and node.error.floored
    ]
    harmless = len(roundings) > 1 and not any(node.error and node.error.loses_pixels for node in roundings)
    if harmless:
        findings.add(_one_for_all(roundings))
    drifts = _drifts(network) if any(map(_has_drifted, failed)) else {}
    for node in failed:
        if (harmless and node in roundings) or node.error is None or drifts.get(node) == 0:
            continue
        found = diagnose(node, node.error)
        if drifts.get(node, 1) > 1:
            template = found.template + ": the first of {count} layers that differ from their expect"
            found = found._replace(template=template, facts={**found.facts, "count": drifts[node]})
        if "right" in node.error.facts:
            found = found._replace(fixes=(_renaming(network, node),))
        findings.add(found)


def tell_waived(network: Network, findings: Findings) -> None:
    """Report what the user has silenced all the same: a suppression is used, a severity may be lower."""
    for node in network.layers:
        if node.waived is not None:
            findings.add(diagnose(node, node.waived))


def _renaming(network: Network, failed: Node) -> Fix:
    """The class names of the wrong rank, from the one that failed on, written for the rank that comes in."""
    wrong = failed.place
    assert isinstance(wrong, Item)
    assert failed.inputs[0].output is not None
    rank = failed.inputs[0].output.rank
    keys = {
        item.key.span: item.text
        for node in network.layers[failed.index - 1 :]
        if isinstance(item := node.place, Item) and item.rank == wrong.rank and node.owner is None
    }
    names = {text: with_rank(text, rank) for text in keys.values()}
    title = listed([f"{old} -> {new}" for old, new in names.items()])
    return Fix(title, tuple(Edit(span, names[text]) for span, text in sorted(keys.items())))


def _drifts(network: Network) -> dict[Node, int]:
    """The layers that are not what their `expect` says: the number of them that begins here.

    One that would be right if what is before it were as expected has 0: it follows, and its origin counts it.
    """
    drifts: dict[Node, int] = {}
    meant: dict[Node, Shape | None] = {}  # what would come out behind a drift, if it had not happened
    origins: dict[Node, Node] = {}
    for node in network.nodes:
        behind = [source for source in node.inputs if source in meant]
        if node.expected is not None and not _has_drifted(node):
            continue  # here all is as it should be again
        if behind:
            origins[node] = origins[behind[0]]
            meant[node] = _output(node, [meant.get(source, source.output) for source in node.inputs])
        if node.expected is not None:
            shape = meant.get(node)
            if behind and (shape is None or fits(node.expected, shape)):
                drifts[origins[node]] += 1
                drifts[node] = 0
            else:
                origins[node] = node
                drifts[node] = 1
            meant[node] = node.expected
    return drifts


def _has_drifted(node: Node) -> bool:
    return node.error is not None and node.error.field == "expect"


def _output(node: Node, shapes: list[Shape | None]) -> Shape | None:
    """What comes out of a node for other inputs; None where that cannot be told."""
    known = [shape for shape in shapes if shape is not None and shape.known]
    if node.layer is None or len(known) != len(shapes):
        return None
    if [shape and shape.rank for shape in node.input_shapes] != [shape.rank for shape in known]:
        return None  # a layer is built for the axes that come in
    try:
        return node.layer.shape(*known)
    except ShapeError as error:
        return error.floored


def diagnose(node: Node, error: ShapeError) -> Diagnostic:
    """One error of one node, with its cause."""
    labels: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    template, facts = error.template, dict(error.facts)
    if error.rule == SHAPE_MISMATCH and node.layer is not None and node.layer.joins:
        from cnn_shapes.diagnosis.mismatch import explain_mismatch  # a network that works needs none of it

        template, facts, labels, notes = explain_mismatch(node)
    elif error.rule in (*NOT_WHOLE, WINDOW_TOO_LARGE, BAD_PADDING, NEEDS_FLATTEN, WRONG_RANK):
        labels = _cause(node)
        if error.rule == WRONG_RANK and node.inputs[0].output is not None and not node.inputs[0].output.rank:
            remedy, more = _remedy_of_a_vector(node)
            template, facts = f"{template}: {remedy}", {**facts, **more}
    return Diagnostic(
        error.rule,
        ERROR,
        template,
        facts,
        node.at(error.field),
        pointer=error.pointer,
        labels=labels,
        notes=notes,
        layer=node.name,
    )


def _one_for_all(nodes: list[Node]) -> Diagnostic:
    """Many sizes that are not whole, none of which loses a pixel, are one decision: how to round."""
    first = nodes[0]
    error = first.error
    assert error is not None
    notes = [Note("PyTorch and Keras round such sizes down: rounding: floor says so for the whole file")]
    others = sum(node.error is not None and node.error.rule != error.rule for node in nodes)
    if others:
        other = next(rule for rule in NOT_WHOLE if rule != error.rule)
        notes.append(
            Note("alone, {others} of them would be told as {other}", {"others": others, "other": other})
        )
    return Diagnostic(
        error.rule,
        ERROR,
        "{count} sizes are not whole, none loses a pixel: the first is {formula}",
        {
            "count": len(nodes),
            "formula": error.facts.get("formula") or _formula(first),
            "size": error.facts.get("size", ()),
            "layers": tuple(node.name for node in nodes),
        },
        first.at(error.field),
        pointer=error.pointer,
        notes=tuple(notes),
        layer=first.name,
    )


def _formula(node: Node) -> str:
    return node.layer.formula(_known(node), None) if node.layer else ""


def _known(node: Node) -> Any:
    return node.input_shapes


def _maker(node: Node) -> Node:
    """The last layer before a node that computed the size which comes in, or the input."""
    source = node.inputs[0]
    while source.inputs and source.output is not None and source.layer is not None:
        before = source.inputs[0].output
        if before is None or before.sizes != source.output.sizes:
            break  # what keeps a size has not made it
        source = source.inputs[0]
    return source


def _remedy_of_a_vector(node: Node) -> tuple[str, dict[str, Any]]:
    """What to do where a layer wants a feature map and a vector comes: as a template with its facts."""
    maker = _maker(node)
    facts = {"maker": getattr(maker.place, "text", maker.kind)}
    if maker.layer is None:
        return "give the input its axes, or put reshape before it", {}
    if "keepdims" in maker.layer.fields:
        return "put it before {maker}, or give that keepdims: true", facts
    if any("units" in source.layer.fields for source in _between(node, maker) if source.layer is not None):
        return "put it before {maker}, or put reshape before it", facts
    return "put it before {maker}", facts


def _between(node: Node, maker: Node) -> list[Node]:
    """The layers from behind `maker` to before `node`."""
    found = []
    source = node.inputs[0]
    while source is not maker:
        found.append(source)
        source = source.inputs[0]
    return found


def _cause(node: Node) -> tuple[Label, ...]:
    """Where the size that does not fit was made: the last layer before that computed it, or the input."""
    source = _maker(node)
    if source.output is None or (source.layer is None and source.inputs):
        return ()
    if source.layer is None:
        return (Label(source.at("input"), "the input is {shape}", {"shape": source.output}),)
    if not source.output.known:
        return ()
    place = source.at("kernel_size")
    known = [x for x in source.input_shapes if x is not None and x.known]
    text = source.layer.formula(tuple(known), source.output) if len(known) == len(source.inputs) else ""
    if not text:
        return (Label(place, "gives {shape}", {"shape": source.output}),)
    if source.error is not None and source.error.rule in NOT_WHOLE:
        return (
            Label(
                place,
                "gives {formula}, here rounded down to {shape}",
                {"formula": text, "shape": source.output},
            ),
        )
    return (Label(place, "gives {formula}", {"formula": text}),)
