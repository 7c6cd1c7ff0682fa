"""Files of a session: reading, writing, where history and unsaved work are kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from errno import EISDIR

from cnn_shapes.checking import check_source
from cnn_shapes.edit.files import FileChanged, FileThere, write_atomically, write_new
from cnn_shapes.formats.parts.terminal_text import plural
from cnn_shapes.importing import check_file
from cnn_shapes.language.dialects import is_graph, read_network
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
from cnn_shapes.source import BOM, Source, Unreadable, read_own_file, reason_of
from cnn_shapes.source.translated import TranslatedSource
from cnn_shapes.words import say

Ask = Callable[[str], bool]
_LEARNED = "learned"
_NUMBERED = 1_000  # recovery files of a name that are counted up
_LONGEST_NAME = 200  # bytes: of 255 in most file systems, with what is put before and after


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


def learned() -> int:
    """How many exercises are done, as was kept last; none where nothing can be kept."""
    try:
        with open(os.path.join(state_folder(), _LEARNED), encoding="utf-8") as file:
            text = file.read(8).strip()
    except (OSError, UnicodeError):
        return 0
    return int(text) if text.isascii() and text.isdigit() else 0


def keep_learned(count: int) -> None:
    """Keep how many exercises are done; who cannot begins again, which is no reason to fail."""
    with suppress(OSError):
        write_atomically(os.path.join(state_folder(), _LEARNED), f"{count}\n".encode())


def read(session: Session, action: Load) -> Transition:
    """Load a file into the session; a broken spec is kept, and its problems are reported."""
    if is_graph(action.path):
        return _read_binary(session, action.path)
    try:
        source = Source.decode(action.path, read_network(action.path))
    except (OSError, ValueError) as error:
        return session, refused(say("cannot open {path}: {error}", path=action.path, error=reason_of(error)))
    except Unreadable as error:
        return session, refused(say("cannot read {path}: {error}", path=action.path, error=error))
    if (other := _as_spec(source)) is not None:
        return _as_other(session, action.path, other)
    session = session.changed(source)._replace(source=source, saved=source.text)
    if not source.text.strip():
        return session, replied(ReplyLine(say("  {path} is empty", path=action.path)))
    path = ReplyLine(f"  {action.path}")
    return with_offer(session, replied(path, NetworkGiven(session), NewWarnings(session, None)))


def _as_spec(source: Source) -> Source | None:
    """The spec that a file of another tool is, under a name of its own; None of a spec."""
    known = check_source(source).source
    return Source(_spec_beside(source.path), known.spec_text) if isinstance(known, TranslatedSource) else None


def _spec_beside(path: str) -> str:
    return f"{os.path.splitext(path)[0]}.spec.yaml"


def _as_other(session: Session, path: str, spec: Source) -> Transition:
    """A session with the spec that a file is, which has a name of its own and is not saved."""
    session = session.changed(spec)._replace(source=spec, saved=None)
    told = ReplyLine(say("  {path}, as a spec: save writes {path2}", path=path, path2=spec.path))
    return with_offer(session, replied(told, NetworkGiven(session), NewWarnings(session, None)))


def _read_binary(session: Session, path: str) -> Transition:
    """Load the spec that `import` writes of a file."""
    from cnn_shapes.importing.findings.model_source import ModelSource
    from cnn_shapes.importing.folding.folded_spec import folded_spec

    report = check_file(path)
    if not isinstance(report.source, ModelSource):
        found = report.diagnostics[0]
        return session, refused(found.message(report.layout))
    return _as_other(session, path, Source(_spec_beside(path), folded_spec(report.source.model).text))


def write(session: Session, path: str, replaces: bool = False) -> Transition:
    """Save the text. A file that would be lost raises FileThere or FileChanged unless `replaces`."""
    source = Source(path, session.text, session.source.bom)
    others = 0
    try:
        data = source.encode()
        if os.path.isdir(path):
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if replaces:
            others = write_atomically(path, data)
        elif session.saved is not None and _is_same_path(path, session.source.path) and os.path.exists(path):
            expected = Source(path, session.saved, session.source.bom).encode()
            others = write_atomically(path, data, expected)
        else:
            write_new(path, data)
    except (FileChanged, FileThere):
        raise
    except (OSError, ValueError) as error:
        return session, refused(say("cannot write {path}: {error}", path=path, error=reason_of(error)))
    session = session._replace(source=source, saved=session.text)
    problems = len(session.report.errors)
    state = say(", with {problems} still in it", problems=plural(problems, "problem")) if problems else ""
    lines = [ReplyLine(say("  saved {path}{state}", path=path, state=state), GOOD)]
    if others:
        lines.append(ReplyLine(say("  a file under another name (hard link) keeps the old text")))
    return session, replied(*lines)


def _is_same_path(one: str, other: str) -> bool:
    return os.path.abspath(one) == os.path.abspath(other)


def perform(session: Session, action: Load | Save, ask: Ask) -> Transition:
    """Read or write a file; `ask` is asked before one is lost."""
    if isinstance(action, Load):
        return read(session, action)
    path = action.path or session.source.path
    try:
        return write(session, path)
    except FileChanged:
        there = say("{path} was changed by something else since it was read", path=path)
    except FileThere:
        there = say("{path} is there already", path=path)
    if ask(f"{there}. Overwrite it?"):
        return write(session, path, replaces=True)
    return session, refused(say("{there}: not saved, choose another name", there=there))


def recover(session: Session) -> Reply:
    """Put unsaved work into a file of its own that nothing overwrites, and say where."""
    if not session.is_unsaved:
        return Reply()
    # half a character, which no file in UTF-8 can hold, is spelled out
    text = BOM + session.text if session.source.bom else session.text
    data = text.encode(errors="backslashreplace")
    try:
        path = _kept(_recovery_stem(session.source.path), data)
    except (OSError, ValueError) as error:
        return refused(
            say("what was not saved could not be kept either: {error}. It is:", error=reason_of(error)),
            *session.text.splitlines(),
        )
    quoted = f'"{path}"' if " " in path else path
    return replied(
        ReplyLine(say("not saved, but kept in {path}", path=path)),
        ReplyLine(say("go on with: cnn-shapes interactive {quoted}", quoted=quoted)),
    )


def _recovery_stem(path: str) -> str:
    """What the names of recovery files begin with; names are limited in bytes, not in characters."""
    name = os.path.basename(path)
    if name == UNTITLED:
        return "unsaved"
    short = os.fsencode(name.removesuffix(".yaml"))[:_LONGEST_NAME]
    return f"unsaved-{short.decode(errors='ignore')}"


def _kept(stem: str, data: bytes) -> str:
    """Write a recovery file and return its path: the first free number, then one that nobody else draws."""
    folder = state_folder()
    for number in (*range(1, _NUMBERED), os.urandom(8).hex()):
        path = os.path.join(folder, f"{stem}-{number}.yaml")
        try:
            write_new(path, data)
        except FileThere:
            if not _holds(path, data):
                continue
        return path
    raise FileThere(f"{path} exists already")


def _holds(path: str, data: bytes) -> bool:
    """Whether the same work is in a file already; what cannot be read, or is no file, holds nothing."""
    try:
        return read_own_file(path) == data
    except OSError:
        return False
