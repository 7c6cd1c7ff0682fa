"""`path:line:column: severity[rule] message`, one line a problem: for editors and for grep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnn_shapes.formats.parts.streams import Output, Ready, made_ready
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Line, Styled
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

SHOWS_FIXES = False


def fragment(report: CheckResult, options: DisplayOptions) -> Ready:
    """A line a problem."""
    return made_ready(_lines(report), options)


def write(fragments: Iterable[Ready], out: Output, options: DisplayOptions) -> None:
    for text in fragments:
        out.ready(text)


def _lines(report: CheckResult) -> list[Line]:
    lines: list[Line] = []
    for found in report.diagnostics:
        source, span = report.source.written(found.span)
        path = shown_path(source.path)
        line, column = source.position(span.start)
        head = Styled(f"{found.severity}[{found.rule}]", found.severity)
        lines.append((f"{path}:{line}:{column}: ", head, f" {found.message(report.layout)}"))
    if report.omitted:
        lines.append((f"{shown_path(report.source.path)}: and {report.omitted:,} more",))
    return lines
