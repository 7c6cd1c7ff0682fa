"""What edits of a text are called, as a fix is headed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Source

_WHERE = re.compile(r" (on (line|both|all) |in the defaults of ).*")
_KEY = re.compile(r"(\w+): *$")


def title_of(source: Source, edits: Sequence[Edit]) -> str:
    """What is done to a text: `take out line 5`, `swap lines 4 and 5`, `insert maxpool: 2 after line 4`."""
    ordered = sorted(edits, key=lambda edit: edit.span)
    if len(ordered) == 2 and _swap(source, *ordered):
        lines = [source.position(edit.span.start)[0] for edit in ordered]
        return f"swap lines {lines[0]} and {lines[1]}"
    return listed([_words(source, edit) for edit in ordered])


def together(titles: Sequence[str]) -> str:
    """The titles of several changes as one: what is done at one place is said of it once."""
    places: dict[str, list[str]] = {}
    for number, title in enumerate(titles):
        found = _WHERE.search(title)
        what, where = (title[: found.start()], found[0]) if found else (title, f" {number}")
        places.setdefault(where, []).append(what)
    return listed(
        [listed(whats) + (where if _WHERE.search(where) else "") for where, whats in places.items()]
    )


def _swap(source: Source, first: Edit, second: Edit) -> bool:
    return first.text == _old(source, second) and second.text == _old(source, first)


def _old(source: Source, edit: Edit) -> str:
    return source.text[edit.span.start : edit.span.end]


def _words(source: Source, edit: Edit) -> str:
    old, new = _old(source, edit), edit.text
    start = edit.span.start
    line = source.position(start)[0]
    if not new.strip() and "\n" in old:
        first = line + (not old.split("\n")[0].strip())
        return f"take out line {first}"
    if not new.strip(" ,"):
        return f"take out {old.strip(' ,{}')} on line {line}"
    if not old and "\n" in new:
        text = " ".join(part.strip() for part in new.strip().splitlines())
        where = "after" if new.startswith("\n") or source.text[:start].endswith("\n") else "before"
        at = line if new.startswith("\n") or where == "before" else line - 1
        return f"insert {text.removeprefix('- ')} {where} line {at}"
    if not old:
        return f"{new.strip(' ,{}')} on line {line}"
    if new.startswith(old) or new.endswith(old):  # the entry gets its mapping
        return f"{_added(old, new)} on line {line}"
    key = _KEY.search(source.text[:start].rpartition("\n")[2])
    if key is not None and new.isdigit():
        return f"{key[1]}: {new} on line {line}"
    return f"{new} instead of {old} on line {line}"


def _added(old: str, new: str) -> str:
    more = new.replace(old, "", 1).strip(" ,{}:")
    return more if more else new
