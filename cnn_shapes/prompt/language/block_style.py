"""Layers of a spec in block style, whose fields are on lines of their own, as lines of the prompt.

- conv:
    filters: 32          becomes   - conv: {filters: 32, kernel_size: 5}
    kernel_size: 5
"""

from __future__ import annotations

import re

from cnn_shapes.edit.entry_list import EntryList, Unwritable
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.source import Map, Source, read_yaml

_OPENS = re.compile(r"(?P<before> *(?:- +)?)(?P<key>[A-Za-z_][\w-]*):\s*(?:#.*)?")
_SILENT = re.compile(r"\s*(?:#.*)?")
_LISTS = ("layers", "params", "defaults", "blocks")  # at the top of a spec: no layer is called so
_SHARES = re.compile(r"[&*]\w")  # an anchor would be lost


def flowed(text: str) -> str:
    """A pasted text with each layer in block style on one line; what is written otherwise stays as it is."""
    lines = text.splitlines()
    if len(lines) < 2:
        return text
    found: list[str] = []
    place = 0
    while place < len(lines):
        end = _end(lines, place)
        written = _on_one_line(lines[place:end]) if end > place + 1 else None
        found += [written] if written is not None else lines[place:end]
        place = end
    return "\n".join(found) if len(found) < len(lines) else text


def _end(lines: list[str], place: int) -> int:
    """The line after a layer and all that is further in."""
    opens = _OPENS.fullmatch(lines[place])
    if opens is None or opens["key"] in _LISTS:
        return place + 1
    column = len(opens["before"])
    end = place + 1
    are_items = None if opens["key"] in STRUCTURES else False  # a list below, no further in than its key
    for last in range(place + 1, len(lines)):
        line = lines[last]
        if _SILENT.fullmatch(line) is not None:
            continue
        indent = len(line) - len(line.lstrip(" "))
        is_item = indent == column and line.startswith("- ", indent)
        are_items = is_item if are_items is None else are_items
        if indent <= column and not (is_item and are_items):
            break
        end = last + 1
    return end


def _on_one_line(lines: list[str]) -> str | None:
    """The lines of a layer as one; None where they are no YAML, or say what only a whole file can."""
    opens = _OPENS.fullmatch(lines[0])
    assert opens is not None
    column = max(len(opens["before"]), 2)
    deeper = " " * (column - len(opens["before"]))
    entry = "\n".join([f"{' ' * (column - 2)}- {opens['key']}:", *(deeper + line for line in lines[1:])])
    source = Source("", f"layers:\n{entry}\n")
    document = read_yaml(source)
    if document.problems or not isinstance(document.root, Map) or _SHARES.search(entry):
        return None
    try:
        entries = EntryList(source, document.root)
        return "- " + re.sub(r"\s*\n\s*", " ", entries.flow(1)) if len(entries.spans) == 1 else None
    except Unwritable:
        return None
