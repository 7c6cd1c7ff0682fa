"""Runs lines with all that they ask for and prints the replies: a script, a conversation in plain lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import Styled
from cnn_shapes.prompt.session.replies import WRONG, Quit, ReplyLine
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.session.step import step
from cnn_shapes.prompt.terminal.files import Ask, perform
from cnn_shapes.prompt.view.wording import WordedReply, show, worded

SUCCESS, FOUND, USAGE = 0, 1, 2
Keep = Callable[[Session], object]


class Leave(Exception):
    """The session is over."""


def run_line(session: Session, line: str, ask: Ask) -> tuple[Session, list[WordedReply]]:
    """A line with all that it asks for: files are read and written here. Raises Leave, with the session."""
    replies: list[WordedReply] = []
    while True:
        session, reply = step(session, line)
        if reply.facts or reply.prefill or reply.wrong:
            replies.append(worded(reply, session.options.language))
        if isinstance(reply.action, Quit):
            raise Leave
        if reply.action is not None:
            session, done = perform(session, reply.action, ask)
            replies.append(worded(done, session.options.language))
            if done.wrong:
                break
        if not reply.rest:
            break
        line = reply.rest
    return session, replies


def run_script(
    session: Session, lines: Iterable[str], out: Output, err: Output, keep_going: bool, name: str = "<stdin>"
) -> int:
    """Run lines that no person types: results to `out`, errors with their line to `err`; the exit code."""
    code = SUCCESS
    session = session._replace(knows_fix=True)  # nobody is there to read what to type
    for number, line in enumerate(lines, 1):
        try:
            session, replies = run_line(session, line.rstrip("\r\n"), lambda question: False)
        except Leave:
            break
        for reply in replies:
            if not reply.wrong:
                show(reply.lines, out)
                continue
            first, *more = _from_first_wrong(reply.lines)
            out.flush()
            err.line(f"{name}:{number}: ", Styled("error", "error"), f": {first.text}")
            show(more, err)
            err.flush()
            code = FOUND
        if code and not keep_going:
            break
    out.flush()
    return code


def _from_first_wrong(lines: tuple[ReplyLine, ...]) -> tuple[ReplyLine, ...]:
    """The lines from the first wrong one on; what is before it went well and is left out here."""
    place = next((place for place, line in enumerate(lines) if line.style == WRONG), 0)
    return lines[place:]


def run_plain(session: Session, read: Callable[[str], str], out: Output, keep: Keep) -> None:
    """Questions and answers without a live preview, for any terminal and for screen readers."""
    prefill = ""
    while True:
        try:
            line = read(f"[{prefill}] > " if prefill else "> ")
            session, replies = run_line(session, line, lambda question: confirmed(question, read))
            keep(session)
        except (EOFError, Leave):
            return
        except KeyboardInterrupt:
            out.line()
            session = session._replace(editing=0)
            prefill = ""
            continue
        prefill = print_replies(session, replies, out)


def print_replies(session: Session, replies: Iterable[WordedReply], out: Output) -> str:
    """Print what a line is answered; returns what the next line begins with."""
    prefill = ""
    for reply in replies:
        show(reply.lines, Output(out.stream, session.options))
        prefill = reply.prefill or prefill
    out.flush()
    return prefill


def confirmed(question: str, read: Callable[[str], str]) -> bool:
    """Whether a person says yes; anything else is no."""
    try:
        return read(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False
