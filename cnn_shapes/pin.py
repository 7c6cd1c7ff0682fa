"""Pins a network: writes the shapes that come out today into the spec as `expect`, so that drift is an error.

A network with `rounding: floor` accepts almost any change. Pinned are the last entry of each stage, the
outputs, and every top-level entry that has an `expect` already. A stage is a run of top-level entries of one
spatial size.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from cnn_shapes.check import Report, check_source
from cnn_shapes.diagnostics import in_layout
from cnn_shapes.network import Node
from cnn_shapes.repair.applying import Unsafe, apply
from cnn_shapes.shapes import UNKNOWN
from cnn_shapes.source import Edit, Map, Scalar, Source
from cnn_shapes.spec.document import Overrides, Spec
from cnn_shapes.spec.items import LAYER, STRUCTURE, Item
from cnn_shapes.trace import Trace
from cnn_shapes.writing import replace_node, set_fields, set_list

_SEVERAL = "split"  # more than one tensor comes out


class Pinned(NamedTuple):
    """The report of the pinned text, and how many pins were added and renewed."""

    report: Report
    added: int
    renewed: int


def pin(report: Report) -> Pinned | None:
    """Pin a spec anew; None where it has errors that are not about its pins: there is nothing to hold."""
    if report.spec is None:
        return None
    source = report.source
    # with other values than the file's no expectation is looked at; these are the file's own
    tried = check_source(source, Overrides(rounding=report.spec.rounding), report.settings, rules=False)
    if tried.spec is None or tried.trace is None or not tried.ok:
        return None
    edits: list[Edit] = []
    added = renewed = 0
    results = _results(tried.spec, tried.trace)
    for choices in _stages(tried.spec, tried.trace, results):
        for position in choices:
            item, node = tried.spec.items[position], results[position]
            written = _written(source, tried.spec, item, node)
            if written is None:
                continue
            edits += written
            if written:
                added += item.expect is None
                renewed += item.expect is not None
            break
    if not edits:
        return Pinned(report, 0, 0)
    try:
        after = check_source(apply(source, edits), report.overrides, report.settings)
    except Unsafe:
        return None
    return Pinned(after, added, renewed) if after.ok else None


def _results(spec: Spec, trace: Trace) -> dict[int, Node]:
    """What comes out of each top-level entry, by its place in the list; of one without a layer nothing."""
    results = {node.entry - 1: node for node in trace.network.layers}
    shared = Counter(item.node.span for item in spec.items)
    return {
        position: node
        for position, node in results.items()
        if node.output is not None and UNKNOWN not in node.output
        # one text for several entries cannot hold several shapes
        if spec.items[position].kind != _SEVERAL and shared[spec.items[position].node.span] == 1
    }


def _stages(spec: Spec, trace: Trace, results: dict[int, Node]) -> list[list[int]]:
    """The entries to pin, each with those that may stand in for it, where it is written in an awkward way."""
    outputs = set(trace.network.outputs)
    wanted: list[list[int]] = []
    stage: list[int] = []
    for position, node in results.items():
        assert node.output is not None
        if stage:
            before = results[stage[0]].output
            assert before is not None
            if before.sizes != node.output.sizes:
                wanted.append(stage)
                stage = []
        stage = [position, *stage]
    if stage:
        wanted.append(stage)
    ends = {stage[0] for stage in wanted}
    return wanted + [
        [position]
        for position, node in results.items()
        if position not in ends and (node in outputs or spec.items[position].expect is not None)
    ]


def _written(source: Source, spec: Spec, item: Item, node: Node) -> list[Edit] | None:
    """The edits that make an entry expect what comes out of it; None where the text has no good place."""
    assert node.output is not None
    sizes: list[int | None] = list(in_layout(node.output, spec.layout))
    if item.expect is not None:
        old = item.expect.evaluate(spec.params)
        if old == sizes:
            return []
        if isinstance(old, list) and len(old) == len(sizes):  # null stays any size
            sizes = [size if was is not None else None for size, was in zip(sizes, old, strict=True)]
            if old == sizes:
                return []
        return replace_node(item.expect.node, sizes, top=False)
    body = item.fields
    text = f"[{', '.join(map(str, sizes))}]"
    if (
        item.form == LAYER
        and item.layer is not None
        and item.layer.shorthand == "from"
        and not isinstance(body, Map)
    ):
        if body is None or not (isinstance(body, Scalar) or body.flow) or body.start < item.key.end:
            return None
        return [Edit(body.span, f"{{from: {source.text[body.start : body.end]}, expect: {text}}}")]
    if item.form == STRUCTURE:
        edit = set_list(source, item, "expect", text)
        return None if edit is None else [edit]
    shorthand = item.layer.shorthand if item.layer is not None else None
    return set_fields(source, item, {"expect": (sizes, True)}, shorthand)
