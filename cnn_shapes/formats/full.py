"""For people: the table of one spec, its problems with their places and fixes, a summary of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.formats.parts.streams import Output, Ready, made_ready
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Line, Styled, counted, folded
from cnn_shapes.formats.parts.turns import held_back, in_turn
from cnn_shapes.words import say, speaking

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult


class FileText(NamedTuple):
    """The table and each problem of a file; whether it has errors, and warnings."""

    blocks: list[Ready]
    failed: bool
    warned: bool


def fragment(report: CheckResult, options: DisplayOptions) -> FileText:
    with speaking(options.language):
        blocks = [made_ready(lines, options) for lines in _blocks(report, options)]
    return FileText(blocks, bool(report.errors), bool(report.warnings))


def write(fragments: Iterable[FileText], out: Output, options: DisplayOptions) -> None:
    started = perf_counter()
    files = failed = warned = 0
    has_blocks = False
    for file in fragments:
        files += 1
        for block in file.blocks:
            if has_blocks:
                out.line()
            out.ready(block)
            has_blocks = True
        failed += file.failed
        warned += file.warned
    if options.several and not options.quiet:
        if has_blocks:
            out.line()
        with speaking(options.language):
            said = counted(files, failed, warned)
            out.line(say("{counted}, in {seconds:.1f} s", counted=said, seconds=perf_counter() - started))


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
        yield [(Styled(say("and {count:,} more", count=report.omitted), "bold"),)]
