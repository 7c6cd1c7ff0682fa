"""The report with its fixes: those that reading attached, proved, and the repairs of the whole network."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnosis.culprit import ancestors
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix, Note, format_sizes
from cnn_shapes.input_sizes import SQUARE, sizes
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import Node
from cnn_shapes.repair.report.cause import toned_down
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.proving import Repair, proofs
from cnn_shapes.repair.report.repairs import (
    NONE_EXISTS,
    NONE_FOUND,
    SEARCHES_LONGER,
    Repairs,
    errors_of_reading,
    repairs,
    working_input,
)
from cnn_shapes.repair.report.shifted import with_shift
from cnn_shapes.repair.report.spelling import SHAPE_RULES, fewer
from cnn_shapes.repair.report.translated import advice_of_user_text
from cnn_shapes.shapes import AXIS_NAMES, EXPECT_MISMATCH, FLOOR, SIZES, listed, slices
from cnn_shapes.source import Source
from cnn_shapes.words import in_english, say

_MOST_LAYERS = 400  # of a network whose input sizes are looked for beside its repairs
_ROUNDING = "rounding: floor"  # and that about rounding
_INPUTS = "input "  # how the note about input sizes begins
QUICK = Options(bound=200_000, notes=True)  # about a second at the most; `fix` takes its time


@in_english
def advise(report: CheckResult, options: Options = QUICK) -> CheckResult:
    """The report with its fixes proved, and the repairs of the whole network at its first shape error."""
    if report.works_out:  # no change of a size is looked for to keep a budget
        return with_shift(report) if report.source.is_translated else report
    left = proofs(report)
    diagnostics = []
    for found in report.diagnostics:
        diagnostics.append(_proved(report, found, left))
        left -= len(found.fixes)
    errors = [place for place, found in enumerate(diagnostics) if found.severity == ERROR]
    spelt = [one for one in errors if any(fix.safe and fix.valid for fix in diagnostics[one].fixes)]
    place = next((place for place in errors if diagnostics[place].rule in SHAPE_RULES), None)
    place = errors[0] if place is None else place
    best = repairs(report, options)
    diagnostics[place] = _with_repairs(report, diagnostics[place], best)
    if spelt and not report.source.is_translated:  # what was meant is known
        return report.with_diagnostics(_with_others_waiting(diagnostics, spelt[0], ERROR))
    failed = _failed(report)
    if report.source.is_translated:
        return advice_of_user_text(report.with_diagnostics(diagnostics))
    hints = best.clues
    if hints is not None and hints.mended is not None and hints.about_number:
        places = [edit.span for edit in hints.edits]
        if places not in [[edit.span for edit in repair.edits] for repair in best.found]:
            hints = None  # others are likelier
    if hints is not None and hints.notes:
        # that no change of a number helps is no news where it was not a number
        idle = (NONE_EXISTS, NONE_FOUND, _INPUTS, _ROUNDING)
        diagnostics = [_without(found, idle) for found in diagnostics]
        told = errors[0]
        if hints.mended is not None and hints.about.rule == UNKNOWN_NAME:
            told = next((one for one in errors if _is_same(diagnostics[one], hints.about)), told)
        first = diagnostics[told]
        if hints.mended is not None:
            first = toned_down(first, failed, report.spec, hints.edits)
        diagnostics[told] = first._replace(notes=(*hints.notes, *first.notes))
        if hints.mended is not None:
            diagnostics = _with_others_waiting(_without_older(diagnostics, hints.mended), told)
    return report.with_diagnostics(diagnostics)


def _is_same(one: Diagnostic, other: Diagnostic) -> bool:
    return (one.rule, one.span, one.template) == (other.rule, other.span, other.template)


def _with_others_waiting(
    diagnostics: list[Diagnostic], place: int, severity: str | None = None
) -> list[Diagnostic]:
    """The findings, of which all but one wait, or all of a severity: that one is known to be the cause."""
    return [
        one if number == place or one.severity != (severity or one.severity) else one._replace(waits=True)
        for number, one in enumerate(diagnostics)
    ]


def _without_older(diagnostics: list[Diagnostic], mended: CheckResult) -> list[Diagnostic]:
    """The findings, those marked as older that are there without the slip too."""
    whole = check_source(mended.source, mended.overrides, mended.settings)
    still = {(found.rule, found.layer, found.message()) for found in whole.diagnostics}
    return [
        found._replace(
            is_older=found.severity != ERROR and (found.rule, found.layer, found.message()) in still
        )
        for found in diagnostics
    ]


def _without(found: Diagnostic, beginnings: tuple[str, ...]) -> Diagnostic:
    notes = tuple(note for note in found.notes if not note.template.startswith(beginnings))
    return found._replace(notes=notes)


def _failed(report: CheckResult) -> Node | None:
    """The first layer that fails."""
    layers = report.trace.network.layers if report.trace is not None else []
    return next((node for node in layers if node.error), None)


def _with_repairs(report: CheckResult, first: Diagnostic, best: Repairs) -> Diagnostic:
    """The finding with the repairs of the whole network, else with the partial ones."""
    failed = _failed(report)
    notes = first.notes
    if failed is not None and first.rule in SHAPE_RULES:
        notes = (*notes, *notes_for(failed, report), *_working_inputs(report, failed))
    if report.overrides.input is not None and (other := working_input(report)) is not None:
        notes = (*notes, Note("an input of {other} works", {"other": other}))
    attached = {fix.edits: fix for fix in first.fixes}
    fixes = tuple(attached.get(repair.edits) or _fix(repair) for repair in best.found)
    if not fixes and not any(fix.valid for fix in first.fixes):
        fixes = tuple(map(_fix, best.partial))
        if not errors_of_reading(report):
            notes = (*notes, Note(NONE_EXISTS if best.exact else SEARCHES_LONGER))
    known = {fix.edits for fix in fixes}
    kept = tuple(fix for fix in first.fixes if fix.edits not in known)
    return first._replace(fixes=(*kept, *fixes), notes=notes)


def _fix(repair: Repair) -> Fix:
    remaining = repair.remaining
    return Fix(
        repair.title, repair.edits, False, not remaining, remaining, repair.outcome, others=repair.others
    )


def _proved(report: CheckResult, found: Diagnostic, most: int) -> Diagnostic:
    """A finding whose own fixes say what remains after each.

    Beyond the first `most`, none is tried: then all other errors are taken to remain.
    """
    if not found.fixes:
        return found
    fixes = []
    for place, fix in enumerate(found.fixes):
        if place >= most:
            others = max(1, len(report.errors) + report.omitted - 1)
            fixes.append(fix._replace(valid=False, remaining=others))
            continue
        after = check_source(report.source.edited(fix.edits), report.overrides, report.settings, rules=False)
        # one that leaves as much to mend may have brought another mistake
        safe = fix.safe and (
            len(after.errors) < len(report.errors) or fewer(report, list(fix.edits), 1) is not None
        )
        fixes.append(fix._replace(valid=after.ok, remaining=len(after.errors), safe=safe))
    return found._replace(fixes=tuple(fixes))


def _working_inputs(report: CheckResult, failed: Node) -> Iterator[Note]:
    """Which input sizes would do, where that can be said in a few words."""
    error = failed.error
    if error is None or error.rule == EXPECT_MISMATCH or SIZES not in error.about:
        return
    if len(report.trace.network.layers if report.trace is not None else ()) > _MOST_LAYERS:
        return
    found = sizes(report)
    if found is None or not found.found or found.works or found.question.leaves_out_expect:
        return
    own = dict(zip(AXIS_NAMES[len(found.question.own)], found.question.own, strict=True))
    said: dict[str, list[str]] = {}
    for axis, runs in found.axes.items():
        endless = [run for run in runs if run.last is None]
        if any(own.get(axis) in run for run in runs):
            continue  # it is not this axis
        least = own.get(axis, min(own.values()))
        if not endless and len(runs) == 1 and runs[0].step == 1 and least < runs[0].first <= 2 * least:
            only = runs[0]
            several = say("{first} to {last}", first=only.first, last=only.last)
            said.setdefault(several if only.last != only.first else f"{only.first}", []).append(axis)
        for run in endless:  # another one may be as good, but takes more than a few words
            if run.first > 2 * least:
                continue  # it is not the input that is too small by so much
            if run.step > 1 and run.first % run.step == 0 and run.step & (run.step - 1) == 0:
                multiples = say("multiples of {step}", step=run.step)
                if run.first > run.step:
                    multiples = say("multiples of {step} from {first}", step=run.step, first=run.first)
                said.setdefault(multiples, []).append(axis)
            elif run.step == 1:
                said.setdefault(say("at least {first}", first=run.first), []).append(axis)
    for words, axes in said.items():
        everywhere = axes == [SQUARE] or len(axes) == len(own) > 1
        what = say("sizes") if everywhere else listed([say(f"{axis}s") for axis in axes])
        yield Note("input {what} that work: {words}", {"what": what, "words": words})


def notes_for(node: Node, report: CheckResult) -> Iterator[Note]:
    """Notes for a window whose size is not whole."""
    layer, error, source = node.layer, node.error, report.source
    if layer is None or not layer.has_windows or error is None or error.floored is None:
        return
    x = node.inputs[0].output
    if x is None or not x.known or x.rank != layer.rank:
        return
    yield from _parity(node, layer, source)
    line = source.line_of(node.place.span.start)
    rests = [window.rest(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    dropped = [window.drops(size) for window, size in zip(layer.windows(x), x.sizes, strict=True)]
    size = error.floored.sizes
    if "rounding" not in layer.fields or report.spec is None or report.spec.rounding == FLOOR:
        return
    alike = str(size[0]) if len(set(size)) == 1 else format_sizes(size)
    if any(dropped) and not _is_near_input(node):
        return
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


def _is_near_input(node: Node) -> bool:
    """Whether at most one layer before a layer has windows: then rounding hides no slip further up."""
    return sum(step.layer is not None and step.layer.has_windows for step in ancestors(node)) < 2


def _parity(node: Node, layer: Layer, source: Source) -> Iterator[Note]:
    """Padding on both sides adds an even number: no help where an odd one is left over of an even stride."""
    producer = node.inputs[0]
    while producer.inputs and not (producer.layer is not None and producer.layer.has_windows):
        before = producer.inputs[0].output
        if before is None or producer.output is None or before.sizes != producer.output.sizes:
            return
        producer = producer.inputs[0]
    if any(step.layer is not None and step.layer.has_windows for step in ancestors(producer)):
        return  # the padding of one that is further up may help
    made = producer.layer
    x = node.inputs[0].output
    if made is None or x is None or made.numbers("padding") is None or set(made.numbers("stride")) != {1}:
        return
    for window, size in zip(layer.windows(x), x.sizes, strict=True):
        if window.stride % 2 == 0 and window.rest(size) % 2:
            line = source.line_of(producer.place.span.start)
            yield Note(
                "no symmetric padding of {kind} on line {line} can help: "
                "2*P changes {size} by an even number",
                {"kind": producer.kind, "line": line, "size": size},
            )
            return
