"""Carries out a chain, `28x28x1 -> conv 5x5x32 -> pool 2`: the input, then layer after layer."""

from __future__ import annotations

from collections.abc import Callable

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.network import UNREACHED
from cnn_shapes.prompt.language.chain import is_input
from cnn_shapes.prompt.language.grammar import TypedStatement
from cnn_shapes.prompt.session.replies import (
    ChainGiven,
    Fact,
    NetworkGiven,
    NewWarnings,
    Reply,
    RoundedDown,
    Transition,
    refused,
    replied,
)
from cnn_shapes.prompt.session.state import Session, count_of, steps_of
from cnn_shapes.words import say, say_count


def carry_out(
    session: Session, links: list[TypedStatement], one: Callable[[Session, TypedStatement], Transition]
) -> Transition:
    """Carry out the links of a chain, `one` by one up to the first that is wrong: one change for undo."""
    if session.editing:
        number = session.editing
        text = "one layer can take the place of layer {number}, found a chain of {links}"
        said = say(text, number=number, links=len(links))
        return session._replace(editing=0, misread=said), refused(said)
    begins = is_input(links[0])
    count = count_of(session.report)
    if begins and count:
        said = _not_empty(links, count)
        return session._replace(misread=said), refused(said)
    before = session
    replies: list[Reply] = []
    for link in links:
        session, reply = one(session, link)
        replies.append(reply)
        if reply.wrong:
            break
    session = session.as_one_change(before)
    facts = [fact for reply in replies for fact in reply.facts] if session.linear else []
    if replies[-1].wrong:
        return session, _failed(session, links, replies, before, facts)
    rounded = [fact for reply in replies for fact in reply.facts if isinstance(fact, RoundedDown)]
    known = before.source if before.text.strip() else None
    told: list[Fact] = facts or [*rounded, _chain(session, links, len(links), before)]
    return session, replied(*told, NetworkGiven(session), NewWarnings(session, known))


def _not_empty(links: list[TypedStatement], count: int) -> str:
    """What to say of a chain that begins a network where there is one."""
    return say(
        "{text} begins a network, and there is one already, of {layers}: leave it out to go on after the "
        "last layer, or begin anew with clear, which undo takes back",
        text=clean(links[0].text),
        layers=say_count(count, "layer"),
    )


def _failed(
    session: Session, links: list[TypedStatement], replies: list[Reply], before: Session, facts: list[Fact]
) -> Reply:
    """The reply to a chain a link of which is wrong: the chain up to there, and the reason."""
    done = len(replies) - 1
    texts = tuple([link.text for link in links])
    shown = facts
    if not session.linear:
        chain = [_chain(session, links, done, before)] if done else []
        shown = [*chain, *replies[-1].facts]
    return Reply(tuple(shown), wrong=True, kept=texts[:done], left=texts[done:])


def _chain(session: Session, links: list[TypedStatement], done: int, before: Session) -> ChainGiven:
    """The links that were carried out, with their numbers, and the first that was not."""
    begins = is_input(links[0])
    report = session.report
    first = count_of(before.report) + 1
    into = report.input
    if first > 1 and (steps := steps_of(before.report, first - 1)):
        into = steps[-1].node.output if steps[-1].node.state != UNREACHED else None
    layers = links[begins : done + 1]
    shown = done - begins
    numbered = [(link.text, first + place if place < shown else 0) for place, link in enumerate(layers)]
    source = format_shape(into, report.layout) if into is not None else "?"
    return ChainGiven(session, source, tuple(numbered))
