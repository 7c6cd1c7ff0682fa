"""The session as a pure function: `step(session, line) -> (session, reply)`.

The session is the spec's text. A typed layer adds one line to it, a fix makes the edit that `fix --apply`
would make, undo is the text before.
"""

from __future__ import annotations

import re

from cnn_shapes.prompt.language.grammar import LONGEST, Misread, Statement, statements, words
from cnn_shapes.prompt.language.pasted import input_of, is_frame, read_pasted
from cnn_shapes.prompt.language.reading import read_layer
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.vocabulary import OTHER_COMMANDS, command_of, kind_of
from cnn_shapes.prompt.session import adding
from cnn_shapes.prompt.session.commands import COMMANDS
from cnn_shapes.prompt.session.places import Unwritable
from cnn_shapes.prompt.session.state import DIM, Line, Reply, Session, joined, refused
from cnn_shapes.prompt.view.wording import offered

__all__ = ["Reply", "Session", "step"]

_TOP_LEVEL = re.compile(r"(input|rounding):\s+(.*)")


def step(session: Session, line: str) -> tuple[Session, Reply]:
    """Carry out a line. It never raises for what the line says, and changes nothing but what it returns."""
    if len(line) > LONGEST:
        return session, refused(f"a line has {LONGEST:,} characters at most, found {len(line):,}")
    replies: list[Reply] = []
    found = statements(line)
    for place, statement in enumerate(found):
        session, reply = _carry_out(session, statement)
        replies.append(reply)
        if reply.action is not None and place + 1 < len(found):
            replies[-1] = reply._replace(rest=line[found[place + 1].start :])
            break
        if reply.wrong:
            if place + 1 < len(found):
                left = "; ".join(other.text for other in found[place + 1 :])
                replies[-1] = reply._replace(lines=(*reply.lines, Line(f"  not done: {left}", DIM)))
            break
    return session, joined(replies)


def _carry_out(session: Session, statement: Statement) -> tuple[Session, Reply]:
    try:
        command, rest = split_command(statement.text, session)
        if command is not None:
            if session.editing and command != "edit":
                session = session._replace(editing=0)
            return offered(*COMMANDS[command](session, rest))
        if is_frame(statement.text):
            return session, Reply()
        typed = typed_layer(statement.text, session)
        if session.editing:
            return offered(*adding.replace(session, session.editing, typed))
        return offered(*adding.add(session, typed))
    except (Misread, Unwritable) as error:
        return session._replace(editing=0), refused(str(error))


def typed_layer(text: str, session: Session) -> Typed:
    """The layer that a statement means. Raises Misread."""
    context = adding.context_of(session.report)
    return read_pasted(text, context) or read_layer(text, context)


def split_command(text: str, session: Session) -> tuple[str | None, str]:
    """The command of a statement and what stands behind it; None for a layer. Raises Misread."""
    top = _TOP_LEVEL.fullmatch(text)
    if top is not None:
        return top[1], top[2]
    shape = input_of(text)
    if shape is not None:
        return "input", shape
    found = words(text)
    if not found:
        return None, ""
    first = found[0].text
    rest = text[found[0].end :].strip()
    blocks = session.report.spec.blocks if session.report.spec else ()
    if first in blocks or (kind_of(first) is not None and first.lower() not in OTHER_COMMANDS):
        return None, rest
    if not re.fullmatch(r"[^\W\d]+|\?", first):
        return None, rest
    return command_of(first), rest
