"""`path:line:column: severity[rule] message`, one line a problem: for editors and for grep."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from cnn_shapes.formats.parts.terminal_text import DisplayOptions, clean, paint
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def write(reports: Iterable[CheckResult], out: TextIO, options: DisplayOptions) -> None:
    for report in reports:
        if not report.diagnostics:
            continue
        path = clean(shown_path(report.source.path), options.encoding)
        for found in report.diagnostics:
            line, column = report.source.position(found.span.start)
            severity = paint(f"{found.severity}[{found.rule}]", found.severity, options.color)
            message = clean(found.message(report.layout), options.encoding)
            out.write(f"{path}:{line}:{column}: {severity} {message}\n")
        if report.omitted:
            out.write(f"{path}: and {report.omitted:,} more\n")
