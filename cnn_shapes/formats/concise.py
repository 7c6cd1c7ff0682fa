"""`path:line:column: severity[rule] message`, one line a problem: for editors and for grep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Styled
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def write(reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None:
    for report in reports:
        if not report.diagnostics:
            continue
        path = shown_path(report.source.path)
        for found in report.diagnostics:
            line, column = report.source.position(found.span.start)
            head = Styled(f"{found.severity}[{found.rule}]", found.severity)
            out.line(f"{path}:{line}:{column}: ", head, f" {found.message(report.layout)}")
        if report.omitted:
            out.line(f"{path}: and {report.omitted:,} more")
