"""The report with its fixes: those that reading attached, proved, and the repairs of the whole network."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note, format_sizes
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Node
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.repairs import (
    NONE_EXISTS,
    NONE_FOUND,
    SHAPE_RULES,
    Repair,
    errors_of_reading,
    repairs,
    working_input,
)
from cnn_shapes.repair.report.spelling import safe_edits
from cnn_shapes.shapes import slices
from cnn_shapes.source import Source

QUICK = Options(bound=200_000)  # about a second at the most; `fix` takes its time


def advise(report: CheckResult, options: Options = QUICK) -> CheckResult:
    """The report with its fixes proved, and the repairs of the whole network at its first shape error."""
    if report.ok:
        return report
    diagnostics = [_proved(report, found) for found in report.diagnostics]
    errors = [place for place, found in enumerate(diagnostics) if found.severity == ERROR]
    place = next((place for place in errors if diagnostics[place].rule in SHAPE_RULES), None)
    if place is None and (safe_edits(report)[0] or diagnostics[errors[0]].rule == UNKNOWN_NAME):
        place = errors[0]
    if place is not None:
        diagnostics[place] = _with_repairs(report, diagnostics[place], options)
    return report.with_diagnostics(diagnostics)


def _with_repairs(report: CheckResult, first: Diagnostic, options: Options) -> Diagnostic:
    """The finding with the repairs of the whole network, else with the partial ones."""
    network = report.trace.network if report.trace is not None else None
    failed = next((node for node in network.layers if node.error), None) if network is not None else None
    notes = first.notes
    if failed is not None and first.rule in SHAPE_RULES:
        notes = (*notes, *notes_for(failed, report.source))
    if report.overrides.input is not None and (other := working_input(report)) is not None:
        notes = (*notes, Note("an input of {other} works", {"other": other}))
    best = repairs(report, options)
    fixes = tuple(map(_fix, best.found))
    if not fixes and not any(fix.valid for fix in first.fixes):
        fixes = tuple(map(_fix, best.partial))
        if not errors_of_reading(report):
            notes = (*notes, Note(NONE_EXISTS if best.exact else f"{NONE_FOUND}: fix searches longer"))
    known = {fix.edits for fix in fixes}
    kept = tuple(fix for fix in first.fixes if fix.edits not in known)
    return first._replace(fixes=(*kept, *fixes), notes=notes)


def _fix(repair: Repair) -> Fix:
    return Fix(repair.title, repair.edits, False, not repair.remaining, repair.remaining, repair.outcome)


def _proved(report: CheckResult, found: Diagnostic) -> Diagnostic:
    """A finding whose own fixes say what remains after each."""
    if not found.fixes:
        return found
    fixes = []
    for fix in found.fixes:
        after = check_source(report.source.edited(fix.edits), report.overrides, report.settings, rules=False)
        fixes.append(fix._replace(valid=after.ok, remaining=len(after.errors)))
    return found._replace(fixes=tuple(fixes))


def notes_for(node: Node, source: Source) -> Iterator[Note]:
    """Notes for a window whose size is not whole."""
    layer, error = node.layer, node.error
    if layer is None or not layer.has_windows or error is None or error.floored is None:
        return
    x = node.inputs[0].output
    if x is None or not x.known or x.rank != layer.rank:
        return
    yield from _parity(node, layer, source)
    line = source.position(node.place.span.start)[0]
    rests = [window.rest(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    dropped = [window.drops(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    size = error.floored.sizes
    alike = str(size[0]) if len(set(size)) == 1 else format_sizes(size)
    if any(dropped):
        lost = slices(dropped, one="1")
        yield Note(
            "rounding: floor on line {line} would give {size} and drop {lost}",
            {"line": line, "size": alike, "lost": lost},
        )
    elif any(rests):
        yield Note(
            "rounding: floor on line {line} would give {size}, and no pixel would be lost",
            {"line": line, "size": alike},
        )


def _parity(node: Node, layer: Layer, source: Source) -> Iterator[Note]:
    """Padding on both sides adds an even number: no help where an odd one is left over of an even stride."""
    producer = node.inputs[0]
    while producer.inputs and not (producer.layer is not None and producer.layer.has_windows):
        before = producer.inputs[0].output
        if before is None or producer.output is None or before.sizes != producer.output.sizes:
            return
        producer = producer.inputs[0]
    made = producer.layer
    x = node.inputs[0].output
    if made is None or x is None or made.numbers("padding") is None or set(made.numbers("stride")) != {1}:
        return
    for window, size in zip(layer.windows(x), x.sizes, strict=True):
        if window.stride % 2 == 0 and window.rest(size) % 2:
            line = source.position(producer.place.span.start)[0]
            yield Note(
                "no symmetric padding of {kind} on line {line} can help: "
                "2*P changes {size} by an even number",
                {"kind": producer.kind, "line": line, "size": size},
            )
            return
