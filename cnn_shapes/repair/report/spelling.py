"""Edits that a repair needs in any case, because they set spelling right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Diagnostic, Fix
from cnn_shapes.edit.proof import Unsafe, moved, proved, written_by
from cnn_shapes.shapes import (
    BAD_PADDING,
    EXPECT_MISMATCH,
    GROUPS_NOT_DIVISIBLE,
    NEEDS_FLATTEN,
    NOT_WHOLE,
    SHAPE_MISMATCH,
    SHARE_MISMATCH,
    WINDOW_TOO_LARGE,
    WRONG_RANK,
)
from cnn_shapes.source import Edit
from cnn_shapes.words import say

ROUNDS = 5  # a word set right may show another one
_TRIED = 2_000_000  # characters that are checked again, where not all fixes hold together
_LEAST_TRIED = 12  # times
SHAPE_RULES = (
    *NOT_WHOLE,
    *(WINDOW_TOO_LARGE, BAD_PADDING, GROUPS_NOT_DIVISIBLE, SHAPE_MISMATCH),
    *(NEEDS_FLATTEN, WRONG_RANK, EXPECT_MISMATCH, SHARE_MISMATCH),
)


def safe_edits(report: CheckResult) -> tuple[list[Edit], list[str]]:
    """The edits of all safe fixes that do not touch each other, and their titles."""
    return _joined(report, _safe_fixes(report))


def _safe_fixes(report: CheckResult) -> list[Fix]:
    fixes: list[Fix] = []
    edits: list[Edit] = []
    for found in report.diagnostics:
        for fix in found.fixes[:1]:
            if fix.safe and not any(_touch(edit, other) for edit in fix.edits for other in edits):
                fixes.append(fix)
                edits += fix.edits
    return fixes


def _joined(report: CheckResult, fixes: Sequence[Fix]) -> tuple[list[Edit], list[str]]:
    edits = sorted((edit for fix in fixes for edit in fix.edits), key=lambda edit: edit.span)
    position = report.source.position
    return edits, [
        say("{title} on line {line}", title=fix.title, line=position(fix.edits[0].span.start)[0])
        for fix in fixes
    ]


def respelled(report: CheckResult) -> tuple[CheckResult, list[str], list[str]]:
    """The report of the text with every safe fix applied, what was done, and what was left undone.

    A fix is safe where as many words are wrong fewer after it: one that trades a mistake for another is not.
    """
    done: list[str] = []
    undone: list[str] = []
    for _ in range(ROUNDS):
        fixes = _safe_fixes(report)
        if not fixes:
            undone = []
            break
        tries = iter(range(max(_LEAST_TRIED, _TRIED // (len(report.source.text) + 1))))
        kept = _holding(report, fixes, tries)
        _, undone = _joined(report, [fix for fix in fixes if fix not in kept])
        edits, titles = _joined(report, kept)
        after = fewer(report, edits, len(kept)) if kept else None
        if after is None:
            break
        report = after
        done += titles
    return report, done, undone


def _holding(report: CheckResult, fixes: list[Fix], tries: Iterator[int]) -> list[Fix]:
    """The fixes that hold: all at once, else those of each half; none where no more may be tried."""
    if next(tries, None) is None:
        return []
    if fewer(report, _joined(report, fixes)[0], len(fixes)) is not None:
        return fixes
    half = len(fixes) // 2
    return [*_holding(report, fixes[:half], tries), *_holding(report, fixes[half:], tries)] if half else []


def fewer(report: CheckResult, edits: list[Edit], count: int) -> CheckResult | None:
    """The report of the edited text, where `count` mistakes are gone and none has come in their place.

    A word set right may show slips that have safe fixes of their own: those do not count against it.
    """
    try:
        source = proved(report.source, edits)
    except Unsafe:
        return None
    after = check_source(source, report.overrides, report.settings)
    if report.spec is None and after.spec is not None:
        return after  # only now it can be read
    ordered = sorted(edits, key=lambda edit: edit.span)
    known = {(one.rule, moved(one.span.start, ordered)) for one in _mistakes(report)}
    new = [one for one in _mistakes(after) if (one.rule, one.span.start) not in known]
    further = [one for one in new if any(fix.safe for fix in one.fixes[:1])]
    left = len(_mistakes(after)) - len(further)
    written = [place for place, _ in written_by(ordered)]
    again = any(one.span.start in written for one in new)
    told = not report.omitted or any(one.severity != ERROR for one in report.diagnostics)
    fell = left <= len(_mistakes(report)) - count or not told  # what was left out comes up
    return after if fell and not again else None


def _mistakes(report: CheckResult) -> list[Diagnostic]:
    """What is wrong with the words, whatever is wrong with the sizes."""
    return [
        one
        for one in report.diagnostics
        if (one.severity == ERROR and one.rule not in SHAPE_RULES) or any(fix.safe for fix in one.fixes)
    ]


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end
