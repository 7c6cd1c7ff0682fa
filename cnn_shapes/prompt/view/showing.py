"""`show`: the table of the network and its problems, or its text."""

from __future__ import annotations

from collections.abc import Iterator

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.formats.parts import rows
from cnn_shapes.formats.parts.terminal_text import clean, plural
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.session.state import DIM, WARN, WRONG, Line, Session
from cnn_shapes.prompt.view.wording import problem_lines, standing

_MOST_PROBLEMS = 5


def show_lines(session: Session, what: str) -> Iterator[Line]:
    """The lines of `show`; `show yaml` gives the text that would be saved."""
    if what and not ("yaml".startswith(what) or "text".startswith(what)):
        raise Misread(f"show takes nothing, or yaml for the text itself, found {clean(what)}")
    if what:
        for line in session.text.splitlines():
            yield Line(clean(line, session.options.encoding))
        return
    report = session.report
    traced = report.trace
    if traced is None or not traced.steps:
        yield from standing(session) if not report.errors or not session.text.strip() else ()
    elif session.linear:
        yield from _sentences(session)
    else:
        from cnn_shapes.formats.parts.table import network_table

        for line in network_table(report, traced, session.options).rstrip("\n").split("\n"):
            yield Line(line)
    if report.spec is not None and not report.spec.items and report.input is not None:
        if not (traced is None or not traced.steps):
            return
        yield from standing(session) if report.errors else ()
        return
    for found in report.errors[:_MOST_PROBLEMS]:
        yield Line("")
        yield from problem_lines(session, report, found)
    more = len(report.errors) - _MOST_PROBLEMS
    if more > 0:
        yield Line(f"  and {plural(more, 'more problem')}", WRONG)
    if report.errors and session.knows_fix:
        yield Line("  fix lists what would mend it", DIM)
    for found in report.warnings[:_MOST_PROBLEMS]:
        yield Line(f"  warning: {clean(found.message(report.layout), session.options.encoding)}", WARN)


def _sentences(session: Session) -> Iterator[Line]:
    """The table for a screen reader: a sentence a layer, every figure with its name."""
    report = session.report
    assert report.trace is not None
    yield Line(f"input: {format_shape(report.input, report.layout)}.")
    root = rows.tree(report.trace)
    for row in rows.rows(report.trace, root, rows.fitting_depth(root, rows.READABLE), report.layout):
        words = [f"layer {row.index}: {clean(row.text)}" if row.index else clean(row.text)]
        words.append(f"output: {row.output}")
        words += [f"size: {clean(row.why)}"] if row.why else []
        words += [plural(row.params, "parameter")] if row.params else []
        words += ["wrong"] if row.state == "error" else []
        yield Line(". ".join(words) + ".")
    total = report.trace.totals
    yield Line(f"in all: {plural(total.params, 'parameter')}, {total.macs:,} multiply-adds.")
