"""Files of a session: reading, writing, where history and unsaved work are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from cnn_shapes.edit.files import FileChanged, FileThere, write_atomically, write_new
from cnn_shapes.formats.parts.terminal_text import plural
from cnn_shapes.prompt.session.replies import (
    GOOD,
    Load,
    NetworkGiven,
    NewWarnings,
    Reply,
    ReplyLine,
    Save,
    Transition,
    refused,
    replied,
)
from cnn_shapes.prompt.session.state import UNTITLED, Session
from cnn_shapes.prompt.session.step import with_offer
from cnn_shapes.source import Source, Unreadable, read_file, reason_of

Ask = Callable[[str], bool]


def state_folder() -> str:
    """Where history and unsaved work are kept: the user's own place for state, made when it is missing.

    Source: XDG Base Directory Specification 0.8; on Windows LOCALAPPDATA.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    else:
        base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    folder = os.path.join(base, "cnn-shapes")
    os.makedirs(folder, exist_ok=True)
    return folder


def read(session: Session, action: Load) -> Transition:
    """Load a file into the session; a broken spec is kept, and its problems are reported."""
    try:
        source = Source.decode(action.path, read_file(action.path))
    except (OSError, ValueError) as error:
        return session, refused(f"cannot open {action.path}: {reason_of(error)}")
    except Unreadable as error:
        return session, refused(f"cannot read {action.path}: {error}")
    session = session.changed(source)._replace(source=source, saved=source.text)
    if not source.text.strip():
        return session, replied(ReplyLine(f"  {action.path} is empty"))
    path = ReplyLine(f"  {action.path}")
    return with_offer(session, replied(path, NetworkGiven(session), NewWarnings(session, None)))


def write(session: Session, path: str, replaces: bool = False) -> Transition:
    """Save the text. A file that would be lost raises FileThere or FileChanged unless `replaces`."""
    own = session.saved is not None and os.path.abspath(path) == os.path.abspath(session.source.path)
    source = Source(path, session.text, session.source.bom)
    data = source.encode()
    if os.path.isdir(path):
        return session, refused(f"cannot write {path}: is a directory")
    try:
        if replaces:
            write_atomically(path, data)
        elif own and session.saved is not None and os.path.exists(path):
            expected = Source(path, session.saved, session.source.bom).encode()
            write_atomically(path, data, expected)
        else:
            write_new(path, data)
    except (FileChanged, FileThere):
        raise
    except OSError as error:
        return session, refused(f"cannot write {path}: {reason_of(error)}")
    session = session._replace(source=source, saved=session.text)
    problems = len(session.report.errors)
    state = f", with {plural(problems, 'problem')} still in it" if problems else ""
    return session, replied(ReplyLine(f"  saved {path}{state}", GOOD))


def perform(session: Session, action: Load | Save, ask: Ask) -> Transition:
    """Read or write a file; `ask` is asked before one is lost."""
    if isinstance(action, Load):
        return read(session, action)
    path = action.path or session.source.path
    try:
        return write(session, path)
    except FileChanged:
        there = f"{path} was changed by something else since it was read"
    except FileThere:
        there = f"{path} is there already"
    if ask(f"{there}. Overwrite it?"):
        return write(session, path, replaces=True)
    return session, refused(f"{there}: not saved, choose another name")


def recover(session: Session) -> Reply:
    """Put unsaved work into a file of its own that nothing overwrites, and say where."""
    if not session.is_unsaved:
        return Reply()
    data = Source(UNTITLED, session.text, session.source.bom).encode()
    name = os.path.basename(session.source.path)
    stem = "unsaved" if name == UNTITLED else f"unsaved-{name.removesuffix('.yaml')}"
    for number in range(1, 1000):
        try:
            path = os.path.join(state_folder(), f"{stem}-{number}.yaml")
            write_new(path, data)
        except FileThere:
            with open(path, "rb") as file:
                if file.read() != data:
                    continue
        except OSError as error:
            reason = reason_of(error)
            return refused(f"what was not saved could not be kept either: {reason}")
        quoted = f'"{path}"' if " " in path else path
        return replied(
            ReplyLine(f"not saved, but kept in {path}"),
            ReplyLine(f"go on with: cnn-shapes interactive {quoted}"),
        )
    return Reply()
