"""What edits of a text are called, as a fix is headed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnn_shapes.repair.changes.change import Wording
from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Source
from cnn_shapes.words import say

_KEY = re.compile(r"(\w+): *$")
_SAID_ONCE = (" on ", " in the defaults of ")  # how places begin of which several changes are told together


def together(wordings: Sequence[Wording]) -> str:
    """Several changes as one title: what is done at one place is said of it once."""
    places: dict[str, list[Wording]] = {}
    for number, one in enumerate(wordings):
        place = one.whose + one.place
        places.setdefault(place if place.startswith(_SAID_ONCE) else f"{number}{place}", []).append(one)
    return listed(
        [each[0]._replace(what=listed([one.what for one in each])).title for each in places.values()]
    )


def wording_of(source: Source, edits: Sequence[Edit]) -> Wording:
    """What is done to a text: `take out line 5`, `swap lines 4 and 5`, `insert maxpool: 2` after a line."""
    ordered = sorted(edits, key=lambda edit: edit.span)
    if len(ordered) == 2 and _swap(source, *ordered):
        lines = [source.position(edit.span.start)[0] for edit in ordered]
        return Wording(say("swap lines {first} and {second}", first=lines[0], second=lines[1]))
    each = [_words(source, edit) for edit in ordered]
    return each[0] if len(each) == 1 else Wording(listed([one.title for one in each]))


def _swap(source: Source, first: Edit, second: Edit) -> bool:
    return first.text == _old(source, second) and second.text == _old(source, first)


def _old(source: Source, edit: Edit) -> str:
    return source.text[edit.span.start : edit.span.end]


def _words(source: Source, edit: Edit) -> Wording:
    old, new = _old(source, edit), edit.text
    start = edit.span.start
    line = source.position(start)[0]
    here = say(" on line {line}", line=line)
    if not new.strip() and "\n" in old:
        return Wording(say("take out line {line}", line=line + (not old.split(chr(10))[0].strip())))
    if not new.strip(" ,"):
        return Wording(say("take out {text}", text=old.strip(" ,{}")), place=here)
    if not old and "\n" in new:
        text = " ".join(part.strip() for part in new.strip().splitlines()).removeprefix("- ")
        if new.startswith("\n"):
            return Wording(say("insert {text}", text=text), place=say(" after line {line}", line=line))
        if source.text[:start].endswith("\n"):
            return Wording(say("insert {text}", text=text), place=say(" after line {line}", line=line - 1))
        return Wording(say("insert {text}", text=text), place=say(" before line {line}", line=line))
    if not old:
        return Wording(new.strip(" ,{}"), place=here)
    if new.startswith(old) or new.endswith(old):  # the entry gets its mapping
        return Wording(new.replace(old, "", 1).strip(" ,{}:") or new, place=here)
    key = _KEY.search(source.text[:start].rpartition("\n")[2])
    if key is not None and new.isdigit():
        return Wording(f"{key[1]}: {new}", "", here, new)
    return Wording(say("{new} instead of {old}", new=new, old=old), "", here, new)
