"""The session as a pure function: `step(session, line) -> (session, reply)`.

The session is the spec's text. A typed layer adds one line to it, a fix makes the edit that `fix --apply`
would make, undo is the text before.
"""

from __future__ import annotations

from cnn_shapes.edit.entry_list import Unwritable
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.prompt.language.assigned import with_values
from cnn_shapes.prompt.language.block_style import flowed
from cnn_shapes.prompt.language.chain import links
from cnn_shapes.prompt.language.grammar import LONGEST, Misread, TypedStatement, statements
from cnn_shapes.prompt.language.pasted import framework_of, is_frame, refuse_class
from cnn_shapes.prompt.language.reading import read_layer, split_command
from cnn_shapes.prompt.session import chains, lessons, placing_layers, text_edits, whole_specs
from cnn_shapes.prompt.session.commands import COMMANDS, context_of
from cnn_shapes.prompt.session.growing import has_errors
from cnn_shapes.prompt.session.replies import (
    DIM,
    Load,
    Reply,
    ReplyLine,
    RoundedDown,
    Transition,
    joined,
    refused,
)
from cnn_shapes.prompt.session.state import Session, Unfinished, count_of
from cnn_shapes.shapes import FLOOR
from cnn_shapes.words import say

# the commands after which a line that failed may go on, and whether the part that was wrong is done by them;
# None for a layer, which is typed in its place
_MENDS = {"fix": True, None: True, "edit": False, "rounding": False, "input": False}


def step(session: Session, line: str) -> Transition:
    """Carry out a line. It never raises for what the line says, and changes nothing but what it returns."""
    if len(line) > LONGEST:
        return session, refused(
            say("a line has {longest:,} characters at most, found {line:,}", longest=LONGEST, line=len(line))
        )
    try:
        refuse_class(line)
    except Misread as error:
        return session._replace(misread=error.args[0]), refused(error.args[0])
    spec = whole_specs.spec_of(line)
    if spec is not None:
        return with_offer(*whole_specs.take_over(session, spec))
    before = session
    line = flowed(line)
    replies: list[Reply] = []
    kept: list[str] = []
    found = with_values(statements(line))
    program = _program(found)
    for place, statement in enumerate(found, 1):
        text = session.text
        session, reply = _carry_out_rounded(session, statement, program)
        if session.lesson is not None:
            session, reply = _judged(session, statement, reply)
        left = found[place:]
        if left and reply.action is not None:
            reply = reply._replace(rest=line[left[0].start :])
        elif reply.wrong:
            session, reply = _broken_off(session, reply, statement, left, kept)
        replies.append(reply)
        if reply.action is not None or reply.wrong:
            break
        kept += [statement.text] if session.text != text else []
    if program:
        session = session.as_one_change(before)
    return _gone_on(before, found, session, joined(replies))


def _program(found: list[TypedStatement]) -> str:
    """The framework of the layers where several of them are pasted at once; else empty."""
    if len(found) < 2:
        return ""
    makers = [maker for statement in found if (maker := framework_of(statement.text))]
    alone = [maker for maker in makers if " and " not in maker]
    return [*alone, *makers][0] if len(makers) > 1 else ""


def _rounded_down(session: Session, statement: TypedStatement) -> Session | None:
    """The session with sizes rounded down before a layer of a framework; None where that is settled."""
    if not framework_of(statement.text) or not session.text.strip():
        return None
    try:
        if text_edits.states_rounding(session.source):
            return None
        return session.changed(text_edits.set_rounding(session.source, FLOOR))._replace(
            editing=session.editing
        )
    except Unwritable:
        return None


def _carry_out_rounded(session: Session, statement: TypedStatement, program: str) -> Transition:
    """Carry out a statement of a program, before the first layer of which sizes are rounded down."""
    rounded = _rounded_down(session, statement) if program else None
    if rounded is None:
        return _carry_out(session, statement)
    after, reply = _carry_out(rounded, statement)
    if reply.wrong and after.pending is None:
        # nothing has come in that is to be judged so
        return session._replace(editing=0, misread=after.misread), reply
    return after, reply._replace(facts=(RoundedDown(program), *reply.facts))


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
    """Carry out a statement, a chain link by link."""
    found = links(statement, context_of(session))
    if len(found) == 1:
        return _carry_out_one(session, found[0])
    return chains.carry_out(session, found, _carry_out_one)


def _carry_out_one(session: Session, statement: TypedStatement) -> Transition:
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
        return session._replace(editing=0, misread=error.args[0]), refused(error.args[0])


def _broken_off(
    session: Session, reply: Reply, statement: TypedStatement, left: list[TypedStatement], kept: list[str]
) -> Transition:
    """The answer to a line of several parts one of which failed: what is kept, and what is still to be done.

    That comes back on the next line, or after the fix where the wrong part has one.
    """
    kept = [*kept, *([" -> ".join(reply.kept)] if reply.kept else [])]
    later = [other.text for other in left]
    failed = [" -> ".join(reply.left) or statement.text, *later]
    after = [" -> ".join(reply.left[1:]), *later] if reply.left[1:] else later
    if not kept and not after:
        return session, reply
    if kept:
        reply = reply.with_fact(ReplyLine(say("  kept: {text}", text="; ".join(kept)), DIM))
    if after:
        reply = reply.with_fact(ReplyLine(say("  not done: {text}", text="; ".join(after)), DIM))
    if session.pending is not None and session.pending.has_fix:
        unfinished = Unfinished("; ".join(failed), "; ".join(after))
        return session._replace(unfinished=unfinished), reply
    return session, reply._replace(prefill=_editable("; ".join(failed)))


def _editable(text: str) -> str:
    """A text as the beginning of a line: none where a terminal would obey something in it."""
    return text if clean(text) == text else ""


def _gone_on(before: Session, found: list[TypedStatement], session: Session, reply: Reply) -> Transition:
    """What is left of an earlier line, back on the next one once the reason why it failed is mended."""
    waiting = before.unfinished
    if isinstance(reply.action, Load):
        return session._replace(unfinished=None), reply
    if waiting is None or session.text == before.text:
        return session, reply
    if session.unfinished is waiting:
        session = session._replace(unfinished=None)
    if reply.wrong or reply.prefill or len(found) != 1:
        return session, reply
    try:
        command, _ = split_command(found[0].text, context_of(before))
    except Misread:
        return session, reply
    command = "edit" if before.editing else command
    if command not in _MENDS:
        return session, reply
    return session, reply._replace(prefill=_editable(waiting.after if _MENDS[command] else waiting.failed))


def with_offer(session: Session, reply: Reply) -> Transition:
    """A reply that leaves the text broken, with the offer of `fix` the first time."""
    if session.knows_fix or session.pending or not has_errors(session.source):
        return session, reply
    if not session.report.input or not count_of(session.report):
        return session, reply
    offer = ReplyLine(say("  type fix to see what would mend it"), DIM)
    return session._replace(knows_fix=True), reply.with_fact(offer)
