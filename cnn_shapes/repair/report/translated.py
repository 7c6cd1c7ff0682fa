"""Repairs of a text in another language: each is made there, and must give the same network when it is read.

What is found is found in the spec that the text is. A change that the text says at one place is made there;
one that it says in another way, or at several places, is told, for the user to write.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import Diagnostic, Fix
from cnn_shapes.repair.report.options import Options
from cnn_shapes.repair.report.repairs import DEFAULT, Repairs, repairs
from cnn_shapes.repair.report.shifted import TOLD_BY, UNUSED, shift_of
from cnn_shapes.source import Edit
from cnn_shapes.source.translated import TranslatedSource

_MORE = 3  # times as many are looked for, since some cannot be made


def repairs_of_user_text(report: CheckResult, options: Options = DEFAULT) -> Repairs:
    """The repairs of a report's network, as edits of what the user wrote."""
    source = report.source
    if not isinstance(source, TranslatedSource):
        return repairs(report, options)
    best = repairs(report, options._replace(most=_MORE * options.most))
    found, by_hand = [], []
    for repair in best.found:
        told = repair._replace(title=source.words.spell(repair.title))
        made = made_in_user_text(report, repair.edits, repair.after)
        if made is not None:
            edits, after = made
            found.append(told._replace(edits=tuple(edits), after=after))
        elif _is_by_hand(source, repair.edits, told.title):
            by_hand.append(told)
    shift = shift_of(report) if report.errors else None
    if shift is not None:
        # a layer that nothing reads any more tells of it; else one number is more likely wrong than many
        first = any(one.rule == UNUSED for one in report.diagnostics)
        found = [shift, *found] if first else [*found[: max(1, options.most - 1)], shift]
    partial = [one._replace(title=source.words.spell(one.title)) for one in best.partial]
    return best._replace(
        found=found[: options.most],
        by_hand=by_hand[: max(0, options.most - len(found))],
        partial=[
            one for one in partial if _is_about_user_text(source, one.edits) and source.words.says(one.title)
        ][: options.most],
    )


def advice_of_user_text(report: CheckResult) -> CheckResult:
    """The report whose fixes, which are edits of the spec, are those of what the user wrote."""
    diagnostics = [_with_fixes(report, found) for found in report.diagnostics]
    shift = shift_of(report)
    place = next((place for place, one in enumerate(diagnostics) if one.rule in TOLD_BY), None)
    if shift is not None and place is not None:
        fixes, fix = diagnostics[place].fixes, Fix(shift.title, shift.edits, outcome=shift.outcome)
        first = any(one.rule == UNUSED for one in diagnostics)
        others = fixes[: max(1, DEFAULT.most - 1)]
        fixes = (fix, *others) if first else (*others, fix)
        diagnostics[place] = diagnostics[place]._replace(fixes=fixes)
    return report.with_diagnostics(diagnostics)


def _with_fixes(report: CheckResult, found: Diagnostic) -> Diagnostic:
    source = report.source
    assert isinstance(source, TranslatedSource)
    fixes = []
    for fix in found.fixes:
        after = check_source(source.edited(fix.edits), report.overrides, report.settings, rules=False)
        made = made_in_user_text(report, fix.edits, after)
        told = fix._replace(title=source.words.spell(fix.title), safe=False)
        if made is not None:
            fixes.append(told._replace(edits=tuple(made[0])))
        elif _is_by_hand(source, fix.edits, told.title):
            fixes.append(told._replace(edits=(), by_hand=True))
    return found._replace(fixes=tuple(fixes))


def made_in_user_text(
    report: CheckResult, edits: Iterable[Edit], wanted: CheckResult
) -> tuple[list[Edit], CheckResult] | None:
    """The edits of what the user wrote that give the network of a changed spec, and the report of that text.

    None where there are none.
    """
    source = report.source
    there = source.edits_written(edits)
    if there is None:
        return None
    try:
        changed = source.user_text.edited(there)
    except ValueError:  # two values that are said at one place
        return None
    after = check_source(changed, report.overrides, report.settings, rules=False)
    return (there, after) if _network(after) == _network(wanted) else None


def _network(report: CheckResult) -> Hashable:
    """All that two texts say alike: each layer with its inputs, what comes out, and what it costs.

    Not its name: what is one layer for some values may be a block of ours for others.
    """
    if report.trace is None:
        return None
    return tuple(
        (
            step.node.kind,
            tuple(source.index for source in step.node.inputs),
            step.node.output,
            step.params,
            step.macs,
        )
        for step in report.trace.steps
    )


def _is_by_hand(source: TranslatedSource, edits: Iterable[Edit], title: str) -> bool:
    """Whether a change is one that the user can write and that no edit makes.

    What can be written at its place, and means another network there, is no fix: an even size of Darknet's
    has another padding.
    """
    return (
        _is_about_user_text(source, edits)
        and source.words.says(title)
        and source.edits_written(edits) is None
    )


def _is_about_user_text(source: TranslatedSource, edits: Iterable[Edit]) -> bool:
    """Whether all that is changed is said by the user, not by a block of ours, and no layer is added."""
    return all(source.is_written(edit.span) and "\n" not in edit.text for edit in edits)
