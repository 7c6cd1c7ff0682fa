"""The session as a pure function: `step(session, line) -> (session, reply)`.

The session is the spec's text. A typed layer adds one line to it, a fix makes the edit that `fix --apply`
would make, undo is the text before.
"""

from __future__ import annotations

from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.prompt.language.grammar import LONGEST, Misread, TypedStatement, statements
from cnn_shapes.prompt.language.pasted import is_frame
from cnn_shapes.prompt.language.reading import read_layer, split_command
from cnn_shapes.prompt.session import lessons, placing_layers
from cnn_shapes.prompt.session.commands import COMMANDS, context_of
from cnn_shapes.prompt.session.growing import has_errors
from cnn_shapes.prompt.session.replies import DIM, Reply, ReplyLine, Transition, joined, refused
from cnn_shapes.prompt.session.state import Session, count_of


def step(session: Session, line: str) -> Transition:
    """Carry out a line. It never raises for what the line says, and changes nothing but what it returns."""
    if len(line) > LONGEST:
        return session, refused(f"a line has {LONGEST:,} characters at most, found {len(line):,}")
    replies: list[Reply] = []
    found = statements(line)
    for place, statement in enumerate(found, 1):
        session, reply = _carry_out(session, statement)
        if session.lesson is not None:
            session, reply = _judged(session, statement, reply)
        left = found[place:]
        if left and reply.action is not None:
            reply = reply._replace(rest=line[left[0].start :])
        elif left and reply.wrong:
            not_done = "; ".join(other.text for other in left)
            reply = reply.with_fact(ReplyLine(f"  not done: {not_done}", DIM))
        replies.append(reply)
        if reply.action is not None or reply.wrong:
            break
    return session, joined(replies)


def _judged(session: Session, statement: TypedStatement, reply: Reply) -> Transition:
    """The reply with what the exercise under way says to the line; to the command that began it, nothing."""
    try:
        command, _ = split_command(statement.text, context_of(session))
    except Misread:
        command = None
    if command == "learn":
        return session, reply
    return lessons.judged(session, statement.text, command or "", reply)


def _carry_out(session: Session, statement: TypedStatement) -> Transition:
    text = statement.text
    try:
        context = context_of(session)
        command, rest = split_command(text, context)
        if command is not None:
            idle = session._replace(editing=0)
            return with_offer(*COMMANDS[command].carry_out(idle, rest))
        if is_frame(text):
            return session, Reply()
        layer = read_layer(text, context)
        if session.editing:
            return with_offer(*placing_layers.replace(session, session.editing, layer))
        return with_offer(*placing_layers.add(session, layer))
    except (Misread, Unwritable) as error:
        return session._replace(editing=0, misread=str(error), pending=None), refused(str(error))


def with_offer(session: Session, reply: Reply) -> Transition:
    """A reply that leaves the text broken, with the offer of `fix` the first time."""
    if session.knows_fix or session.pending or not has_errors(session.source):
        return session, reply
    if not session.report.input or not count_of(session.report):
        return session, reply
    offer = ReplyLine("  type fix to see what would mend it", DIM)
    return session._replace(knows_fix=True), reply.with_fact(offer)
