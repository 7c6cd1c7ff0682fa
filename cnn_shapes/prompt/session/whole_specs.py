"""A whole spec that is pasted: what only a file can say, as blocks and params, comes in with its text."""

from __future__ import annotations

import re

from cnn_shapes.prompt.session.replies import NetworkGiven, NewWarnings, Transition, refused, replied
from cnn_shapes.prompt.session.state import UNTITLED, Session
from cnn_shapes.source import Map, Source, read_yaml
from cnn_shapes.words import say

_LAYERS = re.compile(r"^layers:", re.MULTILINE)
_FENCE = re.compile(r"^```\w*[ \t]*(?:\r?\n|$)", re.MULTILINE)  # of the page that it was copied from
_TYPED = {"input", "layers", "rounding"}  # what the lines of the prompt can say too


def spec_of(line: str) -> Source | None:
    """The spec that a line is; None where it is none, or can be typed as well."""
    if "\n" not in line or _LAYERS.search(line) is None:
        return None
    text = _FENCE.sub("", line)
    source = Source(UNTITLED, text if text.endswith("\n") else f"{text}\n")
    document = read_yaml(source)
    root = document.root
    if document.problems or not isinstance(root, Map) or root.get("input") is None:
        return None
    return source if any(key.text not in _TYPED for key, _ in root.pairs) else None


def take_over(session: Session, spec: Source) -> Transition:
    """The session with a pasted spec, where it has no text of its own yet."""
    if session.text.strip():
        said = say(
            "a whole spec was pasted, and there is a network already: paste its layers alone to go on, or "
            "begin anew with clear, which undo takes back"
        )
        return session._replace(misread=said), refused(said)
    session = session.changed(spec)._replace(unfinished=None)
    return session, replied(NetworkGiven(session), NewWarnings(session, None))
