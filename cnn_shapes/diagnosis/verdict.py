"""Turns what went wrong on the nodes into diagnostics: the place, the cause upstream, one problem a cause."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnn_shapes.diagnosis.chain import computed, sizes_on_the_way, ways_to_a_join
from cnn_shapes.diagnosis.labels import Unfolded, gives, maker_of, outermost_call, written
from cnn_shapes.diagnostics import ERROR, Diagnostic, Findings, Fix, Label, Note
from cnn_shapes.language.entry import Item
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers import with_rank
from cnn_shapes.network import Network, Node, fits
from cnn_shapes.shapes import (
    BAD_PADDING,
    CHANNELS,
    EXPECT_MISMATCH,
    NEEDS_FLATTEN,
    NOT_WHOLE,
    SHAPE_MISMATCH,
    WINDOW_TOO_LARGE,
    WRONG_RANK,
    Shape,
    ShapeError,
    listed,
)
from cnn_shapes.source import Edit, Span
from cnn_shapes.words import say

_RANKS = (NEEDS_FLATTEN, WRONG_RANK)
_MOST_EXPLAINED = 20  # errors whose cause is looked for: each may ask all of the network
_MOST_LINES = 8  # of what fails after something


def judge(unfolded: Unfolded, findings: Findings, brief: bool = False, apart: bool = False) -> None:
    """Report every error of a network to `findings`, unless a slip in the text may be the cause of all.

    `brief`: without the cause of each, where only their number counts. `apart`: no error follows from one
    before it, since the network was computed on with what should have come out there.
    """
    if findings.misread:
        return
    network = unfolded.network
    failed = [node for node in network.layers if node.error is not None]
    if failed:
        doubtful = _after_misread(network)
        failed = [node for node in failed if node not in doubtful]
    roundings = [
        node for node in failed if node.error and node.error.rule in NOT_WHOLE and node.error.floored
    ]
    harmless = len(roundings) > 1 and not any(node.error and node.error.loses_pixels for node in roundings)
    if harmless:
        findings.add(_one_for_all(roundings))
    drifts = _drifts(network) if any(map(_has_drifted, failed)) else _Drifts({}, {})
    told: dict[tuple[str, Span], Diagnostic] = {}
    after_failure = {} if apart or len(failed) < 2 else _after_failure(network)
    following = drifts.following | after_failure
    waived = {origin for origin in {*following.values()} if _is_waived(origin, unfolded.spec)}
    following = {node: origin for node, origin in following.items() if origin not in waived}
    for node in failed:
        if (harmless and node in roundings) or node.error is None or node in following:
            continue
        findings.call = outermost_call(node)
        place = (node.error.rule, node.at(node.error.field))
        if (same := told.get(place)) is not None:
            findings.add(same)  # another copy of a block may fail there with other numbers
            continue
        found = diagnose(node, node.error, unfolded, brief=brief or len(told) >= _MOST_EXPLAINED)
        if drifts.counts.get(node, 1) > 1:
            template = found.template + ": the first of {count} layers that differ from their expect"
            found = found._replace(template=template, facts={**found.facts, "count": drifts.counts[node]})
        after = [one for one, origin in following.items() if origin is node and not _has_drifted(one)]
        if after:
            found = found._replace(notes=(*found.notes, _fail_after(node, after, unfolded.spec)))
        if "right" in node.error.facts:
            found = found._replace(fixes=(_renaming(network, node),))
        findings.add(found)
        told[place] = found
    findings.call = None


def _after_misread(network: Network) -> set[Node]:
    """The layers whose sizes may follow from a field that could not be read, which is reported."""
    found: set[Node] = set()
    for node in network.layers:
        if any(source in found for source in node.inputs) or _is_misread(node):
            found.add(node)
    return found


def _is_misread(node: Node) -> bool:
    """Whether a field of the layer, or of the block call that it is in, could not be read."""
    place, group = node.place, node.group
    while group is not None and not (isinstance(place, Item) and place.misread):
        place, group = group.place, group.parent
    return isinstance(place, Item) and place.misread


def _is_waived(node: Node, spec: Spec) -> bool:
    """Whether the user has silenced the error of a layer: then it hides no other."""
    error = node.error
    if error is None or spec.waives is None:
        return False
    return spec.waives(error.rule, node.at(error.field)) is not None


def _after_failure(network: Network) -> dict[Node, Node]:
    """The layers that fail because one before them does, each with that one.

    A size that was rounded down there does not fit here, or the vector or map that is wanted does not come.
    """
    origins: dict[Node, Node] = {}
    of_a_vector: dict[Node, Node] = {}  # the first layer that fails, by the one that makes the vector
    following = {}
    for node in network.layers:
        origin = next((origins[source] for source in node.inputs if source in origins), None)
        if node.error is not None and node.error.rule in _RANKS:
            origin = of_a_vector.setdefault(maker_of(node), origin or node)
            origin = origin if origin is not node else None
        rule = node.error.rule if node.error is not None else None
        if origin is not None and origin.error is not None and rule is not None:
            if origin.error.rule in NOT_WHOLE or rule in _RANKS:
                following[node] = origin
        elif rule in (*NOT_WHOLE, *_RANKS):
            origin = node
        if origin is not None:
            origins[node] = origin
    return following


def _fail_after(origin: Node, nodes: list[Node], spec: Spec) -> Note:
    """That more fails as long as this does."""
    own = spec.source.line_of(origin.place.span.start)
    starts = sorted(node.place.span.start for node in nodes)
    lines = [line for line in dict.fromkeys(map(spec.source.line_of, starts)) if line != own]
    if not lines:
        return Note("what fails after it is not judged before this is mended")
    shown = listed([str(line) for line in lines[:_MOST_LINES]])
    facts = {"lines": shown if len(lines) <= _MOST_LINES else say("{lines} and others", lines=shown)}
    word = "line" if len(lines) == 1 else "lines"
    return Note(f"what fails after it, on {word} {{lines}}, is not judged before this is mended", facts)


def tell_waived(unfolded: Unfolded, findings: Findings) -> None:
    """Report what the user has silenced all the same: a suppression is used, a severity may be lower."""
    for node in unfolded.network.layers:
        if node.waived is not None:
            findings.add(diagnose(node, node.waived, unfolded))


def _renaming(network: Network, failed: Node) -> Fix:
    """The class names of the wrong rank, from the one that failed on, written for the rank that comes in."""
    wrong = failed.place
    assert isinstance(wrong, Item)
    assert failed.inputs[0].output is not None
    rank = failed.inputs[0].output.rank
    keys = {
        item.key.span: item.text
        for node in network.nodes[failed.index :]
        if isinstance(item := node.place, Item) and item.rank == wrong.rank and node.owner is None
    }
    names = {text: with_rank(text, rank) for text in keys.values()}
    title = listed([f"{old} -> {new}" for old, new in names.items()])
    return Fix(title, tuple(Edit(span, names[text]) for span, text in sorted(keys.items())))


class _Drifts(NamedTuple):
    """Layers that are not what their `expect` says.

    `counts`: how many begin with each. `following`: those that would be right if what is before them were as
    expected, and what fails for that reason alone, each with the layer where it began.
    """

    counts: dict[Node, int]
    following: dict[Node, Node]


def _drifts(network: Network) -> _Drifts:
    drifts = _Drifts({}, {})
    meant: dict[Node, Shape | None] = {}  # what would come out after a drift, if it had not happened
    origins: dict[Node, Node] = {}
    for node in network.nodes:
        after_drift = [source for source in node.reads if source in meant]
        if node.expected is not None and not _has_drifted(node):
            continue  # here all is as it should be again
        if after_drift:
            origins[node] = origins[after_drift[0]]
            meant[node] = _meant(node, [meant.get(source, source.output) for source in node.reads])
            if node.error is not None and node.expected is None and meant[node] is not None:
                drifts.following[node] = origins[node]
        if node.expected is not None:
            shape = meant.get(node)
            if after_drift and (shape is None or fits(node.expected, shape)):
                drifts.counts[origins[node]] += 1
                drifts.following[node] = origins[node]
            else:
                origins[node] = node
                drifts.counts[node] = 1
            meant[node] = node.expected
    return drifts


def _has_drifted(node: Node) -> bool:
    return node.error is not None and node.error.field == "expect"


def _meant(node: Node, shapes: list[Shape | None]) -> Shape | None:
    """What would come out of a node for other inputs; None where that cannot be known."""
    if [shape and shape.rank for shape in node.input_shapes] != [shape and shape.rank for shape in shapes]:
        return None  # a layer is built for the axes that come in
    return computed(node.layer, shapes, floored=True)


def diagnose(
    node: Node, error: ShapeError, unfolded: Unfolded | None = None, brief: bool = False
) -> Diagnostic:
    """One error of one node, with its cause; without `unfolded`, only what the node itself says.

    `brief`: the cause is not looked for.
    """
    if brief:
        return _as_it_is(node, error)
    spec = unfolded.spec if unfolded is not None else None
    labels: list[Label] = []
    notes: list[Note] = []
    template, facts = error.template, dict(error.facts)
    if error.rule == SHAPE_MISMATCH and node.layer is not None and node.layer.joins:
        from cnn_shapes.diagnosis.mismatch import explain_mismatch  # a network that works needs none of it

        template, facts, labels = explain_mismatch(node, spec)
    elif error.rule in (*NOT_WHOLE, WINDOW_TOO_LARGE, BAD_PADDING, NEEDS_FLATTEN, WRONG_RANK):
        labels = _cause(node)
        if error.rule == WRONG_RANK and node.inputs[0].output is not None and not node.inputs[0].output.rank:
            remedy, more = _remedy_of_a_vector(node)
            template, facts = f"{template}: {remedy}", {**facts, **more}
    elif error.rule == EXPECT_MISMATCH and unfolded is not None:
        from cnn_shapes.diagnosis.expectation import explain_expectation

        template, facts, labels = explain_expectation(node, error, unfolded)
    shown = _one_a_place(labels, node.at(error.field))
    if spec is not None:
        labels += written(node, (error.field, *_FIELDS_OF.get(error.rule, ())), spec)
        if error.rule == SHAPE_MISMATCH and error.axes and node.layer is not None:
            notes += ways_to_a_join(node, spec) if node.layer.joins and not node.layer.is_shortcut else []
        if error.rule in (*NOT_WHOLE, WINDOW_TOO_LARGE, EXPECT_MISMATCH):
            is_size = error.rule != EXPECT_MISMATCH
            whole = not is_size and CHANNELS in error.about
            way = sizes_on_the_way(node, spec, whole, least=2 if shown or whole or not is_size else 1)
            notes += [way] if way is not None else []
        shown = _one_a_place(labels, node.at(error.field))
    return Diagnostic(
        error.rule,
        ERROR,
        template,
        facts,
        node.at(error.field),
        pointer=error.pointer,
        labels=shown,
        notes=tuple(notes),
        layer=node.name,
    )


def _as_it_is(node: Node, error: ShapeError) -> Diagnostic:
    """One error of one node, in the engine's words."""
    place = node.at(error.field)
    return Diagnostic(
        error.rule, ERROR, error.template, dict(error.facts), place, error.pointer, layer=node.name
    )


# beside the field at fault, those whose values decide the size as well
_FIELDS_OF = {
    **dict.fromkeys(NOT_WHOLE, ("kernel_size", "stride", "padding")),
    WINDOW_TOO_LARGE: ("kernel_size",),
}


def _one_a_place(labels: list[Label], primary: Span) -> tuple[Label, ...]:
    """The first label of each place, none at the place that the message itself points at."""
    first_at: dict[Span, Label] = {}
    for label in labels:
        if label.span != primary:
            first_at.setdefault(label.span, label)
    return tuple(first_at.values())


def _one_for_all(nodes: list[Node]) -> Diagnostic:
    """Many sizes that are not whole, none of which loses a pixel, are one decision: how to round."""
    first = nodes[0]
    error = first.error
    assert error is not None
    notes = [Note("PyTorch and Keras round such sizes down: rounding: floor says so for the whole file")]
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


def _remedy_of_a_vector(node: Node) -> tuple[str, dict[str, Any]]:
    """What to do where a layer wants a feature map and a vector comes: as a template with its facts."""
    maker = maker_of(node)
    facts = {"maker": getattr(maker.place, "text", maker.kind)}
    if maker.layer is None:
        return "give the input its axes, or put reshape before it", {}
    if "keepdims" in maker.layer.fields:
        return "put it before {maker}, or give that keepdims: true", facts
    if any("units" in source.layer.fields for source in _between(node, maker) if source.layer is not None):
        return "put it before {maker}, or put reshape before it", facts
    return "put it before {maker}", facts


def _between(node: Node, maker: Node) -> list[Node]:
    """The layers after `maker` and before `node`."""
    found = []
    source = node.inputs[0]
    while source is not maker:
        found.append(source)
        source = source.inputs[0]
    return found


def _cause(node: Node) -> list[Label]:
    """Where the size that does not fit was made: the last layer before that computed it, or the input."""
    source = maker_of(node)
    if source.output is None or (source.layer is None and source.inputs):
        return []
    if source.layer is None:
        return [Label(source.at("input"), "the input is {shape}", {"shape": source.output})]
    return [gives(source, "kernel_size")] if source.output.known else []
