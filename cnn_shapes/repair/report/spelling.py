"""Edits that a repair needs in any case, because they set spelling right."""

from __future__ import annotations

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.edit.proof import Unsafe, proved
from cnn_shapes.source import Edit

ROUNDS = 5  # a word set right may show another one


def safe_edits(report: CheckResult) -> tuple[list[Edit], list[str]]:
    """The edits of all safe fixes that do not touch each other, and their titles."""
    edits: list[Edit] = []
    titles: list[str] = []
    for found in report.diagnostics:
        for fix in found.fixes[:1]:
            if fix.safe and not any(_touch(edit, other) for edit in fix.edits for other in edits):
                edits += fix.edits
                titles.append(f"{fix.title} on line {report.source.position(fix.edits[0].span.start)[0]}")
    return sorted(edits, key=lambda edit: edit.span), titles


def respelled(report: CheckResult) -> tuple[CheckResult, list[str]]:
    """The report of the text with every safe fix applied, and what was done."""
    done: list[str] = []
    for _ in range(ROUNDS):
        edits, titles = safe_edits(report)
        if not edits:
            break
        try:
            source = proved(report.source, edits)
        except Unsafe:
            break
        report = check_source(source, report.overrides, report.settings)
        done += titles
    return report, done


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end
