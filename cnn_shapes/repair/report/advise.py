"""The report with its fixes: those that reading attached, proved, and the repairs of the whole network."""

from __future__ import annotations

from cnn_shapes.checking import Report, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.spelling import safe_edits
from cnn_shapes.repair.report.whole import (
    NONE_EXISTS,
    NONE_FOUND,
    SHAPE_RULES,
    Repair,
    errors_of_reading,
    repairs,
    working_input,
)
from cnn_shapes.repair.report.why import notes_for

QUICK = Options(bound=200_000)  # about a second at the most; `fix` takes its time


def advise(report: Report, options: Options = QUICK) -> Report:
    """The report with its fixes proved, and the repairs of the whole network at its first shape error."""
    if report.ok:
        return report
    diagnostics = [_proved(report, found) for found in report.diagnostics]
    errors = [place for place, found in enumerate(diagnostics) if found.severity == ERROR]
    place = next((place for place in errors if diagnostics[place].rule in SHAPE_RULES), None)
    if place is None and (safe_edits(report)[0] or diagnostics[errors[0]].rule == "unknown-name"):
        place = errors[0]
    if place is not None:
        diagnostics[place] = _with_repairs(report, diagnostics[place], options)
    return Report(
        report.source,
        report.spec,
        report.trace,
        diagnostics,
        report.omitted,
        report.overrides,
        report.settings,
    )


def _with_repairs(report: Report, first: Diagnostic, options: Options) -> Diagnostic:
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


def _proved(report: Report, found: Diagnostic) -> Diagnostic:
    """A finding whose own fixes say what remains after each."""
    if not found.fixes:
        return found
    fixes = []
    for fix in found.fixes:
        after = check_source(report.source.edited(fix.edits), report.overrides, report.settings, rules=False)
        fixes.append(fix._replace(valid=after.ok, remaining=len(after.errors)))
    return found._replace(fixes=tuple(fixes))
