"""The repair of a text whose layers have numbers: after an inserted or a removed one, all later are others.

Darknet's and Ultralytics' files name a layer by its number. Where one is inserted and the numbers after it
stay, each names the layer before the one that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Fix
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.repair.report.effects import outcome_of
from cnn_shapes.repair.report.proving import Repair
from cnn_shapes.shapes import SHAPE_MISMATCH, listed
from cnn_shapes.source import Edit, Span
from cnn_shapes.source.translated import TranslatedSource
from cnn_shapes.words import say

UNUSED = "unused-layer"
TOLD_BY = (UNKNOWN_NAME, SHAPE_MISMATCH)  # errors that it may mend
_LEAST = 2  # numbers: one alone is a number that was mistaken
_MOST = 60  # places that are tried: each is a check of the whole text
_COST = 22  # beside one change of a number, which is more likely where one is enough


def shift_of(report: CheckResult) -> Repair | None:
    """The numbers from one on, all one larger or all one smaller: valid, and every layer is read."""
    source = report.source
    if not isinstance(source, TranslatedSource) or report.trace is None:
        return None
    if not any(found.rule in (UNUSED, *TOLD_BY) for found in report.diagnostics):
        return None
    numbers = sorted({*_numbers(source)})  # one is said once, however many layers of ours read it
    tried = [(step, first) for step in (1, -1) for first in sorted({number for _, number in numbers})]
    for step, first in tried[:_MOST]:
        moved = [(place, number) for place, number in numbers if number >= first]
        if len(moved) < _LEAST:
            continue
        edits = tuple(Edit(place, str(number + step)) for place, number in moved)
        after = check_source(source.user_text.edited(edits), report.overrides, report.settings, rules=False)
        if not after.ok or after.trace is None:
            continue
        after = check_source(after.source.user_text, report.overrides, report.settings)
        if any(found.rule == UNUSED for found in after.diagnostics):
            continue
        lines = dict.fromkeys(source.user_text.position(place.start)[0] for place, _ in moved)
        where = say("lines {lines}" if len(lines) > 1 else "line {lines}", lines=listed([*map(str, lines)]))
        moved_by = "every number of a layer from {first} on one smaller: {where}"
        if step > 0:
            moved_by = "every number of a layer from {first} on one larger: {where}"
        title = say(moved_by, first=first, where=where)
        assert after.trace is not None
        outcome = outcome_of(report.trace.network, after.trace.network, report.layout, (), source)
        return Repair(title, edits, _COST, after, outcome)
    return None


def with_shift(report: CheckResult) -> CheckResult:
    """The report of a valid text, in which the first layer that nothing reads has the repair as advice."""
    place = next((place for place, found in enumerate(report.diagnostics) if found.rule == UNUSED), None)
    repair = None if place is None else shift_of(report)
    if place is None or repair is None:
        return report
    found = report.diagnostics[place]
    assert found.severity != ERROR
    fix = Fix(repair.title, (), valid=True, outcome=say("every layer is read"), by_hand=True)
    changed = [*report.diagnostics]
    changed[place] = found._replace(fixes=(*found.fixes, fix))
    return report.with_diagnostics(changed)


def _numbers(source: TranslatedSource) -> Iterator[tuple[Span, int]]:
    """The numbers of layers, counted from the first, with their places."""
    text = source.user_text.text
    for piece in source.pieces:
        said = text[piece.place.start : piece.place.end]
        if (
            piece.write is not None
            and said.isdecimal()
            and source.text[piece.start : piece.end] in source.words.names
        ):
            yield piece.place, int(said)
