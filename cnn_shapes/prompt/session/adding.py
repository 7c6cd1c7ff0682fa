"""Layers into the text: a typed one behind the last, one between, one in the place of another."""

from __future__ import annotations

from cnn_shapes.checking import Report
from cnn_shapes.diagnostics import ERROR, Diagnostic, format_shape
from cnn_shapes.prompt.language.reading import Context
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import sizes_of
from cnn_shapes.prompt.session import places
from cnn_shapes.prompt.session.places import Layers, Unwritable
from cnn_shapes.prompt.session.state import DIM, Line, Pending, Reply, Session, refused, report_of
from cnn_shapes.prompt.view.wording import (
    fix_lines,
    fixes_of,
    layer_lines,
    new_warnings,
    problem_lines,
    standing,
    steps_of,
)
from cnn_shapes.source import Source

NO_INPUT = "what goes in is not known yet: begin with it, as in input 28x28x1 (height, width, channels)"
_MOST_FIXES = 3


def context_of(report: Report) -> Context:
    """What a typed layer is read with."""
    shape = report.input
    rank = shape.rank if shape is not None and 1 <= shape.rank <= 3 else 2
    blocks = tuple(report.spec.blocks) if report.spec is not None else ()
    return Context(rank, report.layout, blocks)


def add(session: Session, typed: Typed, number: int = 0) -> tuple[Session, Reply]:
    """Add a layer as number `number`, or behind the last. A layer that is wrong is not added."""
    before = session
    if not session.text.strip():
        sizes = sizes_of(typed.input.strip("()[] ").replace(" ", "").rstrip(",").replace(",", "x"))
        if not sizes:
            return session, refused(NO_INPUT)
        session = session.changed(places.set_input(session.source, tuple(sizes)))
    layers = Layers(session.source)
    number = number or len(layers.chunks) + 1
    candidate = places.insert(session.source, number, typed.yaml)
    found = problem_of(candidate, number)
    if found is not None:
        return _not_done(before, Pending(candidate, number, "added"), found)
    before_source = session.source
    session = session.changed(candidate)
    lines = layer_lines(session, number)
    lines += _behind(session, number, report_of(before_source))
    return session, Reply((*lines, *new_warnings(session, before_source)))


def replace(session: Session, number: int, typed: Typed) -> tuple[Session, Reply]:
    """Put a layer in the place of another. What becomes wrong is refused; what was wrong may stay wrong."""
    written = typed.yaml
    if " ".join(written.split()) == places.Layers(session.source).line(number):
        return session._replace(editing=0, pending=None), Reply(
            (Line(f"  layer {number} is as it was", DIM),)
        )
    candidate = places.replace(session.source, number, written)
    found = problem_of(candidate, number)
    if found is not None and problem_of(session.source, number) is None:
        return _not_done(session, Pending(candidate, number, "changed"), found)
    before = session.report
    session = session.changed(candidate)
    lines = layer_lines(session, number)
    lines += _behind(session, number, before)
    return session, Reply((*lines, *new_warnings(session, before.source)))


def problem_of(source: Source, number: int) -> Diagnostic | None:
    """The first error of an entry itself: of its text, or of a layer that it unfolds into."""
    report = report_of(source)
    try:
        layers = Layers(source)
        layers.need(number)
    except Unwritable:
        return report.errors[0] if report.errors else None
    chunk = layers.chunks[number - 1]
    names = {step.node.name for step in steps_of(report, number) if step.node.error is not None}
    for found in report.diagnostics:
        if found.severity != ERROR:
            continue
        if chunk.start <= found.span.start < chunk.end or found.layer in names:
            return found
    return None


def _not_done(session: Session, pending: Pending, found: Diagnostic) -> tuple[Session, Reply]:
    """The answer to a layer that is wrong: why, and what would mend it."""
    report = report_of(pending.source)
    advised, fixes = fixes_of(report)
    full = next(
        (one for one in advised.diagnostics if one.span == found.span and one.rule == found.rule), found
    )
    lines = problem_lines(session, advised, full, bare=True)
    lines += fix_lines(report, fixes, _MOST_FIXES)
    lines.append(Line(f"  not {pending.verb}{_offer(session, pending, len(fixes))}", DIM))
    session = session._replace(pending=pending, knows_fix=session.knows_fix or bool(fixes), editing=0)
    return session, Reply(tuple(lines), wrong=True)


def _offer(session: Session, pending: Pending, count: int) -> str:
    if not count:
        return ""
    does = "adds" if pending.verb == "added" else "changes"
    if session.knows_fix:
        return f"; fix 1 {does} it mended"
    return f". Type fix 1 and Enter: that {does} it with the first fix, and undo takes it back"


def _behind(session: Session, number: int, before: Report) -> list[Line]:
    """How the layers behind a new one fare; nothing where it is the last and all is well."""
    report = session.report
    count = len(report.spec.items) if report.spec is not None else 0
    if report.errors and (not before.errors or number < count):
        return standing(session)
    if number < count and report.trace is not None:
        output = ", ".join(format_shape(node.output, report.layout) for node in report.trace.network.outputs)
        return [Line(f"  the layers behind it work: output {output}", DIM)]
    return []
