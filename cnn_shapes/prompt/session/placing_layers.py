"""Places a typed layer in the text: after the last, between two, instead of one. A wrong one is refused."""

from __future__ import annotations

from collections.abc import Sequence

from cnn_shapes.diagnostics import ERROR, Diagnostic
from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.prompt.language.typed_layer import TypedLayer, sizes_of
from cnn_shapes.prompt.session import text_edits
from cnn_shapes.prompt.session.growing import grown
from cnn_shapes.prompt.session.replies import (
    DIM,
    Fact,
    FixesOffered,
    LaterLayers,
    LayerGiven,
    NetworkGiven,
    NewWarnings,
    ProblemFound,
    Reply,
    ReplyLine,
    RoundedDown,
    Transition,
    refused,
    replied,
)
from cnn_shapes.prompt.session.state import Pending, Session, count_of, fixes_of, report_of, steps_of
from cnn_shapes.prompt.session.text_edits import entry_list
from cnn_shapes.shapes import FLOOR, NOT_WHOLE
from cnn_shapes.source import Source
from cnn_shapes.words import say

NO_INPUT = "what goes in is not known yet: begin with it, as in input 28x28x1 (height, width, channels)"
_MOST_FIXES = 3


def add(session: Session, typed: TypedLayer, number: int = 0) -> Transition:
    """Add a layer as number `number`, or after the last. A layer that is wrong is not added."""
    before = session
    longer = grown(session.source, typed.yaml) if session.text.strip() and not number else None
    if longer is not None:
        session = session.changed(longer.source)
        given = LayerGiven(session, longer.number, longer)
        return session, replied(given, NewWarnings(session, before.source, longer))
    if not session.text.strip():
        sizes = sizes_of(typed.input.strip("()[] ").replace(" ", "").rstrip(",").replace(",", "x"))
        if not sizes:
            return session, refused(say(NO_INPUT))
        session = session.changed(text_edits.set_input(session.source, tuple(sizes)))
    number = number or len(entry_list(session.source).spans) + 1
    candidate = text_edits.insert(session.source, number, typed.yaml)
    problem = first_problem(candidate, number)
    if problem is not None and (rounded := _as_framework_rounds(candidate, number, typed, problem)):
        return _with_rounding(typed, *_placed(session, rounded, number))
    if problem is not None:
        return _not_placed(before, Pending(candidate, number, False), problem)
    return _placed(session, candidate, number)


def replace(session: Session, number: int, typed: TypedLayer) -> Transition:
    """Put a layer in the place of another. What becomes wrong is refused; what was wrong may stay wrong."""
    written = typed.yaml
    if " ".join(written.split()) == entry_list(session.source).line(number):
        session = session._replace(editing=0, pending=None)
        return session, replied(ReplyLine(say("  layer {number} is as it was", number=number), DIM))
    candidate = text_edits.replace(session.source, number, written)
    problem = first_problem(candidate, number)
    if problem is not None and (rounded := _as_framework_rounds(candidate, number, typed, problem)):
        return _with_rounding(typed, *_placed(session, rounded, number))
    if problem is not None and first_problem(session.source, number) is None:
        return _not_placed(session, Pending(candidate, number, True), problem)
    return _placed(session, candidate, number)


def rounded_down(session: Session, typed: Sequence[TypedLayer]) -> Session | None:
    """The session as layers of a framework are judged in it; None where nothing of them says so."""
    if not any(layer.framework for layer in typed) or text_edits.states_rounding(session.source):
        return None
    try:
        return session._replace(source=text_edits.set_rounding(session.source, FLOOR))
    except Unwritable:
        return None


def _as_framework_rounds(
    candidate: Source, number: int, typed: TypedLayer, problem: Diagnostic
) -> Source | None:
    """The text with sizes rounded down, where that is all that a framework's own layer is wrong for."""
    if not typed.framework or problem.rule not in NOT_WHOLE or text_edits.states_rounding(candidate):
        return None
    rounded = text_edits.set_rounding(candidate, FLOOR)
    return rounded if first_problem(rounded, number) is None else None


def _with_rounding(typed: TypedLayer, session: Session, reply: Reply) -> Transition:
    return session, reply._replace(facts=(RoundedDown(typed.framework), *reply.facts))


def first_problem(source: Source, number: int) -> Diagnostic | None:
    """The first error of an entry itself: of its text, or of a layer that it unfolds into."""
    report = report_of(source)
    try:
        entries = entry_list(source)
        entries.need(number)
    except Unwritable:
        return report.errors[0] if report.errors else None
    span = entries.spans[number - 1]
    names = {step.node.name for step in steps_of(report, number) if step.node.error is not None}
    for found in report.diagnostics:
        if found.severity != ERROR:
            continue
        if span.start <= found.span.start < span.end or found.layer in names:
            return found
    return None


def _placed(session: Session, candidate: Source, number: int) -> Transition:
    """The text with the layer: what it gives, and how those after it fare where there are any."""
    before = session.report
    session = session.changed(candidate)
    report, is_last = session.report, number >= count_of(session.report)
    later: list[Fact] = []
    if report.errors and not (before.errors and is_last):
        later.append(NetworkGiven(session))
    elif not is_last and report.trace is not None:
        later.append(LaterLayers(report))
    return session, replied(LayerGiven(session, number), *later, NewWarnings(session, before.source))


def _not_placed(session: Session, pending: Pending, found: Diagnostic) -> Transition:
    """The answer to a layer that is wrong: why, and what would mend it."""
    report = report_of(pending.source)
    advised, fixes = fixes_of(report)
    same = (one for one in advised.diagnostics if one.span == found.span and one.rule == found.rule)
    facts = (
        ProblemFound(session, advised, next(same, found), heads=True),
        FixesOffered(report, tuple(fixes), _MOST_FIXES),
        ReplyLine(_not_placed_text(pending, bool(fixes), session.knows_fix), DIM),
    )
    pending = pending._replace(has_fix=bool(fixes))
    session = session._replace(
        pending=pending, knows_fix=session.knows_fix or bool(fixes), editing=0, misread=""
    )
    return session, Reply(facts, wrong=True)


def _not_placed_text(pending: Pending, has_fix: bool, knows_fix: bool) -> str:
    if not has_fix:
        return say("  not changed" if pending.replaces else "  not added")
    if knows_fix and pending.replaces:
        return say("  not changed; fix 1 changes it mended")
    if knows_fix:
        return say("  not added; fix 1 adds it mended")
    if pending.replaces:
        return say(
            "  not changed. Type fix 1 and Enter: that changes it with the first fix, and undo takes it back"
        )
    return say("  not added. Type fix 1 and Enter: that adds it with the first fix, and undo takes it back")
