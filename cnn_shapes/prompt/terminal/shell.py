"""The command: a conversation in a terminal or in plain lines, or a script, as input and output allow."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

from cnn_shapes.formats.parts.streams import Output, ask
from cnn_shapes.prompt.session.replies import DIM, Load, ReplyLine
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.terminal import files
from cnn_shapes.prompt.terminal.lines import FOUND, SUCCESS, USAGE, Keep, run_plain, run_script
from cnn_shapes.prompt.view.help import GREETING
from cnn_shapes.prompt.view.wording import show, worded
from cnn_shapes.words import say, speaking


def greeting(first: bool) -> list[ReplyLine]:
    """What an empty session begins with: what it is, with an example, the first time; else one line."""
    if first:
        return [ReplyLine(say(text)) for text in GREETING]
    return [ReplyLine(say("input 28x28x1 says what goes in; help explains the rest"), DIM)]


def run(spec: str | None, plain: bool, keep_going: bool, color: str) -> int:
    """The command: a terminal, plain lines or a script, as standard input and output allow."""
    from cnn_shapes.formats.parts import streams

    stdin = sys.stdin
    linear = plain or os.environ.get("ACCESSIBLE", "") not in ("", "0")
    with streams.opened(None, color) as out:
        session = Session(options=out.options, linear=linear)
        lines: tuple[ReplyLine, ...] | None = None
        if spec is not None:
            session, reply = files.read(session, Load(spec))
            session = session._replace(done=())
            lines = worded(reply, out.options.language).lines
            if reply.wrong:
                streams.say(lines[0].text)
                return USAGE
        if streams.is_conversation():
            return _converse(session, linear, lines, out)
        if isinstance(stdin, TextIOWrapper):  # what is not text is wrong at its line, and not our fault
            stdin.reconfigure(errors="backslashreplace")
        return run_script(session, stdin or (), out, streams.messages(), keep_going)
    return SUCCESS  # the reader of the output has left


def _converse(session: Session, linear: bool, lines: tuple[ReplyLine, ...] | None, out: Output) -> int:
    """Talk with a person: with the live preview where the terminal can, else in plain lines."""
    first, history = _history()
    with speaking(out.options.language):
        show(greeting(first) if lines is None else lines, out)
    out.flush()
    session = session._replace(learned=files.learned())
    kept = deque([session], maxlen=1)

    def keep(after: Session) -> None:
        if after.learned != kept[-1].learned:
            files.keep_learned(after.learned)
        kept.append(after)

    with _ending_well():
        try:
            _talk(session, history, linear, keep, out)
        finally:
            reply = files.recover(kept[-1])
            for line in worded(reply, out.options.language).lines:
                out.line(line.text)  # not folded: it is to be copied
    return FOUND if reply.wrong else SUCCESS


def _talk(session: Session, history: str | None, linear: bool, keep: Keep, out: Output) -> None:
    if not linear and os.environ.get("TERM") != "dumb":
        from cnn_shapes.prompt.terminal import screen as terminal

        try:
            return terminal.run(session, history, keep, out)
        except terminal.NoTerminal as error:
            out.line(str(error))
    run_plain(session, ask, out, keep)
    out.line()


@contextmanager
def _ending_well() -> Iterator[None]:
    """A closed window or a polite kill ends the session as leaving does: nothing typed is lost."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}

    def end(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for name in names:
        number = getattr(signal, name)
        before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _history() -> tuple[bool, str | None]:
    """Whether this is the first run, and the history file; None where none can be kept."""
    try:
        path = os.path.join(files.state_folder(), "history")
        first = not os.path.exists(path)
        with open(path, "ab+"):  # it can be read and written, or else there is none
            pass
        return first, path if os.path.isfile(path) else None
    except OSError:
        return True, None
