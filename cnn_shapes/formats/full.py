"""For people: the table of one spec, its problems with their places and fixes, a summary of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, TextIO

from cnn_shapes.formats.parts.terminal_text import DisplayOptions, paint, plural

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def write(reports: Iterable[CheckResult], out: TextIO, options: DisplayOptions) -> None:
    started = perf_counter()
    files = failed = warned = 0
    separator = ""
    for report in reports:
        files += 1
        failed += bool(report.errors)
        warned += bool(report.warnings)
        for block in _blocks(report, options):
            out.write(separator + block)
            separator = "\n"
    if options.several and not options.quiet:
        parts = [f"{plural(files, 'spec')} checked", f"{failed:,} with errors"]
        if warned:
            parts.append(f"{warned:,} with warnings")
        out.write(f"{separator}{', '.join(parts)}, in {perf_counter() - started:.1f} s\n")


def _blocks(report: CheckResult, options: DisplayOptions) -> Iterator[str]:
    """The table and each problem of a report."""
    if options.shows_tables and report.trace is not None and report.trace.steps:
        from cnn_shapes.formats.parts.table import network_table

        yield network_table(report, report.trace, options)
    if report.diagnostics:
        from cnn_shapes.formats.parts.snippet import problem

        for found in report.diagnostics:
            yield problem(report, found, options)
    if report.omitted:
        yield paint(f"and {report.omitted:,} more", "bold", options.color) + "\n"
