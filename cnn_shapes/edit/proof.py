"""Edits that change nothing else: the edited text is read again, and all else compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from cnn_shapes.source import Document, Edit, Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml


class Unsafe(Exception):
    """The edits would change more than they mean to: nothing is written."""


class _Leaf(NamedTuple):
    """A key or value of the tree: the keys that lead to it, its text, and where it is."""

    path: tuple[Scalar, ...]
    text: str
    start: int
    end: int


def proved(source: Source, edits: Iterable[Edit], read: Callable[[Source], Document] = read_yaml) -> Source:
    """The edited text, proved to differ in the edited places alone. Raises Unsafe.

    `read` is for those who remember what they have read.
    """
    ordered = sorted(edits, key=lambda edit: edit.span)
    try:
        changed = source.edited(ordered)
    except ValueError as error:
        raise Unsafe(str(error)) from None
    before, after = read(source).root, read(changed).root
    if before is None or after is None:
        if after is None:
            raise Unsafe("the edited text is no longer a spec")
        return changed  # the edits mend what could not be read
    new = {leaf.start: leaf for leaf in _leaves(after)}
    for old in _leaves(before):
        start = moved(old.start, ordered)
        if start is None:
            continue
        found = new.pop(start, None)
        if found is None:
            raise Unsafe(f"the edit would lose {old.text}")
        kept = [place for key in old.path if (place := moved(key.start, ordered)) is not None]
        meant = any(old.start < edit.span.start < old.end for edit in ordered)  # in it
        if (found.text != old.text and not meant) or not _extends([key.start for key in found.path], kept):
            raise Unsafe(f"the edit would change {old.text}")
    written = written_by(ordered)
    for leaf in new.values():
        if not any(start <= leaf.start < end for start, end in written):
            raise Unsafe(f"the edit would bring in {leaf.text}")
    return changed


def rebased(edits: list[Edit], first: list[Edit]) -> list[Edit] | None:
    """Edits of a text that other edits have changed, as edits of the text before; None where they touch.

    `first` are those other edits, in the order of the text.
    """
    result = []
    for edit in edits:
        shift = 0  # from the text before to the changed one
        for (start, end), text in first:
            begin = start + shift
            if edit.span.end <= begin:
                break
            if edit.span.start < begin + len(text):
                return None
            shift += len(text) - (end - start)
        result.append(Edit(Span(edit.span.start - shift, edit.span.end - shift), edit.text))
    return result


def _leaves(root: TreeNode) -> Iterator[_Leaf]:
    """Every scalar once. Positions in lists do not count, since an edit may insert; nor do aliases."""
    seen: set[int] = set()
    waiting: list[tuple[TreeNode, tuple[Scalar, ...]]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            if node.end > node.start:  # what is left empty has no place
                yield _Leaf(path, node.text, node.start, node.end)
        elif isinstance(node, Sequence):
            waiting += [(item, path) for item in node.items[::-1]]
        elif isinstance(node, Map):
            for key, value in node.pairs[::-1]:
                if id(key) not in seen:
                    seen.add(id(key))
                    yield _Leaf(path, key.text, key.start, key.end)
                    waiting.append((value, (*path, key)))


def moved(offset: int, edits: list[Edit]) -> int | None:
    """Where a character is after the edits; None where an edit has replaced it."""
    shift = 0
    for (start, end), text in edits:
        if offset < start:
            break
        if start <= offset < end:
            return None
        shift += len(text) - (end - start)
    return offset + shift


def written_by(edits: list[Edit]) -> list[tuple[int, int]]:
    """Where the text of each edit is in the changed text."""
    places, shift = [], 0
    for (start, end), text in edits:
        places.append((start + shift, start + shift + len(text)))
        shift += len(text) - (end - start)
    return places


def _extends(new: list[int], old: list[int]) -> bool:
    """Whether a path is the old one, perhaps with a key put in between: a shorthand became a mapping."""
    rest = iter(new)
    return all(key in rest for key in old)
