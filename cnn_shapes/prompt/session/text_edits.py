"""What the prompt changes in a text: an entry of `layers`, the input, the rounding.

All other bytes stay as they are, comments included; what would change more raises Unwritable.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cnn_shapes.edit.entry_list import (
    DeleteEntry,
    EntryList,
    InsertEntry,
    MoveEntry,
    ReplaceEntry,
    Unwritable,
)
from cnn_shapes.edit.patches import Operation, Patch, SetTop, apply
from cnn_shapes.edit.proof import Unsafe, proved
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.source import Edit, Map, Scalar, Source, read_yaml

# a step asks for the tree of the same text several times, the next one for that of the text it leaves
_read = lru_cache(maxsize=4)(read_yaml)


@lru_cache(maxsize=4)
def entry_list(source: Source) -> EntryList:
    """The entries of a text. Raises Unwritable where it cannot be read, or cannot be changed."""
    return EntryList(source, _root(source))


def numbered_lines(source: Source, beginning: str) -> Iterable[tuple[int, str]]:
    """The layers whose number begins like this, each with its line; none where one is not in the list."""
    try:
        entries = entry_list(source)
        numbers = range(1, len(entries.spans) + 1)
        return [
            (number, clean(entries.line(number))) for number in numbers if str(number).startswith(beginning)
        ]
    except Unwritable:
        return []


def insert(source: Source, number: int, written: str) -> Source:
    """The text with an entry more, which gets this number; one after the last is appended."""
    return _changed(source, InsertEntry(number, written), 1)


def delete(source: Source, number: int) -> Source:
    """The text without an entry."""
    return _changed(source, DeleteEntry(number), -1)


def move(source: Source, number: int, to: int) -> Source:
    """The text with an entry at another place: it gets the number `to`."""
    return _changed(source, MoveEntry(number, to))


def replace(source: Source, number: int, written: str) -> Source:
    """The text with another entry in the place of one; a comment at the end of its line stays."""
    return _changed(source, ReplaceEntry(number, written))


def set_input(source: Source, sizes: tuple[int, ...]) -> Source:
    """The text with this input, in the user's layout; a new text where there is none."""
    if not source.text.strip():
        return Source(source.path, f"input: {list(sizes)}\nlayers: []\n")
    node = _root(source).get("input")
    written = "x".join(map(str, sizes))
    if not (isinstance(node, Scalar) and "x" in node.text.lower() and len(sizes) > 1):
        written = f"[{', '.join(map(str, sizes))}]"
    return _set_top(source, SetTop("input", written, "name"))


def set_rounding(source: Source, word: str) -> Source:
    """The text with this rounding for the whole file."""
    return _set_top(source, SetTop("rounding", word))


def edited(source: Source, edits: Iterable[Edit], subject: str = "this") -> Source:
    """The edited text. Raises Unwritable, which calls the edits `subject`, where more would change."""
    try:
        return proved(source, edits, _read)
    except (Unsafe, ValueError) as error:
        raise _too_much(subject, error) from None


def _changed(source: Source, operation: Operation, more: int = 0) -> Source:
    """The text after an operation on its list, which must read as a list of so many entries more."""
    count = len(entry_list(source).nodes)
    changed = _applied(source, operation)
    if len(entry_list(changed).nodes) != count + more:
        raise Unwritable("this would change more than it should: it does not read as one layer")
    return changed


def _applied(source: Source, operation: Operation) -> Source:
    try:
        return apply(source, [Patch(_root(source), operation)], _read)
    except (Unsafe, ValueError) as error:
        raise _too_much("this", error) from None


def _too_much(subject: str, error: Exception) -> Unwritable:
    return Unwritable(f"{subject} would change more than it should: {error}")


def _set_top(source: Source, operation: SetTop) -> Source:
    node = _root(source).get(operation.key)
    if node is not None and not isinstance(node, Scalar) and not node.flow:
        raise Unwritable(f"{operation.key} goes over several lines: change it in an editor")
    if isinstance(node, Scalar) and node.start == node.end:
        operation = operation._replace(written=f" {operation.written}")
    return _applied(source, operation)


def _root(source: Source) -> Map:
    root = _read(source).root
    if not isinstance(root, Map):
        raise Unwritable("the text cannot be read as a spec: fix or load comes first")
    return root
