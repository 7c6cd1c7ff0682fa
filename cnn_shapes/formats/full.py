"""For people: the table of one spec, its problems with their places and fixes, a summary of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from cnn_shapes.formats.parts.faults import rendered
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Line, Styled, counted, folded
from cnn_shapes.formats.parts.turns import held_back, in_turn

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


def write(reports: Iterable[CheckResult], out: Output, options: DisplayOptions) -> None:
    started = perf_counter()
    files = failed = warned = 0
    has_blocks = False
    for report in reports:
        files += 1
        for block in rendered(report, lambda one: list(_blocks(one, options))):
            if has_blocks:
                out.line()
            out.lines(block)
            has_blocks = True
        failed += bool(report.errors)
        warned += bool(report.warnings)
    if options.several and not options.quiet:
        if has_blocks:
            out.line()
        out.line(f"{counted(files, failed, warned)}, in {perf_counter() - started:.1f} s")


def _blocks(report: CheckResult, options: DisplayOptions) -> Iterator[list[Line]]:
    """The table and each problem of a report."""
    if options.shows_tables and report.trace is not None and report.trace.steps:
        from cnn_shapes.formats.parts.table import network_table

        yield network_table(report, report.trace, options)
    if report.diagnostics:
        from cnn_shapes.formats.parts.snippet import problem

        shown, waiting = in_turn(report.diagnostics)
        for found in shown:
            yield problem(report, found, options)
        if waiting:
            yield [(Styled(line, "frame"),) for line in folded(held_back(shown, waiting), options.width)]
    if report.omitted:
        yield [(Styled(f"and {report.omitted:,} more", "bold"),)]
