"""Carries out what a step asks for, and runs lines without a live preview: a script, or plain lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TextIO

from cnn_shapes.edit.files import FileChanged
from cnn_shapes.formats import DisplayOptions
from cnn_shapes.formats.parts.terminal_text import folded, paint
from cnn_shapes.prompt.session import storing
from cnn_shapes.prompt.session.state import (
    DIM,
    FIX,
    GOOD,
    WARN,
    WRONG,
    Line,
    Load,
    Quit,
    Reply,
    Save,
    Session,
    refused,
)
from cnn_shapes.prompt.session.step import step

SUCCESS, FOUND, USAGE = 0, 1, 2
Ask = Callable[[str], bool]
Keep = Callable[[Session], object]
_CODES = re.compile(r"\x1b\[[\d;]*m")
_STYLES = {WRONG: "error", WARN: "warning", FIX: "fix", GOOD: "fix", DIM: "dim"}


class Leave(Exception):
    """The session is over."""


def run_line(session: Session, line: str, ask: Ask) -> tuple[Session, list[Reply]]:
    """A line with all that it asks for: files are read and written here. Raises Leave, with the session."""
    replies: list[Reply] = []
    while True:
        session, reply = step(session, line)
        if reply.lines or reply.prefill or reply.wrong:
            replies.append(reply)
        if isinstance(reply.action, Quit):
            raise Leave
        if isinstance(reply.action, Load | Save):
            session, done = perform(session, reply.action, ask)
            replies.append(done)
            if done.wrong:
                break
        if not reply.rest:
            break
        line = reply.rest
    return session, replies


def perform(session: Session, action: Load | Save, ask: Ask) -> tuple[Session, Reply]:
    """Read or write a file; `ask` is asked before one is lost."""
    if isinstance(action, Load):
        return storing.read(session, action)
    try:
        return storing.write(session, action)
    except (FileChanged, FileExistsError) as error:
        path = storing.target_of(session, action)
        there = "was changed by something else since it was read" if isinstance(error, FileChanged) else ""
        there = f"{path} {there or 'is there already'}"
        if ask(f"{there}. Overwrite it?"):
            return storing.write(session, action, replaces=True)
        return session, refused(f"{there}: not saved, choose another name")


def written(line: Line, options: DisplayOptions) -> str:
    """A line with its style as escape codes, folded where the terminal is too narrow, with a line break."""
    # a line that is painted already is part of a table, which has been fitted
    parts = [line.text] if _CODES.search(line.text) else folded(line.text, options.width)
    style = _STYLES.get(line.style, "")
    return "".join(f"{paint(part, style, options.color and bool(style))}\n" for part in parts)


def run_script(
    session: Session, lines: Iterable[str], out: TextIO, err: TextIO, keep_going: bool, name: str = "<stdin>"
) -> int:
    """Run lines that no person types: results to `out`, errors with their line to `err`; the exit code."""
    code = SUCCESS
    session = session._replace(knows_fix=True)  # nobody is there to be told what to type
    for number, line in enumerate(lines, 1):
        try:
            session, replies = run_line(session, line.rstrip("\r\n"), lambda question: False)
        except Leave:
            break
        for reply in replies:
            if not reply.wrong:
                out.write(reply.text)
                continue
            first, *more = _error_last(reply.lines)
            out.flush()
            err.write(f"{name}:{number}: error: {first.text}\n")
            err.write("".join(f"{other.text}\n" for other in more))
            err.flush()
            code = FOUND
        if code and not keep_going:
            break
    out.flush()
    return code


def _error_last(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines from the first wrong one on; what stands before it went well and is left out here."""
    place = next((place for place, line in enumerate(lines) if line.style == WRONG), 0)
    return lines[place:]


def confirmed(question: str, read: Callable[[str], str]) -> bool:
    """Whether a person says yes; anything else is no."""
    try:
        return read(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False


def run_plain(session: Session, read: Callable[[str], str], out: TextIO, keep: Keep) -> None:
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
            out.write("\n")
            session = session._replace(editing=0)
            prefill = ""
            continue
        prefill = ""
        for reply in replies:
            for text in reply.lines:
                out.write(written(text, session.options))
            prefill = reply.prefill or prefill
        out.flush()
