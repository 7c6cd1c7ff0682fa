"""Files of a session: reading, writing, where history and unsaved work are kept."""

from __future__ import annotations

import os
import sys

from cnn_shapes.edit.files import FileChanged, FileThere, write_atomically, write_new
from cnn_shapes.prompt.session.state import UNTITLED, Line, Load, Reply, Save, Session, refused
from cnn_shapes.prompt.view.wording import new_warnings, offered, standing
from cnn_shapes.source import Source, Unreadable

_RECOVERED = "unsaved.yaml"


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


def read(session: Session, action: Load) -> tuple[Session, Reply]:
    """Load a file into the session; a broken spec is kept, with its problems told."""
    try:
        with open(action.path, "rb") as file:
            source = Source.decode(action.path, file.read())
    except OSError as error:
        return session, refused(f"cannot open {action.path}: {(error.strerror or str(error)).lower()}")
    except Unreadable as error:
        return session, refused(f"cannot read {action.path}: {error}")
    session = session.changed(source)._replace(source=source, saved=source.text)
    if not source.text.strip():
        return session, Reply((Line(f"  {action.path} is empty"),))
    lines = (Line(f"  {action.path}"), *standing(session), *new_warnings(session, None))
    return offered(session, Reply(lines))


def target_of(session: Session, action: Save) -> str:
    return action.path or session.source.path


def write(session: Session, action: Save, replaces: bool = False) -> tuple[Session, Reply]:
    """Save the text. A file that would be lost raises FileExistsError or FileChanged unless `replaces`."""
    path = target_of(session, action)
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
        return session, refused(f"cannot write {path}: {(error.strerror or str(error)).lower()}")
    session = session._replace(source=source, saved=session.text)
    report = session.report
    problems = len(report.errors)
    state = f", with {problems} problem{'s' if problems > 1 else ''} still in it" if problems else ""
    return session, Reply((Line(f"  saved {path}{state}", "good"),))


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
            reason = (error.strerror or str(error)).lower()
            return refused(f"what was not saved could not be kept either: {reason}")
        lines = (
            Line(f"not saved, but kept in {path}"),
            Line(f"go on with: cnn-shapes interactive {_quoted(path)}"),
        )
        return Reply(lines)
    return Reply()


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path else path
