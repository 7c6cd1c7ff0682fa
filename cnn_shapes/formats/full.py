"""For people: the table of one spec, its problems with their places and fixes, a summary of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import ERROR, SEVERITIES
from cnn_shapes.formats.parts.faults import rendered
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions, Line, Styled, counted, folded, plural
from cnn_shapes.shapes import listed

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.diagnostics import Diagnostic


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


def _in_turn(found: list[Diagnostic]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """What is shown, and what waits.

    Beside an error a warning is older than the slip, and in the way, unless it may be the cause of the error,
    which comes first, or a trace of it, which comes after. Where one change mends the error, the rest waits.
    """
    errors = [one for one in found if one.severity == ERROR and not one.waits]
    if not errors or len(errors) == len(found):
        return found, []
    from cnn_shapes.rules import RULES
    from cnn_shapes.rules.context import CAUSE, TRACE

    others: dict[str, list[Diagnostic]] = {}
    for one in found:
        if one.waits:
            others.setdefault("", []).append(one)
        elif one.severity != ERROR:
            known = one.rule in RULES and not one.is_older
            others.setdefault(RULES[one.rule].clue if known else "", []).append(one)
    return [*others.get(CAUSE, []), *errors, *others.get(TRACE, [])], others.get("", [])


def _wait(waiting: list[Diagnostic], errors: int, width: int | None) -> list[Line]:
    counts = [(sum(one.severity == severity for one in waiting), severity) for severity in SEVERITIES]
    said = listed([plural(count, severity) for count, severity in counts if count])
    text = f"held back until the {'error is' if errors == 1 else 'errors are'} mended: {said}"
    return [(Styled(line, "frame"),) for line in folded(text, width)]


def _blocks(report: CheckResult, options: DisplayOptions) -> Iterator[list[Line]]:
    """The table and each problem of a report."""
    if options.shows_tables and report.trace is not None and report.trace.steps:
        from cnn_shapes.formats.parts.table import network_table

        yield network_table(report, report.trace, options)
    if report.diagnostics:
        from cnn_shapes.formats.parts.snippet import problem

        shown, waiting = _in_turn(report.diagnostics)
        for found in shown:
            yield problem(report, found, options)
        if waiting:
            yield _wait(waiting, sum(one.severity == ERROR for one in shown), options.width)
    if report.omitted:
        yield [(Styled(f"and {report.omitted:,} more", "bold"),)]
