"""Pins a network: writes the shapes that come out today into the spec as `expect`, so that drift is an error.

A network with `rounding: floor` accepts almost any change. Pinned are the last entry of each stage, the
outputs, and every top-level entry that has an `expect` already. A stage is a run of top-level entries of one
spatial size.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, in_layout
from cnn_shapes.edit.patches import AddFields, Patch, Replace, ReplaceAlias
from cnn_shapes.edit.placing import alias_span, is_aliased
from cnn_shapes.edit.proof import Unsafe, proved
from cnn_shapes.language.entry import Item
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.network import OK, Node
from cnn_shapes.rules import READING, RULES, SHAPE
from cnn_shapes.shapes import UNKNOWN, Shape
from cnn_shapes.source import Edit, Map, Source
from cnn_shapes.trace import Trace

_ROUNDS = 3  # a pin that others share through an anchor gives these their own in the next round
SHARED = "an alias shares its text with another entry"
NO_PLACE = "its text has no place for expect: write its fields in braces"
PART = "expect on a split is the shape of its last part"
OPEN = "its shape is unknown after an error that is ignored"


class Left(NamedTuple):
    """A layer that could not be pinned: its name, the line it is on, and why."""

    name: str
    line: int
    reason: str


class Pinned(NamedTuple):
    """The report of the pinned text, how many pins were added and renewed, and the layers without one."""

    report: CheckResult
    added: int
    renewed: int
    left: list[Left]


class _Pin(NamedTuple):
    """An entry that is to expect a shape; `edits` are none where it does already, None where none can be."""

    position: int
    edits: list[Edit] | None
    is_new: bool
    reason: str = NO_PLACE


def pin(report: CheckResult) -> Pinned | None:
    """Pin a spec anew; None where it has errors that are not about its pins: there is nothing to hold."""
    source = report.source
    added = renewed = 0
    left: list[Left] = []
    for _ in range(_ROUNDS):
        tried = _without_pins(report, source)
        if tried is None:
            return None
        done, left, source = _round(report, tried)
        if not done:
            break
        added += sum(one.is_new for one in done)
        renewed += sum(not one.is_new for one in done)
    if not added + renewed:
        return Pinned(report, 0, 0, left)
    after = check_source(source, report.overrides, report.settings)
    return Pinned(after, added, renewed, left) if _is_sound(after) else None


def _without_pins(report: CheckResult, source: Source) -> CheckResult | None:
    """The report of a text as if nothing were expected; None where it has errors all the same."""
    if report.spec is None:
        return None
    # with other values than the file's no expectation is looked at; these are the file's own
    same = Overrides(rounding=report.spec.rounding)
    tried = check_source(source, same, report.settings, rules=False)
    return tried if tried.spec is not None and tried.trace is not None and _is_sound(tried) else None


def _is_sound(report: CheckResult) -> bool:
    """Whether nothing is wrong with its text and its shapes, however severe its settings are."""
    return not any(
        found.severity == ERROR and RULES.stage(found.rule) in (READING, SHAPE)
        for found in report.diagnostics
    )


def _round(report: CheckResult, tried: CheckResult) -> tuple[list[_Pin], list[Left], Source]:
    """Write what can be written: the pins that were, the layers that are left, and the text then."""
    spec, trace = tried.spec, tried.trace
    assert spec is not None
    assert trace is not None
    ends = trace.network.ends
    results = {node.entry - 1: ends[node.entry - 1] for node in trace.network.layers}
    shared = Counter(item.node.span for item in spec.items)
    pins = {
        position: _pin_of(tried.source, spec, position, node, shared[spec.items[position].node.span] > 1)
        for position, node in results.items()
    }
    refused: set[int] = set()
    while True:
        chosen, missed = _chosen(trace, results, pins, refused)
        wanted = [pins[position] for position in chosen if pins[position].edits]
        source = _written(report, tried.source, wanted)
        if source is not None:
            left = [_left(tried, results[position], pins[position].reason) for position in missed]
            left += _parts_left(tried, spec, results, trace, chosen)
            return wanted, sorted(left, key=lambda one: one.line), source
        refused |= _refused(report, tried.source, wanted)


def _written(report: CheckResult, source: Source, pins: list[_Pin]) -> Source | None:
    """The text with these pins; None where they would change anything else."""
    edits = [edit for one in pins for edit in one.edits or ()]
    try:
        changed = proved(source, edits) if edits else source
    except Unsafe:
        return None
    after = _without_pins(report, changed)
    if after is None or after.spec is None:
        return None
    held = all(after.spec.items[one.position].expect is not None for one in pins)
    return changed if held else None


def _refused(report: CheckResult, source: Source, pins: list[_Pin]) -> set[int]:
    """The pins that cannot be written, each tried alone; all of them where only together they cannot."""
    alone = {one.position for one in pins if _written(report, source, [one]) is None}
    return alone or {one.position for one in pins}


def _chosen(
    trace: Trace, results: dict[int, Node], pins: dict[int, _Pin], refused: set[int]
) -> tuple[list[int], list[int]]:
    """The entries to pin, and those that should be pinned and cannot.

    Where the end of a stage is written in an awkward way, another entry of the stage stands in for it, the
    nearest that gives the same shape.
    """
    chosen, missed = [], []
    outputs = set(trace.network.outputs)
    for stage in _stages(results):
        end = results[stage[0]]
        for position in stage:
            can = position not in refused and pins[position].edits is not None
            if can and (position == stage[0] or results[position].output == end.output):
                chosen.append(position)
                break
        else:
            missed.append(stage[0])
    for position, node in results.items():
        wanted = node in outputs or not pins[position].is_new
        if wanted and position not in chosen and position not in missed:
            can = position not in refused and pins[position].edits is not None
            (chosen if can else missed).append(position)
    return chosen, missed


def _stages(results: dict[int, Node]) -> list[list[int]]:
    """The runs of entries of one spatial size, each from its end."""
    stages: list[list[int]] = []
    before: Shape | None = None
    for position, node in results.items():
        if before is not None and node.output is not None and before.sizes == node.output.sizes:
            stages[-1].insert(0, position)
        else:
            stages.append([position])
        before = node.output
    return stages


def _parts_left(
    tried: CheckResult, spec: Spec, results: dict[int, Node], trace: Trace, chosen: list[int]
) -> list[Left]:
    """The outputs that are parts of a split but not its last: held where all its parts are alike."""
    left = []
    for node in trace.network.outputs:
        last = results.get(node.entry - 1)
        if last is None or node is last or not _splits(spec.items[node.entry - 1]):
            continue
        if not (node.output == last.output and node.entry - 1 in chosen):
            left.append(_left(tried, node, PART))
    return left


def _left(tried: CheckResult, node: Node, reason: str) -> Left:
    return Left(node.name, tried.source.position(node.at("name").start)[0], reason)


def _pin_of(source: Source, spec: Spec, position: int, node: Node, shared: bool) -> _Pin:
    """The edits that make an entry expect what comes out of it."""
    item = spec.items[position]
    own = _own_expect(item)
    if node.output is None or UNKNOWN in node.output or node.stage != OK:
        return _Pin(position, None, not own, OPEN)
    if shared:
        return _Pin(position, None, not own, SHARED)
    sizes: list[int | None] = list(in_layout(node.output, spec.layout))
    if item.expect is not None:
        old = item.expect.evaluate(spec.params)
        if isinstance(old, list) and len(old) == len(sizes):  # null stays any size
            sizes = [size if was is not None else None for size, was in zip(sizes, old, strict=True)]
        if (old if isinstance(old, list) else [old]) == sizes:
            return _Pin(position, [], False)
    if item.expect is not None and own:
        assert isinstance(item.body, Map)
        key = next(key for key, _ in item.body.pairs if key.text == "expect")
        patch = Patch(item.expect.node, Replace(sizes, spread=False))
        if alias_span(source, key) is not None:
            patch = Patch(key, ReplaceAlias(sizes))
        return _Pin(position, patch.edits(source), False)
    declared = item.layer or STRUCTURES.get(item.kind)
    patch = Patch(item, AddFields({"expect": sizes}, declared.shorthand if declared else None))
    return _Pin(position, patch.edits(source), True)


def _own_expect(item: Item) -> bool:
    """Whether `expect` is written on an entry itself, not brought in by an alias or by `<<`."""
    body = item.body
    return (
        item.expect is not None
        and isinstance(body, Map)
        and not is_aliased(item)
        and "expect" not in (body.merged or ())
    )


def _splits(item: Item) -> bool:
    return item.layer is not None and item.layer.splits
