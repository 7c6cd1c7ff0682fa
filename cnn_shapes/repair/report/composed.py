"""Edits that a repair needs in any case, since they set spelling right; and edits behind others."""

from __future__ import annotations

from cnn_shapes.checking import Report
from cnn_shapes.source import Edit, Span


def safe_edits(report: Report) -> tuple[list[Edit], list[str]]:
    """The edits of all safe fixes that do not touch each other, and their titles."""
    edits: list[Edit] = []
    titles: list[str] = []
    for found in report.diagnostics:
        for fix in found.fixes[:1]:
            if fix.safe and not any(_touch(edit, other) for edit in fix.edits for other in edits):
                edits += fix.edits
                titles.append(f"{fix.title} on line {report.source.position(fix.edits[0].span.start)[0]}")
    return sorted(edits, key=lambda edit: edit.span), titles


def _touch(edit: Edit, other: Edit) -> bool:
    return edit.span.start <= other.span.end and other.span.start <= edit.span.end


def rebased(edits: list[Edit], first: list[Edit]) -> list[Edit] | None:
    """Edits of a text that other edits have changed, as edits of the text before; None where they touch.

    `first` are those other edits, in the order of the text.
    """
    result = []
    for edit in edits:
        shift = 0  # from the text before to the changed one
        for (start, end), text in first:
            begin = start + shift
            if edit.span.end <= begin:
                break
            if edit.span.start < begin + len(text):
                return None
            shift += len(text) - (end - start)
        result.append(Edit(Span(edit.span.start - shift, edit.span.end - shift), edit.text))
    return result
