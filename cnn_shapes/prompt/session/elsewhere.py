"""The commands that hand the network to files and programs: save, load, export."""

from __future__ import annotations

import os
import re

from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.keyboard import keys_of
from cnn_shapes.prompt.session.replies import CodeText, Load, Reply, Save, Transition, refused, replied
from cnn_shapes.prompt.session.state import UNTITLED, Session
from cnn_shapes.words import say


def export(session: Session, rest: str) -> Transition:
    """Print the network as code of a framework."""
    from cnn_shapes import export as exporting

    names = exporting.names()
    known = [name for name in names if name.startswith(keys_of(rest).lower())] if rest else []
    if len(known) != 1:
        found = say(", found {rest}", rest=clean(rest)) if rest else ""
        raise Misread(
            say("export takes {text}{found}", text=" or ".join(sorted(names, reverse=True)), found=found),
            incomplete=not rest,
        )
    if not session.report.ok or not session.text.strip():
        return session, refused(say("only a network without an error has code: show lists the problems"))
    try:
        return session, replied(CodeText(exporting.export(session.report, known[0])))
    except exporting.Unexportable as error:
        return session, refused(say("no {text} code for this network: {error}", text=known[0], error=error))


def save(session: Session, rest: str) -> Transition:
    """Have the text written to a file."""
    if not session.text.strip():
        return session, refused(say("there is nothing to save yet"))
    path = _path(rest)
    name = re.split(r"[/\\]", path)[-1]
    if path and not name:
        raise Misread(say("save needs a file, found the folder {path}", path=clean(path)))
    if not path and session.source.path == UNTITLED:
        raise Misread(say("save needs a file, as in save mnist.yaml"), incomplete=True)
    # a folder is refused as it is called, not taken for a file beside it
    bare = name and "." not in name and not os.path.isdir(path)
    return session, Reply(action=Save(f"{path}.yaml" if bare else path))


def load(session: Session, rest: str) -> Transition:
    """Have a file read."""
    path = _path(rest)
    if not path:
        raise Misread(say("load needs a file, as in load mnist.yaml"), incomplete=True)
    # as save names it
    is_bare = "." not in re.split(r"[/\\]", path)[-1] and not os.path.isfile(path)
    return session, Reply(action=Load(f"{path}.yaml" if is_bare and os.path.isfile(f"{path}.yaml") else path))


def _path(rest: str) -> str:
    """A path as it was typed, without quotes; `~` is the home folder."""
    path = rest.strip().strip("\"'")
    return os.path.expanduser(path) if path.startswith("~") else path
