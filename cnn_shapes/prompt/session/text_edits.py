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
from cnn_shapes.language.reading.input import is_axes
from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Map, Scalar, Source, TreeNode, read_yaml
from cnn_shapes.words import say

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


def set_input(source: Source, sizes: tuple[int, ...], name: str = "") -> Source:
    """The text with this input, in the user's layout; a new text where there is none.

    `name` says which of several inputs it is; without it Unwritable is raised there, so that none is lost.
    """
    root = _root(source) if source.text.strip() else None
    node = root.get("input") if root is not None else None
    crossed = "x".join(map(str, sizes))
    if isinstance(node, Map) and not is_axes(node):
        inputs = {key.text: value for key, value in node.pairs}
        if name not in inputs:
            known = listed([clean(one) for one in inputs])
            example = f"input {clean(next(iter(inputs), 'NAME'))}={crossed}"
            raise Unwritable(
                say(
                    "this network has inputs with names, {known}: say which, as in {example}",
                    known=known,
                    example=example,
                )
            )
        return edited(source, [Edit(inputs[name].span, _as_written(inputs[name], crossed))])
    if name:
        raise Unwritable(say("the input has no name here: write input {crossed}", crossed=crossed))
    if root is None:
        return Source(source.path, f"input: {list(sizes)}\nlayers: []\n")
    return _set_top(source, SetTop("input", _as_written(node, crossed), "name"))


def _as_written(node: TreeNode | None, crossed: str) -> str:
    """Sizes like `28x28x1` in the notation of those in whose place they come: that, or a list."""
    if isinstance(node, Scalar) and "x" in node.text.lower() and "x" in crossed:
        return crossed
    return f"[{crossed.replace('x', ', ')}]"


def set_rounding(source: Source, word: str) -> Source:
    """The text with this rounding for the whole file."""
    return _set_top(source, SetTop("rounding", word))


def states_rounding(source: Source) -> bool:
    """Whether a text says how its sizes are rounded."""
    return _root(source).get("rounding") is not None


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
        raise Unwritable(say("this would change more than it should: it does not read as one layer"))
    return changed


def _applied(source: Source, operation: Operation) -> Source:
    try:
        return apply(source, [Patch(_root(source), operation)], _read)
    except (Unsafe, ValueError) as error:
        raise _too_much("this", error) from None


def _too_much(subject: str, error: Exception) -> Unwritable:
    return Unwritable(
        say("{subject} would change more than it should: {error}", subject=subject, error=error)
    )


def _set_top(source: Source, operation: SetTop) -> Source:
    node = _root(source).get(operation.key)
    if node is not None and not isinstance(node, Scalar) and not node.flow:
        raise Unwritable(say("{key} goes over several lines: change it in an editor", key=operation.key))
    if isinstance(node, Scalar) and node.start == node.end:
        operation = operation._replace(written=f" {operation.written}")
    return _applied(source, operation)


def _root(source: Source) -> Map:
    if not source.text.strip():
        raise Unwritable(say("there is no layer yet: begin with what goes in, as in input 28x28x1"))
    root = _read(source).root
    if not isinstance(root, Map):
        raise Unwritable(say("the text cannot be read as a spec: fix or load comes first"))
    return root
