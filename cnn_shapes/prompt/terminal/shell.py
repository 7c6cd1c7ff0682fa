"""The command: a conversation in a terminal or in plain lines, or a script, as input and output allow."""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper

from cnn_shapes.prompt.session.replies import DIM, Load, ReplyLine
from cnn_shapes.prompt.session.state import Session
from cnn_shapes.prompt.terminal import files
from cnn_shapes.prompt.terminal.lines import SUCCESS, USAGE, Keep, run_plain, run_script
from cnn_shapes.prompt.view.help import GREETING
from cnn_shapes.prompt.view.wording import worded, written


def greeting(first: bool) -> list[ReplyLine]:
    """What an empty session begins with: three lines and an example the first time, else one line."""
    if first:
        return [ReplyLine(text) for text in GREETING]
    return [ReplyLine("input 28x28x1 says what goes in; help explains the rest", DIM)]


def run(spec: str | None, plain: bool, keep_going: bool, color: str) -> int:
    """The command: a terminal, plain lines or a script, as standard input and output allow."""
    from cnn_shapes.formats.parts import streams

    stdin = sys.stdin
    terminal = stdin is not None and stdin.isatty() and sys.stdout.isatty()
    linear = plain or os.environ.get("ACCESSIBLE", "") not in ("", "0")
    with streams.opened(None, color) as (out, options):
        session = Session(options=options, linear=linear)
        lines: tuple[ReplyLine, ...] | None = None
        if spec is not None:
            session, reply = files.read(session, Load(spec))
            session = session._replace(done=())
            lines = worded(reply).lines
            if reply.wrong:
                sys.stderr.write(f"cnn-shapes: {lines[0].text}\n")
                return USAGE
        if terminal:
            return _converse(session, linear, lines)
        for stream in (stdin, sys.stderr):  # what is not text is wrong at its line, and not our fault
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return run_script(session, stdin or (), out, sys.stderr, keep_going)
    return SUCCESS  # the reader of the output has left


def _converse(session: Session, linear: bool, lines: tuple[ReplyLine, ...] | None) -> int:
    """Talk with a person: with the live preview where the terminal can, else in plain lines."""
    out = sys.stdout
    first, history = _history()
    for line in greeting(first) if lines is None else lines:
        out.write(written(line, session.options))
    out.flush()
    kept = deque([session], maxlen=1)
    with _ending_well():
        try:
            _talk(session, history, linear, kept.append)
        finally:
            out.write(worded(files.recover(kept[-1])).text)
    return SUCCESS


def _talk(session: Session, history: str | None, linear: bool, keep: Keep) -> None:
    if not linear and os.environ.get("TERM") != "dumb":
        from cnn_shapes.prompt.terminal import screen as terminal

        try:
            return terminal.run(session, history, keep)
        except terminal.NoTerminal as error:
            sys.stdout.write(f"{error}\n")
    run_plain(session, input, sys.stdout, keep)
    sys.stdout.write("\n")


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
        if os.path.exists(path):
            return False, path
        with open(path, "ab"):
            pass
        return True, path
    except OSError:
        return True, None
